"""The fault board: which stand-in misbehaves, how, and how often. Faults live in stand-ins, never in functions."""

import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

from local.standins.fault_catalogue import TARGETS, Mode

DEFAULT_DELAY_MS = 5_000
HANG_S = 60.0


class FaultRefusedError(ValueError):
    """A fault that no stand-in could show: unknown target or mode, or a count or delay out of range."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One misbehaviour. It meets a call whose description holds every text of `matching`; `times` None is for ever.

    One that is `flapping_ms` is there for so long, then away for as long, and so on, from when it is switched on.
    `after` is the share of an answer that has come when a stream breaks.
    """

    target: str
    mode: Mode
    delay_ms: int = DEFAULT_DELAY_MS
    times: int | None = None
    matching: tuple[str, ...] = ()
    flapping_ms: int | None = None
    after: float = 0.5

    def __post_init__(self) -> None:
        if self.target not in TARGETS:
            raise FaultRefusedError(f"target: {self.target!r} is none of {', '.join(sorted(TARGETS))}")
        if self.mode not in TARGETS[self.target]:
            raise FaultRefusedError(f"mode: {self.target} knows {', '.join(sorted(TARGETS[self.target]))}")
        if self.times is not None and self.times < 1:
            raise FaultRefusedError("times: at least 1, or left out for ever")
        if not 0 <= self.delay_ms <= HANG_S * 1000:
            raise FaultRefusedError(f"delay_ms: 0 to {HANG_S * 1000:.0f}")
        if self.flapping_ms is not None and self.flapping_ms < 1:
            raise FaultRefusedError("flapping_ms: at least 1, or left out for one that stays")
        if not 0 <= self.after <= 1:
            raise FaultRefusedError("after: 0 to 1")

    @property
    def delay_s(self) -> float:
        """How long a slow mode waits, in seconds."""
        return self.delay_ms / 1000

    def meets(self, call: str) -> bool:
        """Whether this fault is for the call so described (operation, model id or body)."""
        return all(text in call for text in self.matching)

    def is_there(self, seconds: float) -> bool:
        """Whether a fault that was switched on so many seconds ago shows itself now."""
        return self.flapping_ms is None or int(seconds * 1000) // self.flapping_ms % 2 == 0


@dataclass(frozen=True, slots=True)
class _Switched:
    fault: Fault
    at: float


class FaultBoard:
    """The faults switched on now. Safe to share between threads and event loops; `now` in seconds, for flapping."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._changed = threading.Condition()
        self._on: tuple[_Switched, ...] = ()

    def switch_on(self, fault: Fault) -> None:
        """Add a fault, in place of one with the same target and `matching`."""
        with self._changed:
            same = (fault.target, fault.matching)
            kept = (one for one in self._on if (one.fault.target, one.fault.matching) != same)
            self._on = (*kept, _Switched(fault, self._now()))

    def switch_off(self, target: str | None = None) -> None:
        """Remove the faults of a target, or all of them; threads held by a hang go on."""
        with self._changed:
            self._on = () if target is None else tuple(one for one in self._on if one.fault.target != target)
            self._changed.notify_all()

    def faults(self) -> tuple[Fault, ...]:
        """What is switched on."""
        return tuple(one.fault for one in self._on)

    def concerns(self, target: str) -> bool:
        """Whether any fault names this target: cheap enough to ask at every call."""
        return any(one.fault.target == target for one in self._on)

    def take(self, target: str, call: str = "") -> Fault | None:
        """The fault this call meets, used up by one; None when it may work."""
        with self._changed:
            now = self._now()
            found = next((one for one in self._on if one.fault.target == target and _meets(one, call, now)), None)
            if found is None:
                return None
            if found.fault.times is not None:
                self._on = tuple(_used_once(one) if one is found else one for one in self._on if not _spent(one, found))
            return found.fault

    def hold(self, fault: Fault, limit_s: float = HANG_S) -> None:
        """Block this thread until the fault's target is switched off, or `limit_s` has passed."""
        with self._changed:
            self._changed.wait_for(lambda: not self.concerns(fault.target), timeout=limit_s)


def _meets(one: _Switched, call: str, now: float) -> bool:
    return one.fault.meets(call) and one.fault.is_there(now - one.at)


def _spent(one: _Switched, used: _Switched) -> bool:
    return one is used and one.fault.times == 1


def _used_once(one: _Switched) -> _Switched:
    times = one.fault.times
    return replace(one, fault=replace(one.fault, times=times - 1 if times else None))


def as_json(fault: Fault) -> dict[str, object]:
    """The fault as /faults shows it."""
    return asdict(fault) | {"matching": list(fault.matching)}
