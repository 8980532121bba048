"""What state an alarm's datapoints mean, missing ones among them. Pure.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from local.alarms.definition import Alarm, Treatment


class State(StrEnum):
    """An alarm's state."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


@dataclass(frozen=True)
class Evaluation:
    """The state that follows, or None where the alarm keeps its own; the real datapoints it rests on, oldest first."""

    state: State | None
    judged: tuple[float, ...]
    filled: int = 0


def evaluate(alarm: Alarm, points: Sequence[float | None]) -> Evaluation:
    """The datapoints of the evaluation range, oldest first, None where there was none."""
    needed, treatment = alarm.settings.evaluation_periods, alarm.settings.treat_missing_data
    judged = tuple([point for point in points if point is not None][-needed:])
    filled = needed - len(judged)
    if not judged:
        return Evaluation(_WITHOUT_DATA[treatment], judged, filled)
    breaching = sum(map(alarm.breached_by, judged)) + (filled if treatment == "breaching" else 0)
    if breaching >= alarm.datapoints_to_alarm:
        return Evaluation(State.ALARM, judged, filled)
    if treatment in _PREMATURE and filled and _premature(alarm, points):
        return Evaluation(_PREMATURE[treatment], judged, filled)
    return Evaluation(State.OK, judged, filled)


_WITHOUT_DATA: Mapping[Treatment, State | None] = {
    "missing": State.INSUFFICIENT_DATA,
    "ignore": None,
    "breaching": State.ALARM,
    "notBreaching": State.OK,
}
_PREMATURE: Mapping[Treatment, State | None] = {"missing": State.ALARM, "ignore": None}


def _premature(alarm: Alarm, points: Sequence[float | None]) -> bool:
    """Whether all datapoints breach, and the oldest is old enough to stand for those that are missing since."""
    if not all(point is None or alarm.breached_by(point) for point in points):
        return False
    oldest = next(index for index, point in enumerate(points) if point is not None)
    return len(points) - oldest >= alarm.datapoints_to_alarm
