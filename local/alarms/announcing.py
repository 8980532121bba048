"""The "CloudWatch Alarm State Change" event of every transition, on the default bus.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
"""

from collections.abc import Callable

from local.alarms.transitions import Transition, alarm_data
from local.events.entries import Origin, Published
from local.events.rules import DEFAULT_BUS


class AlarmEvents:
    """Publishes; `publish` is what takes an event of a service to the rules."""

    def __init__(self, publish: Callable[[Published], None], origin: Origin) -> None:
        self._publish = publish
        self._origin = origin

    async def hear(self, transition: Transition) -> None:
        event = self._origin.event(
            source="aws.cloudwatch",
            detail_type="CloudWatch Alarm State Change",
            resources=[transition.alarm.arn],
            detail=alarm_data(transition),
            at=transition.after.since,
        )
        self._publish(Published(DEFAULT_BUS, event))
