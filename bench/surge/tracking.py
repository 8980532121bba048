"""Target tracking as Application Auto Scaling sets it up: the two alarms that it makes, and what it does with them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from local.alarms import Alarm
from local.template.specs import ResourceSpec

# What accounts show of the alarms it makes ("TargetTracking-endpoint/…-AlarmHigh-…", "…-AlarmLow-…"); AWS's guide says
# only that it makes and keeps them, and that it removes more slowly than it adds:
# https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
MINUTES_HIGH, MINUTES_LOW, LOW_SHARE = 3, 15, 0.9
# https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html
COOLDOWN_S = 300


@dataclass(frozen=True)
class TargetTracking:
    """Keeps a metric per instance near its target value: as many instances as the latest datapoint asks for."""

    arn: str
    name: str
    target: str
    target_value: float
    cooldown_s: int = COOLDOWN_S

    def value(self, datapoints: Sequence[float], *, rises: bool) -> float:
        """The latest datapoint; without any, the target's own."""
        del rises
        return datapoints[-1] if datapoints else self.target_value

    def desired(self, capacity: int, value: float, threshold: float, *, rises: bool) -> int:
        """In proportion to the metric, rounded up."""
        del threshold, rises
        return math.ceil(capacity * value / self.target_value)


def tracking_alarms(like: Alarm, policy: TargetTracking) -> list[Alarm]:
    """The alarm above the target and the one below it, on the metric of an alarm of the template."""
    usual = {
        "Namespace": like.settings.namespace,
        "MetricName": like.settings.metric_name,
        "Dimensions": [{"Name": name, "Value": value} for name, value in like.metric.dimensions],
        "Statistic": like.settings.statistic,
        "Period": like.settings.period,
        "AlarmActions": [policy.arn],
    }
    high = {"ComparisonOperator": "GreaterThanThreshold", "Threshold": policy.target_value}
    low = {"ComparisonOperator": "LessThanThreshold", "Threshold": policy.target_value * LOW_SHARE}
    described = {
        "AlarmHigh": {**usual, **high, "EvaluationPeriods": MINUTES_HIGH},
        "AlarmLow": {**usual, **low, "EvaluationPeriods": MINUTES_LOW},
    }
    return [
        Alarm(ResourceSpec(name, "AWS::CloudWatch::Alarm", name, "", properties), like.account, like.region)
        for name, properties in described.items()
    ]
