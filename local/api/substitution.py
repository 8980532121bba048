"""Text with variables and nothing else: access log formats, and the templates of gateway responses, which are no VTL.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
"""

import re
from collections.abc import Mapping
from typing import Any

from local.api.errors import ApiError

_VARIABLE = re.compile(r"\$(?:(\{)|)((?:context|stageVariables)(?:\.[\w-]+)+)(?(1)\}|)")
_OTHER = re.compile(r"\$\{?(?:input|util)\b|#(?:set|if|elseif|else|foreach|end)\b")


def check(where: str, text: str) -> None:
    """Raise ApiError for what would be sent to the client as it stands."""
    found = _OTHER.search(text)
    if found:
        raise ApiError(f"{where}: {found[0]} is not evaluated here, only $context and $stageVariables")


def substitute(text: str, variables: Mapping[str, Any], missing: str = "") -> str:
    """The text with the value of each `$context.…` and `$stageVariables.…`."""
    return _VARIABLE.sub(lambda match: _found(variables, match[2].split("."), missing), text)


def _found(value: Any, names: list[str], missing: str) -> str:
    for name in names:
        if not isinstance(value, Mapping) or name not in value:
            return missing
        value = value[name]
    return missing if value in ("", None) or isinstance(value, Mapping) else str(value)
