"""CloudFormation YAML to plain data: short-form tags (`!Ref X`) become their long form (`{"Ref": "X"}`)."""

from pathlib import Path
from typing import Any

import yaml

from local.template.errors import TemplateError

_TIMESTAMP = "tag:yaml.org,2002:timestamp"
_WITHOUT_PREFIX = frozenset({"Ref", "Condition"})


class _CloudFormationLoader(yaml.SafeLoader):
    """SafeLoader that keeps dates as strings and knows CloudFormation's tags."""

    yaml_implicit_resolvers = {  # noqa: RUF012  # PyYAML declares it as a plain class attribute
        first: [(tag, pattern) for tag, pattern in resolvers if tag != _TIMESTAMP]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _construct_tag(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    else:
        raise TemplateError(f"!{suffix} tags a node of an unknown kind")
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in _WITHOUT_PREFIX else f"Fn::{suffix}": value}


_CloudFormationLoader.add_multi_constructor("!", _construct_tag)


def load_template(path: Path) -> dict[str, Any]:
    """Parse the template; raises TemplateError when it is not a mapping or not YAML."""
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_CloudFormationLoader)  # noqa: S506  # a SafeLoader
    except yaml.YAMLError as error:
        raise TemplateError(f"{path.name} is not valid YAML: {error}") from error
    if not isinstance(document, dict):
        raise TemplateError(f"{path.name} holds no mapping")
    return document
