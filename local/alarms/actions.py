"""What an alarm does on its way into a state: tell a topic, invoke a function, execute a scaling policy.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from local.alarms.autoscaler import Autoscaler
from local.alarms.definition import Alarm
from local.alarms.errors import ActionFailedError, UnsupportedAlarmError
from local.alarms.transitions import Situation, Transition, invocation, notification
from local.lambda_runtime import FunctionFailedError, UnknownFunctionError

SNS, LAMBDA, AUTOSCALING = "sns", "lambda", "autoscaling"


class Topics(Protocol):
    """Publishes to a topic: the message's id; raises ActionFailedError."""

    async def publish(self, topic: str, subject: str, message: str) -> str: ...


class Functions(Protocol):
    """Invokes a function by ARN; raises FunctionFailedError."""

    async def invoke(self, function: str, payload: Any) -> Any: ...


class Actions:
    """Carries out actions by their ARNs. An action that fails is an outcome, not an error."""

    def __init__(self, topics: Topics, functions: Functions, autoscaler: Autoscaler) -> None:
        self._topics = topics
        self._functions = functions
        self._autoscaler = autoscaler
        self._once: Mapping[str, Callable[[str, Transition], Awaitable[str]]] = {
            SNS: self._publish,
            LAMBDA: self._invoke,
        }

    def check(self, alarm: Alarm) -> None:
        """Raises UnsupportedAlarmError for an action that nothing here carries out."""
        for field, actions in (
            ("AlarmActions", alarm.settings.alarm_actions),
            ("OKActions", alarm.settings.ok_actions),
            ("InsufficientDataActions", alarm.settings.insufficient_data_actions),
        ):
            for arn in actions:
                if service(arn) not in self._once and not self._autoscaler.knows(arn):
                    raise UnsupportedAlarmError(f"{alarm.logical_id}: {field}: nothing carries out {arn}")

    async def on(self, transition: Transition) -> None:
        """The actions of a change of state, but for scaling."""
        for arn in transition.alarm.actions(transition.after.state):
            if service(arn) in self._once:
                transition.outcomes[arn] = await self._once[service(arn)](arn, transition)

    async def scale(self, alarm: Alarm, situation: Situation, at: float) -> dict[str, str]:
        """The scaling policies of a state: executed at every evaluation for as long as the state lasts."""
        policies = [arn for arn in alarm.actions(situation.state) if self._autoscaler.knows(arn)]
        return {arn: await self._execute(arn, alarm, situation.judged, at) for arn in policies}

    async def _publish(self, topic: str, transition: Transition) -> str:
        try:
            return f"published as {await self._topics.publish(topic, *notification(transition))}"
        except ActionFailedError as error:
            return f"failed: {error}"

    async def _execute(self, policy: str, alarm: Alarm, datapoints: tuple[float, ...], at: float) -> str:
        try:
            return await self._autoscaler.execute(policy, alarm, datapoints, at)
        except ActionFailedError as error:
            return f"failed: {error}"

    async def _invoke(self, function: str, transition: Transition) -> str:
        try:
            await self._functions.invoke(function, invocation(transition))
        except (FunctionFailedError, UnknownFunctionError) as error:
            return f"failed: {error}"
        return "invoked"


def service(arn: str) -> str:
    """The service that an ARN belongs to."""
    return [*arn.split(":", 3), "", "", ""][2]
