"""Sets one timer for whatever is due next of each thing that has a schedule."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

from local.clock import Clock, Timer

_EARLY_S: Final = 1e-3


class Timed(Protocol):
    """Something that is due again and again, in epoch seconds."""

    def first_due(self, now: float) -> float | None:
        """When it is due first."""

    def due_after(self, moment: float) -> float | None:
        """When it is due next."""


Thing = TypeVar("Thing", bound=Timed)
Fire = Callable[[Thing, float, bool], None]
"""Called with what is due, when it was due, and whether that was the last time."""


@dataclass
class _Appointment(Generic[Thing]):
    thing: Thing
    due: float
    timer: Timer | None = None


class Timekeeper(Generic[Thing]):
    """Nothing that was due is left out, however late the clock's timers come."""

    def __init__(self, clock: Clock, fire: "Fire[Thing]") -> None:
        self._clock, self._fire = clock, fire
        self._appointments: dict[Hashable, _Appointment[Thing]] = {}

    def keep(self, key: Hashable, thing: Thing | None) -> None:
        """Something is new, or changed, or (None) gone."""
        self._drop(key)
        due = thing.first_due(self._clock.now()) if thing is not None else None
        if thing is not None and due is not None:
            self._wait(key, _Appointment(thing, due))

    def due(self, key: Hashable) -> float | None:
        """When something is due next."""
        appointment = self._appointments.get(key)
        return appointment.due if appointment else None

    def close(self) -> None:
        """Drop everything."""
        for key in list(self._appointments):
            self._drop(key)

    def _drop(self, key: Hashable) -> None:
        appointment = self._appointments.pop(key, None)
        if appointment is not None and appointment.timer is not None:
            appointment.timer.cancel()

    def _wait(self, key: Hashable, appointment: _Appointment[Thing]) -> None:
        self._appointments[key] = appointment
        delay = max(0.0, appointment.due - self._clock.now())
        appointment.timer = self._clock.call_later(delay, lambda: self._ring(key, appointment))

    def _ring(self, key: Hashable, appointment: _Appointment[Thing]) -> None:
        # The loop's clock and the clock on the wall need not agree.
        if self._clock.now() < appointment.due - _EARLY_S:
            self._wait(key, appointment)
            return
        thing, due = appointment.thing, appointment.due
        following = thing.due_after(due)
        del self._appointments[key]
        if following is not None:
            self._wait(key, _Appointment(thing, following))
        self._fire(thing, due, following is None)
