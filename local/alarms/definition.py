"""AWS::CloudWatch::Alarm as far as it is implemented; whatever is not is refused when the template is read.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
"""

import operator
from collections.abc import Callable, Mapping
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_pascal

from local.alarms.errors import AlarmError, UnsupportedAlarmError
from local.metrics import Metric, metric
from local.metrics.distribution import STATISTICS, is_percentile
from local.metrics.store import RESOLUTION_S
from local.template.specs import ResourceSpec

# How many periods more than needed are looked at when some are missing, as in AWS's own example.
_EXTRA_PERIODS = 2
_DAY_S = 86_400
_BREACHES: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
WORDS: Mapping[str, str] = {
    "GreaterThanThreshold": "greater than",
    "GreaterThanOrEqualToThreshold": "greater than or equal to",
    "LessThanThreshold": "less than",
    "LessThanOrEqualToThreshold": "less than or equal to",
}
Treatment = Literal["missing", "ignore", "breaching", "notBreaching"]
Comparison = Literal[
    "GreaterThanThreshold", "GreaterThanOrEqualToThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold"
]


class _Dimension(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_pascal)

    name: str
    value: str


class _Properties(BaseModel):
    """The properties by CloudFormation's names."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_pascal)

    alarm_name: str | None = None
    alarm_description: str = ""
    actions_enabled: bool = True
    alarm_actions: tuple[str, ...] = ()
    ok_actions: tuple[str, ...] = Field(default=(), alias="OKActions")
    insufficient_data_actions: tuple[str, ...] = ()
    namespace: str
    metric_name: str
    dimensions: tuple[_Dimension, ...] = ()
    statistic: str | None = None
    extended_statistic: str | None = None
    period: int = Field(ge=RESOLUTION_S, multiple_of=RESOLUTION_S)
    evaluation_periods: int = Field(ge=1)
    datapoints_to_alarm: int | None = Field(default=None, ge=1)
    comparison_operator: Comparison
    threshold: float
    treat_missing_data: Treatment = "missing"
    evaluate_low_sample_count_percentile: Literal["evaluate"] = "evaluate"
    tags: tuple[Mapping[str, str], ...] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if (self.statistic is None) == (self.extended_statistic is None):
            raise ValueError("give either Statistic or ExtendedStatistic")
        if self.statistic is not None and self.statistic not in STATISTICS:
            raise ValueError(f"Statistic {self.statistic}: known are {', '.join(sorted(STATISTICS))}")
        if self.extended_statistic is not None and not is_percentile(self.extended_statistic):
            raise ValueError(f"ExtendedStatistic {self.extended_statistic}: only percentiles are implemented")
        if self.datapoints_to_alarm is not None and self.datapoints_to_alarm > self.evaluation_periods:
            raise ValueError("DatapointsToAlarm is more than EvaluationPeriods")
        if self.period * self.evaluation_periods > _DAY_S:
            raise ValueError("Period times EvaluationPeriods is more than a day")
        return self


class Alarm:
    """One alarm of the template: `name` and `arn` as deployed here, the rest as its properties say."""

    def __init__(self, resource: ResourceSpec, account: str, region: str) -> None:
        try:
            self.settings = _Properties.model_validate(dict(resource.properties))
        except ValidationError as error:
            raise _refusal(resource.logical_id, error) from None
        self.logical_id = resource.logical_id
        self.name = resource.name
        self.account = account
        self.region = region
        self.arn = f"arn:aws:cloudwatch:{region}:{account}:alarm:{resource.name}"

    @property
    def metric(self) -> Metric:
        return metric(
            self.settings.namespace,
            self.settings.metric_name,
            {dimension.name: dimension.value for dimension in self.settings.dimensions},
        )

    @property
    def statistic(self) -> str:
        return self.settings.statistic or self.settings.extended_statistic or ""

    @property
    def datapoints_to_alarm(self) -> int:
        return self.settings.datapoints_to_alarm or self.settings.evaluation_periods

    @property
    def evaluation_range(self) -> int:
        """How many periods are looked at: more than are needed, in case some are missing."""
        return self.settings.evaluation_periods + _EXTRA_PERIODS

    @property
    def seconds(self) -> int:
        """How far back the alarm looks."""
        return self.settings.period * self.evaluation_range

    @property
    def rises(self) -> bool:
        """Whether values above the threshold breach it, not those below."""
        return self.settings.comparison_operator.startswith("Greater")

    def breached_by(self, value: float) -> bool:
        return _BREACHES[self.settings.comparison_operator](value, self.settings.threshold)

    @property
    def every_action(self) -> tuple[str, ...]:
        """ARNs of what is to be done on the way into any state."""
        settings = self.settings
        return (*settings.alarm_actions, *settings.ok_actions, *settings.insufficient_data_actions)

    def actions(self, state: str) -> tuple[str, ...]:
        """ARNs of what is to be done on the way into a state."""
        if not self.settings.actions_enabled:
            return ()
        by_state = {"ALARM": self.settings.alarm_actions, "OK": self.settings.ok_actions}
        return by_state.get(state, self.settings.insufficient_data_actions)


def _refusal(alarm: str, error: ValidationError) -> AlarmError:
    problem = error.errors()[0]
    field = ".".join(map(str, problem["loc"]))
    if problem["type"] == "extra_forbidden":
        return UnsupportedAlarmError(f"{alarm}: {field} is not implemented")
    return UnsupportedAlarmError(f"{alarm}: {field}{': ' if field else ''}{problem['msg']}")


def refuse_composites(composites: list[ResourceSpec]) -> None:
    """Raises UnsupportedAlarmError for an AWS::CloudWatch::CompositeAlarm."""
    for composite in composites:
        raise UnsupportedAlarmError(f"{composite.logical_id}: composite alarms are not implemented (AlarmRule)")
