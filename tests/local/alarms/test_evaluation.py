"""The state that datapoints mean: AWS's own tables, row by row.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html (MISSING)
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html (EVALUATION)
"""

from typing import Any

import pytest

from local.alarms import State, UnsupportedAlarmError, evaluate, refuse_composites
from local.template.specs import ResourceSpec
from tests.local.alarms.fakes import alarm

KEPT = None
OK, ALARM, UNKNOWN = State.OK, State.ALARM, State.INSUFFICIENT_DATA
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
POINT = {"0": 1.0, "X": 11.0, "-": None}

# Datapoints, the newest on the right (0 does not breach, X does, - is missing), M, and the state for each treatment.
# All are of 3 evaluation periods, where 5 are looked at.
TABLE: list[tuple[str, int, tuple[State | None, ...], str]] = [
    ("0 - X - X", 3, (OK, OK, OK, OK), "first table, row 1"),
    ("0 - - - -", 3, (OK, OK, OK, OK), "first table, row 2"),
    ("- - - - -", 3, (UNKNOWN, KEPT, ALARM, OK), "first table, row 3"),
    ("0 X X - X", 3, (ALARM, ALARM, ALARM, ALARM), "first table, row 4"),
    ("- - X - -", 3, (ALARM, KEPT, ALARM, OK), "first table, row 5: premature"),
    ("0 - X - X", 2, (ALARM, ALARM, ALARM, ALARM), "second table, row 1"),
    ("0 0 X 0 X", 2, (ALARM, ALARM, ALARM, ALARM), "second table, row 2"),
    ("0 - X - -", 2, (OK, OK, ALARM, OK), "second table, row 3"),
    ("- - - - 0", 2, (OK, OK, ALARM, OK), "second table, row 4"),
    ("- - - X -", 2, (ALARM, KEPT, ALARM, OK), "second table, row 5: premature"),
    ("- - - - X", 3, (OK, OK, ALARM, OK), "not premature: the next datapoint may not breach"),
    ("- - - X -", 3, (OK, OK, ALARM, OK), "not premature: the next datapoint may not breach"),
    ("- - - X 0", 3, (OK, OK, OK, OK), "the false positive that is avoided"),
    ("- - X - 0", 3, (OK, OK, OK, OK), "the false positive that is avoided"),
    ("- X - - -", 3, (ALARM, KEPT, ALARM, OK), "at least as old as Datapoints to Alarm"),
    ("- - - - X", 1, (ALARM, ALARM, ALARM, ALARM), "one of three is enough, whatever is missing"),
    ("X X 0 X X", 3, (OK, OK, OK, OK), "without missing ones only the newest three count"),
    ("0 0 X X X", 3, (ALARM, ALARM, ALARM, ALARM), "without missing ones only the newest three count"),
]


@pytest.mark.parametrize(
    ("points", "m", "treatment", "state"),
    [
        pytest.param(points, m, treatment, state, id=f"{m} of 3, {points}, {treatment}: {row}")
        for points, m, states, row in TABLE
        for treatment, state in zip(TREATMENTS, states, strict=True)
    ],
)
def test_given_datapoints_when_evaluated_then_the_state_is_the_one_of_awss_table(
    points: str, m: int, treatment: str, state: State | None
) -> None:
    watched = alarm(EvaluationPeriods=3, DatapointsToAlarm=m, TreatMissingData=treatment)
    assert evaluate(watched, [POINT[point] for point in points.split()]).state is state


@pytest.mark.parametrize(
    ("comparison", "breaching", "not_breaching"),
    [
        ("GreaterThanThreshold", 10.1, 10),
        ("GreaterThanOrEqualToThreshold", 10, 9.9),
        ("LessThanThreshold", 9.9, 10),
        ("LessThanOrEqualToThreshold", 10, 10.1),
    ],
)
def test_given_a_comparison_when_the_threshold_is_met_then_it_breaches_as_its_name_says(
    comparison: str, breaching: float, not_breaching: float
) -> None:
    watched = alarm(ComparisonOperator=comparison)
    assert evaluate(watched, [breaching]).state is ALARM
    assert evaluate(watched, [not_breaching]).state is OK


def test_given_no_datapoints_to_alarm_when_evaluated_then_all_evaluation_periods_must_breach() -> None:
    watched = alarm(EvaluationPeriods=2)
    assert evaluate(watched, [1, 1, 1, 11]).state is OK
    assert evaluate(watched, [1, 1, 11, 11]).state is ALARM


@pytest.mark.parametrize(
    ("properties", "problem"),
    [
        ({"Metrics": [{"Id": "m1"}]}, "Metrics is not implemented"),
        ({"ThresholdMetricId": "t"}, "ThresholdMetricId is not implemented"),
        ({"EvaluationWindow": {"WallClockWindow": {}}}, "EvaluationWindow is not implemented"),
        ({"Unit": "Count"}, "Unit is not implemented"),
        ({"Statistic": "Median"}, "Statistic Median"),
        ({"Statistic": None}, "either Statistic or ExtendedStatistic"),
        ({"ExtendedStatistic": "p99"}, "either Statistic or ExtendedStatistic"),
        ({"Statistic": None, "ExtendedStatistic": "tm90"}, "ExtendedStatistic tm90"),
        ({"Period": 10}, "Period"),
        ({"Period": 90}, "Period"),
        ({"ComparisonOperator": "GreaterThanUpperThreshold"}, "ComparisonOperator"),
        ({"TreatMissingData": "whatever"}, "TreatMissingData"),
        ({"EvaluateLowSampleCountPercentile": "ignore"}, "EvaluateLowSampleCountPercentile"),
        ({"DatapointsToAlarm": 2}, "DatapointsToAlarm is more"),
        ({"Period": 3600, "EvaluationPeriods": 25}, "more than a day"),
        ({"Threshold": None}, "Threshold"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_given_what_is_not_implemented_when_loaded_then_the_refusal_names_alarm_and_field(
    properties: dict[str, Any], problem: str
) -> None:
    with pytest.raises(UnsupportedAlarmError, match=f"ClicksAlarm: .*{problem}"):
        alarm(**properties)


def test_given_a_composite_alarm_when_loaded_then_it_is_refused_by_name() -> None:
    composite = ResourceSpec("AnyAlarm", "AWS::CloudWatch::CompositeAlarm", "any", "", {"AlarmRule": "ALARM(a)"})
    with pytest.raises(UnsupportedAlarmError, match="AnyAlarm"):
        refuse_composites([composite])
