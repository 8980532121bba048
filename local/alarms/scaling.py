"""Step scaling: how many instances an alarm asks for, and what a cooldown leaves of it. Pure.

https://docs.aws.amazon.com/autoscaling/application/APIReference/API_StepScalingPolicyConfiguration.html
https://docs.aws.amazon.com/autoscaling/application/APIReference/API_StepAdjustment.html
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_pascal

from local.alarms.errors import UnsupportedAlarmError
from local.template.specs import ResourceSpec

# What Application Auto Scaling takes for SageMaker's variants when a policy names none.
DEFAULT_COOLDOWN_S = 300
_AGGREGATIONS: Mapping[str, Callable[[Sequence[float]], float]] = {"Average": fmean, "Minimum": min, "Maximum": max}


class _Configured(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_pascal)


class Step(_Configured):
    """One adjustment, for metric values between the bounds, which count from the alarm's threshold."""

    metric_interval_lower_bound: float = -math.inf
    metric_interval_upper_bound: float = math.inf
    scaling_adjustment: int


class _Configuration(_Configured):
    adjustment_type: Literal["ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity"]
    step_adjustments: tuple[Step, ...] = Field(min_length=1)
    cooldown: int = Field(default=DEFAULT_COOLDOWN_S, ge=0)
    metric_aggregation_type: Literal["Average", "Minimum", "Maximum"] = "Average"
    min_adjustment_magnitude: int = Field(default=0, ge=0)


class _Properties(_Configured):
    policy_name: str
    policy_type: Literal["StepScaling"]
    scaling_target_id: str
    step_scaling_policy_configuration: _Configuration


class StepScalingPolicy:
    """AWS::ApplicationAutoScaling::ScalingPolicy; raises UnsupportedAlarmError for what is not implemented."""

    def __init__(self, resource: ResourceSpec) -> None:
        try:
            properties = _Properties.model_validate(dict(resource.properties))
        except ValidationError as error:
            problem = error.errors()[0]
            place = ".".join(map(str, problem["loc"]))
            raise UnsupportedAlarmError(f"{resource.logical_id}: {place}: {problem['msg']}") from None
        self.arn = resource.ref
        self.name = properties.policy_name
        self.target = properties.scaling_target_id
        self.settings = properties.step_scaling_policy_configuration

    @property
    def cooldown_s(self) -> int:
        return self.settings.cooldown

    def value(self, datapoints: Sequence[float], *, rises: bool) -> float:
        """The alarm's datapoints as one value. Without any, which AWS does not describe: beyond every bound."""
        if not datapoints:
            return math.inf if rises else -math.inf
        return _AGGREGATIONS[self.settings.metric_aggregation_type](datapoints)

    def desired(self, capacity: int, value: float, threshold: float, *, rises: bool) -> int:
        """The capacity that the step for this value asks for; the same where no step is meant."""
        step = next((step for step in self.settings.step_adjustments if _meant(step, value - threshold, rises)), None)
        if step is None or (step.scaling_adjustment == 0 and self.settings.adjustment_type != "ExactCapacity"):
            return capacity
        if self.settings.adjustment_type == "ExactCapacity":
            return step.scaling_adjustment
        if self.settings.adjustment_type == "PercentChangeInCapacity":
            change = _rounded(capacity * step.scaling_adjustment / 100)
            least = self.settings.min_adjustment_magnitude
            return capacity + int(math.copysign(max(abs(change), least), step.scaling_adjustment))
        return capacity + step.scaling_adjustment


@dataclass
class Cooldowns:
    """What the last activities of one scalable target leave behind; times in seconds."""

    out_until: float = field(default=-math.inf)
    out_from: int = 0
    in_until: float = field(default=-math.inf)

    def base(self, capacity: int, at: float) -> int:
        """The capacity that a step adds to: what the last scale-out added is part of the next one's, for a while."""
        return min(self.out_from, capacity) if at < self.out_until else capacity

    def blocks(self, capacity: int, wanted: int, at: float) -> bool:
        """Only removing waits; adding may follow at once."""
        return wanted < capacity and at < self.in_until

    def begin(self, before: int, after: int, base: int, at: float, seconds: int) -> None:
        """A capacity has changed. Adding ends the cooldown of removing."""
        if after > before:
            self.out_until, self.out_from, self.in_until = at + seconds, base, -math.inf
        else:
            self.in_until = at + seconds


def _meant(step: Step, breach: float, rises: bool) -> bool:
    """Above the threshold the lower bound belongs to the step, below it the upper one."""
    lower, upper = step.metric_interval_lower_bound, step.metric_interval_upper_bound
    if math.isinf(breach):
        return breach in (lower, upper)
    return lower <= breach < upper if rises else lower < breach <= upper


def _rounded(change: float) -> int:
    """Towards zero, but never to it: 12.7 is 12, 0.67 is 1, -0.58 is -1, -6.67 is -6."""
    return int(math.copysign(max(1, math.floor(abs(change))), change))
