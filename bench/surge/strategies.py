"""What keeps the classifier's fleet large enough: target tracking, the template's step scaling, the release plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bench.surge.tracking import TargetTracking, tracking_alarms
from local.alarms import Alarm, StepScalingPolicy
from local.alarms.autoscaler import Policy
from local.metrics import Metric
from local.template import Deployment
from local.template.specs import ResourceSpec
from mangaassist.policy.capacity import Change, level_at
from mangaassist.policy.needs import Figures

TARGET = "ClassifierCapacity"


@dataclass(frozen=True)
class Strategy:
    """Alarms, the policies that they act through; planned changes of the minimum, and the figures they rest on."""

    name: str
    target: ResourceSpec
    alarms: Sequence[Alarm]
    policies: Sequence[Policy]
    planned: Sequence[Change] = ()
    figures: Figures | None = None

    @property
    def bounds(self) -> tuple[int, int]:
        """The fewest and the most instances, but for the plan."""
        return int(self.target.properties["MinCapacity"]), int(self.target.properties["MaxCapacity"])

    @property
    def metrics(self) -> set[Metric]:
        """What the alarms watch: invocations per instance."""
        return {alarm.metric for alarm in self.alarms}

    def minimum_at(self, moment: float) -> int:
        """The fewest instances that the plan, or without one the template, asks for at this time (epoch seconds)."""
        return level_at(self.planned, datetime.fromtimestamp(moment, UTC), self.bounds[0])


def strategies(deployment: Deployment, planned: Sequence[Change], figures: Figures) -> list[Strategy]:
    """The three, on the same scalable target of the template."""
    (target,) = _of(deployment, "AWS::ApplicationAutoScaling::ScalableTarget", TARGET)
    found = map(StepScalingPolicy, deployment.resources("AWS::ApplicationAutoScaling::ScalingPolicy"))
    steps = [policy for policy in found if policy.target == target.ref]
    place, arns = deployment.place, {policy.arn for policy in steps}
    every = [Alarm(spec, place.account, place.region) for spec in deployment.resources("AWS::CloudWatch::Alarm")]
    alarms = [alarm for alarm in every if arns & set(alarm.settings.alarm_actions)]
    (busy,) = [alarm for alarm in alarms if alarm.rises]
    tracking = TargetTracking("tracking", "target-tracking", target.ref, busy.settings.threshold)
    return [
        Strategy("tracking", target, tracking_alarms(busy, tracking), [tracking]),
        Strategy("steps", target, alarms, steps),
        Strategy("plan", target, alarms, steps, planned, figures),
    ]


def _of(deployment: Deployment, kind: str, logical_id: str) -> list[ResourceSpec]:
    return [spec for spec in deployment.resources(kind) if spec.logical_id == logical_id]
