"""Every way in which a dependency of a turn fails, as data: the modes, and which of them each target has."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType


class Mode(StrEnum):
    """What a target does instead of its work."""

    REFUSED = "refused"
    DNS_DEAD = "dns_dead"
    HANG = "hang"
    SLOW = "slow"
    ERROR = "error"
    UNAVAILABLE = "unavailable"
    MODEL_ERROR = "model_error"
    THROTTLE = "throttle"
    EXPIRED_CREDENTIALS = "expired_credentials"
    MALFORMED = "malformed"
    TRUNCATED_JSON = "truncated_json"
    WRONG_SCHEMA = "wrong_schema"
    EMPTY = "empty"
    OVER_LONG = "over_long"
    NAN = "nan"
    WRONG_DIMENSION = "wrong_dimension"
    SCORES_MISSING = "scores_missing"
    SLOW_FIRST_TOKEN = "slow_first_token"  # noqa: S105 - a language model's token
    STALL = "stall"
    CUT = "cut"
    STREAM_ERROR = "stream_error"
    TRUNCATED = "truncated"
    WRONG_LANGUAGE = "wrong_language"
    WRONG_PRICE = "wrong_price"
    BLOCK = "block"
    PARTIAL = "partial"


IN_PROCESS_ONLY: Mapping[Mode, str] = MappingProxyType(
    {Mode.DNS_DEAD: "a service cannot make its callers' name resolution fail: tests/faults shows it in one process"}
)

_NEVER_ANSWERS = frozenset({Mode.REFUSED, Mode.DNS_DEAD, Mode.HANG, Mode.SLOW})
_ANSWERS_ERRORS = frozenset({Mode.ERROR, Mode.UNAVAILABLE, Mode.THROTTLE, Mode.EXPIRED_CREDENTIALS})
_TRANSPORT = _NEVER_ANSWERS | _ANSWERS_ERRORS
_PAYLOAD = frozenset({Mode.MALFORMED, Mode.TRUNCATED_JSON, Mode.WRONG_SCHEMA, Mode.EMPTY})
_SERVICE = _TRANSPORT | _PAYLOAD
_MODEL = _SERVICE | {Mode.MODEL_ERROR}
_STREAM = frozenset({Mode.SLOW_FIRST_TOKEN, Mode.STALL, Mode.CUT, Mode.STREAM_ERROR})
_WORDING = frozenset({Mode.TRUNCATED, Mode.OVER_LONG, Mode.WRONG_LANGUAGE, Mode.WRONG_PRICE})

TARGETS: Mapping[str, frozenset[Mode]] = MappingProxyType(
    {
        "classifier": _MODEL | {Mode.NAN, Mode.SCORES_MISSING},
        "reranker": _MODEL | {Mode.NAN, Mode.SCORES_MISSING, Mode.OVER_LONG},
        "embedding": _MODEL | {Mode.NAN, Mode.WRONG_DIMENSION},
        "llm": (_MODEL - {Mode.TRUNCATED_JSON}) | _STREAM | _WORDING,
        "guardrail": _SERVICE | {Mode.BLOCK},
        "search": _SERVICE | {Mode.NAN, Mode.SCORES_MISSING},
        "dynamodb": _SERVICE,
        "events": _SERVICE | {Mode.PARTIAL},
        "queue": _SERVICE,
        "scheduler": _SERVICE,
        "parameters": _SERVICE,
        "secrets": _SERVICE,
    }
)
MODELS = ("classifier", "embedding", "reranker", "llm", "guardrail")
STORES = ("search", "dynamodb", "events", "queue", "parameters", "secrets")

# Why a mode that the others know is none of a target's.
_SENSELESS: Mapping[Mode, str] = MappingProxyType(
    {
        Mode.MODEL_ERROR: "hosts no model",
        Mode.TRUNCATED_JSON: "answers in frames: half of one is a cut stream",
        Mode.OVER_LONG: "more than one answer's worth is no valid answer: wrong_schema",
        Mode.NAN: "answers no numbers that rank",
        Mode.WRONG_DIMENSION: "answers no vector",
        Mode.SCORES_MISSING: "answers no scores",
        Mode.SLOW_FIRST_TOKEN: "does not stream",
        Mode.STALL: "does not stream: its half of an answer is truncated_json",
        Mode.CUT: "does not stream: its half of an answer is truncated_json",
        Mode.STREAM_ERROR: "does not stream",
        Mode.TRUNCATED: "has no limit of tokens",
        Mode.WRONG_LANGUAGE: "writes no text",
        Mode.WRONG_PRICE: "writes no text",
        Mode.BLOCK: "judges no text",
        Mode.PARTIAL: "takes one request at a time",
    }
)


def why_not(target: str, mode: Mode) -> str | None:
    """Why a target cannot fail in this way; None when it can."""
    return None if mode in TARGETS[target] else _SENSELESS[mode]


def of_turns() -> Iterator[tuple[str, Mode]]:
    """Every fault that a chat turn can meet: each model's and each store's, in the catalogue's order."""
    return ((target, mode) for target in (*MODELS, *STORES) for mode in Mode if mode in TARGETS[target])
