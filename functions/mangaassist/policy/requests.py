"""The body of POST /chat: what is wrong with it, in words that say which field and why."""

import re

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from mangaassist.contracts import ChatRequest
from mangaassist.errors import InvalidRequest

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
REASONS = {
    "missing": "is missing",
    "extra_forbidden": "is not a field of this request",
    "json_invalid": "the body is not valid JSON",
    "model_type": "the body is not a JSON object",
    "string_type": "must be a string",
    "string_too_short": "must not be empty",
    "string_too_long": "must not be longer than {max_length} characters",
    "string_pattern_mismatch": "may hold letters, digits and . _ : - only",
    "literal_error": "must be {expected}",
}


def parse(body: str) -> ChatRequest:
    """The request in a body.

    Raises InvalidRequest naming the first field that breaks the contract.
    """
    try:
        return ChatRequest.model_validate_json(body)
    except ValidationError as error:
        raise _refusal(error.errors()[0]) from None


def _refusal(problem: ErrorDetails) -> InvalidRequest:
    field = ".".join(map(str, problem["loc"])) or None
    # A key that is no name may be anything, of any length: it is repeated neither to the caller nor in a log.
    if field and not NAME.fullmatch(field):
        return InvalidRequest("the body has a field that is not one of this request", field="body")
    reason = REASONS.get(problem["type"], problem["msg"]).format_map(problem.get("ctx", {}))
    return InvalidRequest(f"{field} {reason}" if field else reason, field=field or "body")
