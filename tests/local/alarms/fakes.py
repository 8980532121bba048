"""What alarms act on, in memory. The fleet passes the same tests as the one behind moto."""

from collections.abc import Mapping
from typing import Any

from local.alarms import ActionFailedError, Alarm, State, Transition
from local.template.specs import ResourceSpec

ACCOUNT, REGION = "123456789012", "us-east-1"


def alarm(**properties: Any) -> Alarm:
    """An alarm on the sum of Shop/clicks above 10 in one minute, unless the properties say otherwise; None removes."""
    usual: dict[str, Any] = {
        "Namespace": "Shop",
        "MetricName": "clicks",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 10,
    }
    chosen = {key: value for key, value in {**usual, **properties}.items() if value is not None}
    return Alarm(ResourceSpec("ClicksAlarm", "AWS::CloudWatch::Alarm", "shop-clicks", "", chosen), ACCOUNT, REGION)


class FakeFleet:
    """Capacities and bounds by target."""

    def __init__(self, capacities: Mapping[str, int], bounds: tuple[int, int]) -> None:
        self.capacities = dict(capacities)
        self.limits = bounds

    async def bounds(self, target: str) -> tuple[int, int]:
        return self.limits

    async def capacity(self, target: str) -> int:
        return self.capacities[target]

    async def set_capacity(self, target: str, capacity: int) -> None:
        self.capacities[target] = capacity


class FakeTopics:
    """Keeps what is published; a topic called `gone` refuses."""

    def __init__(self) -> None:
        self.published: list[tuple[str, str, str]] = []

    async def publish(self, topic: str, subject: str, message: str) -> str:
        if topic.endswith(":gone"):
            raise ActionFailedError("Topic does not exist")
        self.published.append((topic, subject, message))
        return f"m-{len(self.published)}"


class FakeFunctions:
    """Keeps what it is invoked with."""

    def __init__(self) -> None:
        self.invoked: list[tuple[str, Any]] = []

    async def invoke(self, function: str, payload: Any) -> Any:
        self.invoked.append((function, payload))


class Listener:
    """Hears the states that alarms go into."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, State]] = []

    async def hear(self, transition: Transition) -> None:
        self.heard.append((transition.alarm.logical_id, transition.after.state))
