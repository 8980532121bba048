"""The alarms, what they did, and every metric of the last hour, as JSON."""

from dataclasses import asdict
from typing import Any

from local.alarms.autoscaler import Autoscaler
from local.alarms.definition import Alarm
from local.alarms.transitions import Situation, Transition, when
from local.alarms.watch import AlarmWatch
from local.metrics import Distribution, Metric, MetricStore

_SYMBOLS = {
    "GreaterThanThreshold": ">",
    "GreaterThanOrEqualToThreshold": "≥",
    "LessThanThreshold": "<",
    "LessThanOrEqualToThreshold": "≤",
}
SHOWN = ("Sum", "SampleCount", "Average", "Minimum", "Maximum", "p50", "p99")


def alarms_json(watch: AlarmWatch, autoscaler: Autoscaler) -> dict[str, list[dict[str, Any]]]:
    """Every alarm and why it is as it is; the latest transitions and changes of capacity, the newest first."""
    return {
        "alarms": [_alarm(alarm, situation) for alarm, situation in watch],
        "transitions": [_transition(transition) for transition in reversed(watch.history)],
        "scaling": [{**asdict(activity), "at": when(activity.at)} for activity in reversed(autoscaler.activities)],
    }


def metrics_json(store: MetricStore, namespace: str | None = None) -> dict[str, list[dict[str, Any]]]:
    """Every metric, or those of a namespace, by name."""
    shown = [found for found in store if namespace in (None, found[0].namespace)]
    return {"metrics": [_metric(*found) for found in sorted(shown, key=lambda found: _key(found[0]))]}


def condition(alarm: Alarm) -> str:
    """What the alarm waits for, in one line."""
    settings = alarm.settings
    compared = f"{_SYMBOLS[settings.comparison_operator]} {settings.threshold:g}"
    periods = f"{alarm.datapoints_to_alarm} of {settings.evaluation_periods} × {settings.period} s"
    return f"{alarm.statistic} {settings.metric_name} {compared}, {periods}"


def _alarm(alarm: Alarm, situation: Situation) -> dict[str, Any]:
    return {
        "alarm": alarm.logical_id,
        "state": situation.state,
        "since": when(situation.since),
        "reason": situation.reason,
        "condition": condition(alarm),
        "namespace": alarm.settings.namespace,
        "dimensions": dict(alarm.metric.dimensions),
        "actions": list(alarm.settings.alarm_actions),
    }


def _transition(transition: Transition) -> dict[str, Any]:
    return {
        "alarm": transition.alarm.logical_id,
        "at": when(transition.after.since),
        "from": transition.before.state,
        "to": transition.after.state,
        "reason": transition.after.reason,
        "outcomes": transition.outcomes,
    }


def _metric(metric: Metric, unit: str, values: Distribution) -> dict[str, Any]:
    return {
        "namespace": metric.namespace,
        "name": metric.name,
        "dimensions": dict(metric.dimensions),
        "unit": unit,
        "statistics": {name: round(values.statistic(name), 3) for name in SHOWN},
    }


def _key(metric: Metric) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    return metric.namespace, metric.name, metric.dimensions
