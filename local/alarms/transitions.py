"""A change of an alarm's state, and the documents AWS tells others about it with."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from local.alarms.definition import WORDS, Alarm
from local.alarms.evaluation import Evaluation, State

_TREATED_AS = {"breaching": "Breaching", "notBreaching": "NonBreaching"}


@dataclass(frozen=True)
class Situation:
    """An alarm's state, since when (seconds since the epoch), and why."""

    state: State
    since: float
    reason: str
    judged: tuple[float, ...] = ()


@dataclass(frozen=True)
class Transition:
    """From one situation to the next. `outcomes` says of each action, by its ARN, what came of it."""

    alarm: Alarm
    before: Situation
    after: Situation
    outcomes: dict[str, str] = field(default_factory=dict)


def reason(alarm: Alarm, evaluation: Evaluation, state: State) -> str:
    """Why the alarm is in this state, much as CloudWatch words it."""
    needed, judged, filled = alarm.settings.evaluation_periods, evaluation.judged, evaluation.filled
    treated = _TREATED_AS.get(alarm.settings.treat_missing_data)
    if state is State.INSUFFICIENT_DATA:
        return f"Insufficient Data: {_datapoints(needed)} {_was(needed)} unknown."
    if not judged:
        return (
            f"Threshold Crossed: no datapoints were received for {needed} {'period' if needed == 1 else 'periods'}"
            f" and {_datapoints(needed, 'missing ')} {_was(needed)} treated as [{treated}]."
        )
    breaching = sum(map(alarm.breached_by, judged))
    counted = breaching if state is State.ALARM else len(judged) - breaching
    negation = "" if state is State.ALARM else "not "
    missing = (
        f" and {_datapoints(filled, 'missing ')} {_was(filled)} treated as [{treated}]" if filled and treated else ""
    )
    return (
        f"Threshold Crossed: {counted} out of the last {_datapoints(len(judged))} {list(judged)} {_was(counted)}"
        f" {negation}{WORDS[alarm.settings.comparison_operator]} the threshold ({alarm.settings.threshold}){missing}"
        f" (minimum {_datapoints(alarm.datapoints_to_alarm)} for OK -> ALARM transition)."
    )


def reason_data(alarm: Alarm, situation: Situation) -> dict[str, Any]:
    """What a scaling policy reads of an alarm: its StateReasonData."""
    return {
        "version": "1.0",
        "queryDate": when(situation.since),
        "startDate": when(situation.since - alarm.settings.period * alarm.settings.evaluation_periods),
        "statistic": alarm.statistic,
        "period": alarm.settings.period,
        "recentDatapoints": list(situation.judged),
        "threshold": alarm.settings.threshold,
    }


def notification(transition: Transition) -> tuple[str, str]:
    """Subject and message that a topic is sent."""
    alarm, before, after = transition.alarm, transition.before, transition.after
    kind = "Statistic" if alarm.settings.statistic else "ExtendedStatistic"
    message = {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.settings.alarm_description,
        "AWSAccountId": alarm.account,
        "NewStateValue": after.state,
        "NewStateReason": after.reason,
        "StateChangeTime": when(after.since),
        "Region": alarm.region,
        "AlarmArn": alarm.arn,
        "OldStateValue": before.state,
        "OKActions": list(alarm.settings.ok_actions),
        "AlarmActions": list(alarm.settings.alarm_actions),
        "InsufficientDataActions": list(alarm.settings.insufficient_data_actions),
        "Trigger": {
            "MetricName": alarm.settings.metric_name,
            "Namespace": alarm.settings.namespace,
            "StatisticType": kind,
            kind: alarm.statistic.upper() if alarm.settings.statistic else alarm.statistic,
            "Unit": None,
            "Dimensions": [{"name": name, "value": value} for name, value in alarm.metric.dimensions],
            "Period": alarm.settings.period,
            "EvaluationPeriods": alarm.settings.evaluation_periods,
            "DatapointsToAlarm": alarm.datapoints_to_alarm,
            "ComparisonOperator": alarm.settings.comparison_operator,
            "Threshold": alarm.settings.threshold,
            "TreatMissingData": alarm.settings.treat_missing_data,
        },
    }
    return f'{after.state}: "{alarm.name}" in {alarm.region}', json.dumps(message)


def invocation(transition: Transition) -> dict[str, Any]:
    """What a function is invoked with that is an alarm's action.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
    """
    alarm = transition.alarm
    return {
        "source": "aws.cloudwatch",
        "alarmArn": alarm.arn,
        "accountId": alarm.account,
        "time": when(transition.after.since),
        "region": alarm.region,
        "alarmData": alarm_data(transition),
    }


def when(seconds: float) -> str:
    """A time as CloudWatch writes it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "+0000")


def alarm_data(transition: Transition) -> dict[str, Any]:
    """What EventBridge and functions are told of a change: old and new state, and what is measured.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
    """
    alarm, metric = transition.alarm, transition.alarm.metric
    measured = {
        "metric": {"namespace": metric.namespace, "name": metric.name, "dimensions": dict(metric.dimensions)},
        "period": alarm.settings.period,
        "stat": alarm.statistic,
    }
    identity = hashlib.sha256(alarm.arn.encode()).hexdigest()[:32]
    return {
        "alarmName": alarm.name,
        "state": _state(alarm, transition.after),
        "previousState": _state(alarm, transition.before),
        "configuration": {
            "description": alarm.settings.alarm_description,
            "metrics": [{"id": identity, "metricStat": measured, "returnData": True}],
        },
    }


def _state(alarm: Alarm, situation: Situation) -> Mapping[str, str]:
    return {
        "value": situation.state,
        "reason": situation.reason,
        "reasonData": json.dumps(reason_data(alarm, situation)),
        "timestamp": when(situation.since),
    }


def _datapoints(count: int, kind: str = "") -> str:
    return f"{count} {kind}datapoint{'' if count == 1 else 's'}"


def _was(count: int) -> str:
    return "was" if count == 1 else "were"
