"""The fault board: which stand-in misbehaves, how, and how often. Faults live in stand-ins, never in functions."""

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from types import MappingProxyType

DEFAULT_DELAY_MS = 5_000
HANG_S = 60.0


class FaultRefusedError(ValueError):
    """A fault that no stand-in could show: unknown target or mode, or a count or delay out of range."""


class Mode(StrEnum):
    """What a target does instead of its work."""

    ERROR = "error"
    UNAVAILABLE = "unavailable"
    MODEL_ERROR = "model_error"
    THROTTLE = "throttle"
    HANG = "hang"
    SLOW = "slow"
    MALFORMED = "malformed"
    EMPTY = "empty"
    WRONG_SCHEMA = "wrong_schema"
    NAN = "nan"
    WRONG_DIMENSION = "wrong_dimension"
    SLOW_FIRST_TOKEN = "slow_first_token"  # noqa: S105 - a language model's token
    STALL = "stall"
    CUT = "cut"
    STREAM_ERROR = "stream_error"
    TRUNCATED = "truncated"
    OVER_LONG = "over_long"
    WRONG_LANGUAGE = "wrong_language"
    WRONG_PRICE = "wrong_price"
    BLOCK = "block"
    PARTIAL = "partial"


_TRANSPORT = frozenset({Mode.ERROR, Mode.UNAVAILABLE, Mode.THROTTLE, Mode.HANG, Mode.SLOW})
_PAYLOAD = frozenset({Mode.MALFORMED, Mode.EMPTY, Mode.WRONG_SCHEMA})
_MODEL = _TRANSPORT | _PAYLOAD | {Mode.MODEL_ERROR}
_STREAM = frozenset({Mode.SLOW_FIRST_TOKEN, Mode.STALL, Mode.CUT, Mode.STREAM_ERROR})
_WORDING = frozenset({Mode.TRUNCATED, Mode.OVER_LONG, Mode.WRONG_LANGUAGE, Mode.WRONG_PRICE})

TARGETS: Mapping[str, frozenset[Mode]] = MappingProxyType(
    {
        "classifier": _MODEL | {Mode.NAN},
        "reranker": _MODEL | {Mode.NAN},
        "embedding": _MODEL | {Mode.NAN, Mode.WRONG_DIMENSION},
        "llm": _MODEL | _STREAM | _WORDING,
        "guardrail": _TRANSPORT | _PAYLOAD | {Mode.BLOCK},
        "search": _TRANSPORT | _PAYLOAD,
        "dynamodb": _TRANSPORT,
        "events": _TRANSPORT | {Mode.PARTIAL},
        "scheduler": _TRANSPORT,
        "parameters": _TRANSPORT,
        "secrets": _TRANSPORT,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One misbehaviour. It meets a call whose description holds every text of `matching`; `times` None is for ever."""

    target: str
    mode: Mode
    delay_ms: int = DEFAULT_DELAY_MS
    times: int | None = None
    matching: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.target not in TARGETS:
            raise FaultRefusedError(f"target: {self.target!r} is none of {', '.join(sorted(TARGETS))}")
        if self.mode not in TARGETS[self.target]:
            raise FaultRefusedError(f"mode: {self.target} knows {', '.join(sorted(TARGETS[self.target]))}")
        if self.times is not None and self.times < 1:
            raise FaultRefusedError("times: at least 1, or left out for ever")
        if not 0 <= self.delay_ms <= HANG_S * 1000:
            raise FaultRefusedError(f"delay_ms: 0 to {HANG_S * 1000:.0f}")

    @property
    def delay_s(self) -> float:
        """How long a slow mode waits, in seconds."""
        return self.delay_ms / 1000

    def meets(self, call: str) -> bool:
        """Whether this fault is for the call so described (operation, model id or body)."""
        return all(text in call for text in self.matching)


class FaultBoard:
    """The faults switched on now. Safe to share between threads and event loops."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._faults: tuple[Fault, ...] = ()

    def switch_on(self, fault: Fault) -> None:
        """Add a fault, in place of one with the same target and `matching`."""
        with self._changed:
            kept = (f for f in self._faults if (f.target, f.matching) != (fault.target, fault.matching))
            self._faults = (*kept, fault)

    def switch_off(self, target: str | None = None) -> None:
        """Remove the faults of a target, or all of them; threads held by a hang go on."""
        with self._changed:
            self._faults = () if target is None else tuple(f for f in self._faults if f.target != target)
            self._changed.notify_all()

    def faults(self) -> tuple[Fault, ...]:
        """What is switched on."""
        return self._faults

    def concerns(self, target: str) -> bool:
        """Whether any fault names this target: cheap enough to ask at every call."""
        return any(fault.target == target for fault in self._faults)

    def take(self, target: str, call: str = "") -> Fault | None:
        """The fault this call meets, used up by one; None when it may work."""
        with self._changed:
            found = next((f for f in self._faults if f.target == target and f.meets(call)), None)
            if found is not None and found.times is not None:
                self._faults = tuple(_used_once(f) if f is found else f for f in self._faults if not _spent(f, found))
            return found

    def hold(self, fault: Fault, limit_s: float = HANG_S) -> None:
        """Block this thread until the fault's target is switched off, or `limit_s` has passed."""
        with self._changed:
            self._changed.wait_for(lambda: not self.concerns(fault.target), timeout=limit_s)


def _spent(fault: Fault, used: Fault) -> bool:
    return fault is used and fault.times == 1


def _used_once(fault: Fault) -> Fault:
    return replace(fault, times=fault.times - 1 if fault.times else None)


def as_json(fault: Fault) -> dict[str, object]:
    """The fault as /faults shows it."""
    return asdict(fault) | {"matching": list(fault.matching)}
