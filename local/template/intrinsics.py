"""CloudFormation's intrinsic functions, evaluated lazily: only what is asked for must be resolvable."""

import base64
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from local.template.errors import UnresolvableError, UnsupportedError

_PLACEHOLDER = re.compile(r"\$\{(!?)([^}]*)\}")


class _NoValue:
    """The value of `AWS::NoValue`: the property or item that holds it is left out."""


NO_VALUE = _NoValue()


class Names(Protocol):
    """What the functions look up."""

    def ref(self, name: str) -> Any: ...
    def attribute(self, logical_id: str, name: str) -> Any: ...
    def mapping(self, name: str) -> Mapping[str, Any]: ...
    def condition(self, name: str) -> Any: ...
    def imported(self, name: str) -> Any: ...


class Resolver:
    """Resolves every intrinsic function in a value; raises UnresolvableError or UnsupportedError."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._functions: Mapping[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Condition": lambda argument: self.condition(str(argument)),
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::Join": self._join,
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::If": self._if,
            "Fn::Equals": self._equals,
            "Fn::And": lambda argument: all(self.resolve(item) for item in argument),
            "Fn::Or": lambda argument: any(self.resolve(item) for item in argument),
            "Fn::Not": lambda argument: not self.resolve(argument[0]),
            "Fn::FindInMap": self._find_in_map,
            "Fn::ImportValue": lambda argument: self._names.imported(str(self.resolve(argument))),
            "Fn::Base64": lambda argument: base64.b64encode(str(self.resolve(argument)).encode()).decode(),
            "Fn::ToJsonString": lambda argument: json.dumps(self.resolve(argument)),
            "Fn::GetAZs": lambda argument: [f"{self.resolve(argument) or self._names.ref('AWS::Region')}a"],
        }

    def resolve(self, value: Any) -> Any:
        """The value with every intrinsic function replaced by its result."""
        if isinstance(value, dict):
            return self._resolve_mapping(value)
        if isinstance(value, list):
            return [item for item in map(self.resolve, value) if item is not NO_VALUE]
        return value

    def condition(self, name: str) -> bool:
        return bool(self.resolve(self._names.condition(name)))

    def _resolve_mapping(self, value: dict[str, Any]) -> Any:
        if len(value) == 1:
            ((key, argument),) = value.items()
            # An IAM statement has a key "Condition" too, but its value is a mapping.
            if key in self._functions and not (key == "Condition" and not isinstance(argument, str)):
                return self._functions[key](argument)
            if isinstance(key, str) and key.startswith("Fn::"):
                raise UnsupportedError(f"{key} is not implemented by the local stack")
        resolved = ((key, self.resolve(item)) for key, item in value.items())
        return {key: item for key, item in resolved if item is not NO_VALUE}

    def _ref(self, argument: str) -> Any:
        return NO_VALUE if argument == "AWS::NoValue" else self._names.ref(argument)

    def _get_att(self, argument: Any) -> Any:
        logical_id, name = argument.split(".", 1) if isinstance(argument, str) else argument
        return self._names.attribute(logical_id, str(self.resolve(name)))

    def _sub(self, argument: Any) -> str:
        text, variables = (argument, {}) if isinstance(argument, str) else argument

        def replace(match: re.Match[str]) -> str:
            literal, name = match.groups()
            if literal:
                return f"${{{name}}}"
            if name in variables:
                return str(self.resolve(variables[name]))
            logical_id, dot, attribute = name.partition(".")
            return str(self._names.attribute(logical_id, attribute) if dot else self._names.ref(name))

        return _PLACEHOLDER.sub(replace, text)

    def _join(self, argument: Any) -> str:
        separator, items = argument
        return str(separator).join(str(item) for item in self.resolve(items))

    def _select(self, argument: Any) -> Any:
        index, items = argument
        return self.resolve(items)[int(self.resolve(index))]

    def _split(self, argument: Any) -> list[str]:
        separator, text = argument
        return str(self.resolve(text)).split(separator)

    def _if(self, argument: Any) -> Any:
        condition, then, otherwise = argument
        return self.resolve(then if self.condition(condition) else otherwise)

    def _equals(self, argument: Any) -> bool:
        left, right = (self.resolve(item) for item in argument)
        return str(left) == str(right)

    def _find_in_map(self, argument: Any) -> Any:
        name, first, second = (self.resolve(item) for item in argument[:3])
        found = self._names.mapping(name).get(str(first), {}).get(str(second), NO_VALUE)
        if found is not NO_VALUE:
            return found
        if len(argument) > 3 and "DefaultValue" in argument[3]:  # noqa: PLR2004  # name, two keys, options
            return self.resolve(argument[3]["DefaultValue"])
        raise UnresolvableError(f"mapping {name} has no {first}.{second}")
