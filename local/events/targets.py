"""What rules and schedules can lead to, each reached as its service is reached on AWS."""

import json
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from local.events.errors import DeliveryError
from local.events.requests import Requester, is_passing
from local.events.target import Target

Call = Callable[[str, Any], Awaitable[Any]]
"""Calls a service as Step Functions' SDK integrations name it ("aws-sdk:sqs:sendMessage"), with its arguments."""

_ARN_PARTS: Final = 6
_SCHEDULER: Final = "arn:aws:scheduler:::"


class StateMachines(Protocol):
    """Starts an execution without waiting for it; raises KeyError for an ARN nobody has."""

    def start(self, arn: str, value: Any, *, name: str) -> object: ...


class FunctionQueues(Protocol):
    """Takes an event for a function, to be run later; raises DeliveryError for a function that nobody has."""

    def accept(self, arn: str, payload: Any) -> str: ...


class Forward(Protocol):
    """Puts an event on another bus; raises DeliveryError."""

    def __call__(self, bus_arn: str, event: Mapping[str, Any]) -> None: ...


@dataclass(frozen=True)
class Reach:
    """What is around: functions, state machines, services, and any action of any service where there is a `call`."""

    functions: FunctionQueues
    machines: StateMachines
    request: Requester
    forward: Forward
    put_event: Callable[[Mapping[str, Any]], None]
    call: Call | None = None


class Targets:
    """Sends to a target by the service of its ARN."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._services: Mapping[str, Callable[[Target, str, Mapping[str, Any]], Awaitable[None]]] = {
            "lambda": self._invoke,
            "states": self._start_execution,
            "sqs": self._send_message,
            "sns": self._publish,
            "events": self._put_event,
            "scheduler": self._call,
        }

    async def send(self, target: Target, text: str, event: Mapping[str, Any]) -> None:
        """Hand a text to the target; raises DeliveryError."""
        service = target.arn.split(":")[2] if target.arn.startswith("arn:") else target.arn
        if service not in self._services:
            raise _unsupported(target.arn)
        await self._services[service](target, text, event)

    async def send_dead_letter(self, queue_arn: str, body: str, attributes: Mapping[str, str]) -> None:
        """Put a message with attributes into a queue; raises DeliveryError."""
        request = {
            "QueueUrl": _queue_url(queue_arn),
            "MessageBody": body,
            "MessageAttributes": {
                name: {"DataType": "String", "StringValue": value or "-"} for name, value in attributes.items()
            },
        }
        await self._reach.request("sqs", "send_message", request)

    async def _invoke(self, target: Target, text: str, _: Mapping[str, Any]) -> None:
        self._reach.functions.accept(target.arn, _document(text))

    async def _start_execution(self, target: Target, text: str, _: Mapping[str, Any]) -> None:
        document = _document(text)
        try:
            self._reach.machines.start(target.arn, document, name=str(uuid.uuid4()))
        except KeyError:
            raise _refused("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{target.arn}'") from None

    async def _send_message(self, target: Target, text: str, _: Mapping[str, Any]) -> None:
        request: dict[str, Any] = {"QueueUrl": _queue_url(target.arn), "MessageBody": text}
        if "MessageGroupId" in target.parameters:
            request["MessageGroupId"] = target.parameters["MessageGroupId"]
        await self._reach.request("sqs", "send_message", request)

    async def _publish(self, target: Target, text: str, _: Mapping[str, Any]) -> None:
        await self._reach.request("sns", "publish", {"TopicArn": target.arn, "Message": text})

    async def _put_event(self, target: Target, text: str, event: Mapping[str, Any]) -> None:
        if ":event-bus/" not in target.arn:
            raise _unsupported(target.arn)
        if "DetailType" not in target.parameters:
            self._reach.forward(target.arn, event)
            return
        names = {"DetailType": target.parameters["DetailType"], "Source": target.parameters.get("Source")}
        self._reach.put_event({**names, "Detail": text, "EventBusName": target.arn})

    async def _call(self, target: Target, text: str, _: Mapping[str, Any]) -> None:
        """A universal target of EventBridge Scheduler."""
        if self._reach.call is None or not target.arn.startswith(f"{_SCHEDULER}aws-sdk:"):
            raise _unsupported(target.arn)
        try:
            await self._reach.call(target.arn.removeprefix(_SCHEDULER), _document(text))
        except Exception as error:
            code = str(getattr(error, "error", type(error).__name__))
            raise DeliveryError(code, str(getattr(error, "cause", error)), retryable=is_passing(code)) from error


def _document(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise _refused("INVALID_JSON", f"the target takes JSON: {error}") from error


def _queue_url(arn: str) -> str:
    parts = arn.split(":")
    if len(parts) != _ARN_PARTS:
        raise _refused("INVALID_ARN", f"{arn} is not the ARN of a queue")
    region, account, name = parts[3:]
    return f"https://sqs.{region}.amazonaws.com/{account}/{name}"


def _unsupported(arn: str) -> DeliveryError:
    return _refused("UNSUPPORTED_TARGET", f"the local stack delivers nothing to {arn}")


def _refused(code: str, message: str) -> DeliveryError:
    return DeliveryError(code, message, retryable=False)
