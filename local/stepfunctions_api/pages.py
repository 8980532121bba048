"""Lists in pages: maxResults, nextToken."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from local.stepfunctions_api.errors import invalid_token

DEFAULT_RESULTS: Final = 100
Item = TypeVar("Item")


def page(
    items: Sequence[Item], arn: Callable[[Item], str], request: Mapping[str, Any]
) -> tuple[Sequence[Item], dict[str, str]]:
    """The page that a request asks for, and the members that lead to the next; a token holds the ARN it goes on after.

    Raises ServiceError for a token of another list, or of an item that is kept no more.
    """
    first = _after(request["nextToken"], [arn(item) for item in items]) if "nextToken" in request else 0
    shown = items[first : first + (request.get("maxResults") or DEFAULT_RESULTS)]
    more = first + len(shown) < len(items)
    return shown, {"nextToken": base64.urlsafe_b64encode(arn(shown[-1]).encode()).decode()} if more else {}


def _after(token: str, arns: Sequence[str]) -> int:
    try:
        return arns.index(base64.urlsafe_b64decode(token).decode()) + 1
    except (binascii.Error, ValueError) as error:
        raise invalid_token(token) from error
