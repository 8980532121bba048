"""What alarms change and say in moto: topics, its own copy of the alarms, endpoint variants."""

import asyncio
import json
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from local.alarms.errors import ActionFailedError
from local.alarms.transitions import Transition, reason_data
from local.cloud.clients import Clients

DIMENSION = "sagemaker:variant:DesiredInstanceCount"


class SnsTopics:
    """Topics by ARN."""

    def __init__(self, clients: Clients) -> None:
        self._sns = clients.of("sns")

    async def create(self, topics: Iterable[str]) -> None:
        """The topics that exist outside the template; raises ActionFailedError."""
        for topic in topics:
            await _asked(self._sns.create_topic, Name=topic.rpartition(":")[2])

    async def publish(self, topic: str, subject: str, message: str) -> str:
        """The message's id; raises ActionFailedError."""
        answer = await _asked(self._sns.publish, TopicArn=topic, Subject=subject, Message=message)
        return str(answer["MessageId"])


class AlarmStates:
    """moto's own copy of the alarms: what `DescribeAlarms` answers."""

    def __init__(self, clients: Clients) -> None:
        self._cloudwatch = clients.of("cloudwatch")

    async def hear(self, transition: Transition) -> None:
        """Raises ActionFailedError."""
        alarm, after = transition.alarm, transition.after
        await _asked(
            self._cloudwatch.set_alarm_state,
            AlarmName=alarm.name,
            StateValue=str(after.state),
            StateReason=after.reason,
            StateReasonData=json.dumps(reason_data(alarm, after)),
        )


class EndpointFleet:
    """SageMaker's endpoint variants by the resource id of their scalable target: `endpoint/NAME/variant/VARIANT`."""

    def __init__(self, clients: Clients) -> None:
        self._sagemaker = clients.of("sagemaker")
        self._autoscaling = clients.of("application-autoscaling")
        self._known: dict[str, tuple[str, int]] = {}

    async def bounds(self, target: str) -> tuple[int, int]:
        answer = await _asked(
            self._autoscaling.describe_scalable_targets,
            ServiceNamespace="sagemaker",
            ResourceIds=[target],
            ScalableDimension=DIMENSION,
        )
        (found,) = answer["ScalableTargets"]
        return int(found["MinCapacity"]), int(found["MaxCapacity"])

    async def capacity(self, target: str) -> int:
        endpoint, variant = _parts(target)
        count = int((await self._variants(endpoint))[variant]["DesiredInstanceCount"])
        self._known[endpoint] = variant, count
        return count

    async def set_capacity(self, target: str, capacity: int) -> None:
        endpoint, variant = _parts(target)
        found = (await self._variants(endpoint))[variant]
        # moto forgets a weight that is not repeated.
        wanted = {"VariantName": variant, "DesiredInstanceCount": capacity, "DesiredWeight": found["DesiredWeight"]}
        await _asked(
            self._sagemaker.update_endpoint_weights_and_capacities,
            EndpointName=endpoint,
            DesiredWeightsAndCapacities=[wanted],
        )
        self._known[endpoint] = variant, capacity

    def serving(self, endpoint: str) -> tuple[str, int]:
        """The variant that scales, and its instances as they were last seen: one, before they were."""
        return self._known.get(endpoint, ("primary", 1))

    async def _variants(self, endpoint: str) -> dict[str, Any]:
        answer = await _asked(self._sagemaker.describe_endpoint, EndpointName=endpoint)
        return {variant["VariantName"]: variant for variant in answer["ProductionVariants"]}


class QueueDepth(NamedTuple):
    """How many messages wait in a queue, and how many somebody has received."""

    visible: int
    not_visible: int


async def queue_depths(clients: Clients, names: Iterable[str]) -> dict[str, QueueDepth]:
    """How many messages each queue has; raises ActionFailedError."""
    sqs, depths = clients.of("sqs"), {}
    for name in names:
        url = (await _asked(sqs.get_queue_url, QueueName=name))["QueueUrl"]
        wanted = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = await _asked(sqs.get_queue_attributes, QueueUrl=url, AttributeNames=wanted)
        depths[name] = QueueDepth(*(int(answer["Attributes"][attribute]) for attribute in wanted))
    return depths


async def _asked(operation: Callable[..., Any], **request: Any) -> Any:
    try:
        return await asyncio.to_thread(operation, **request)
    except (ClientError, BotoCoreError) as error:
        raise ActionFailedError(str(error)) from error


def _parts(target: str) -> tuple[str, str]:
    """Endpoint and variant."""
    _, endpoint, _, variant = target.split("/")
    return endpoint, variant
