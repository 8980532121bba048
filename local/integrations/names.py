"""Names as AWS's SDK for Java makes them out of its service models: Step Functions' aws-sdk integrations speak these.

`DBInstanceIdentifier` is DbInstanceIdentifier there, `BOOL` Bool, and the service `DynamoDB` DynamoDb.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

Naming = Callable[[str], str]
"""From a name of a service model to the name in a state machine."""

_WORD: Final = re.compile(
    r"[A-Z]{2,}(?=v\d)|[A-Z]+(?![a-z])\d*|[A-Z]?[a-z]+(?:[A-Z](?![A-Za-z0-9]))?\d*|\d+",
)
_RENAMED: Final[Mapping[str, str]] = {"NULL": "Nul"}


@cache
def pascal(name: str) -> str:
    """The words of a name, each with one capital letter: an acronym is a word."""
    return _RENAMED.get(name) or "".join(word.capitalize() for word in _WORD.findall(name))


@cache
def capital(name: str) -> str:
    """A name as the service's API reference spells it, with a capital letter in front."""
    return name[:1].upper() + name[1:]


def prefix(service_id: str) -> str:
    """What stands before the dot of a service's errors."""
    return pascal(service_id.removesuffix(" Service"))


def arn_name(service_id: str) -> str:
    """The service in a Resource: `arn:aws:states:::aws-sdk:<this>:action`."""
    return prefix(service_id).lower()
