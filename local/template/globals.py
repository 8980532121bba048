"""SAM's Globals section, merged into each resource as SAM does."""

from collections.abc import Mapping
from typing import Any

_SECTIONS = {
    "AWS::Serverless::Function": "Function",
    "AWS::Serverless::Api": "Api",
    "AWS::Serverless::StateMachine": "StateMachine",
}


def with_globals(resource: Mapping[str, Any], sections: Mapping[str, Any]) -> dict[str, Any]:
    """The resource's properties over the globals of its type: mappings merge, lists join, the rest is replaced."""
    common = sections.get(_SECTIONS.get(resource["Type"], ""), {})
    merged: dict[str, Any] = merge(common, resource.get("Properties", {}))
    return merged


def merge(common: Any, own: Any) -> Any:
    """SAM's merge; an intrinsic function counts as a value, not as a mapping to merge into."""
    if isinstance(common, dict) and isinstance(own, dict) and not (_is_intrinsic(common) or _is_intrinsic(own)):
        both = {key: merge(common[key], own[key]) for key in common.keys() & own.keys()}
        return {**common, **own, **both}
    if isinstance(common, list) and isinstance(own, list):
        return [*common, *own]
    return own


def _is_intrinsic(value: dict[str, Any]) -> bool:
    return len(value) == 1 and all(key == "Ref" or str(key).startswith("Fn::") for key in value)
