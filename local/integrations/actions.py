"""What the name of an integration means: a service, one of its actions, and what is particular about the call."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from botocore.model import OperationModel

from local.integrations.failures import Failures
from local.integrations.models import service_model, service_named
from local.integrations.names import Naming, capital, pascal, prefix
from local.stepfunctions import JSON, FunctionError, ResourceError, current_caller

SDK: Final = "aws-sdk"


def _as_it_is(value: JSON) -> JSON:
    return value


@dataclass(frozen=True, slots=True)
class Action:
    """One action of one service, `service` and `operation` in botocore's words.

    `prepare` changes the arguments before they are converted, `finish` the result, which it may refuse.
    """

    service: str
    operation: str
    naming: Naming
    failures: Failures
    takes_tokens: bool = True
    prepare: Callable[[JSON], JSON] = _as_it_is
    finish: Callable[[JSON], JSON] = _as_it_is

    @property
    def model(self) -> OperationModel:
        """The shapes of its request and response."""
        return service_model(self.service).operation_model(self.operation)


def _with_caller(arguments: JSON) -> JSON:
    """Name the execution and its state machine in the Resources of every entry."""
    caller = current_caller.get(None)
    entries = arguments.get("Entries") if isinstance(arguments, dict) else None
    if caller is None or not isinstance(entries, list):
        return arguments
    added = [caller.execution_arn, caller.machine_arn]
    return {**arguments, "Entries": [_with_resources(entry, added) for entry in entries]}


def _with_resources(entry: JSON, added: list[str]) -> JSON:
    """An entry with more Resources; what is no entry stays as it is, to be refused."""
    resources = entry.get("Resources", []) if isinstance(entry, dict) else None
    return {**entry, "Resources": [*resources, *added]} if isinstance(resources, list) else entry


def _without_failed_entries(result: JSON) -> JSON:
    if result.get("FailedEntryCount"):
        raise FunctionError("EventBridge.FailedEntry", json.dumps(result))
    return result


def _optimised(service: str, operation: str, failures: Failures, **particular: Any) -> Action:
    return Action(service, operation, capital, failures, **particular)


_DYNAMODB: Final = Failures.of_optimised("DynamoDB", "AmazonDynamoDBv2")

OPTIMISED: Final[Mapping[str, Action]] = {
    **{
        f"dynamodb:{operation[0].lower()}{operation[1:]}": _optimised(
            "dynamodb", operation, _DYNAMODB, takes_tokens=False
        )
        for operation in ("DeleteItem", "GetItem", "PutItem", "UpdateItem")
    },
    "events:putEvents": _optimised(
        "events",
        "PutEvents",
        Failures.of_optimised("EventBridge", "AmazonEventBridge"),
        prepare=_with_caller,
        finish=_without_failed_entries,
    ),
    "sns:publish": _optimised("sns", "Publish", Failures.of_optimised("SNS", "AmazonSNS")),
    "sqs:sendMessage": _optimised("sqs", "SendMessage", Failures.of_optimised("SQS", "AmazonSQS")),
    "states:startExecution": _optimised(
        "stepfunctions", "StartExecution", Failures.of_optimised("StepFunctions", "AWSStepFunctions")
    ),
}
"""https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html"""


@cache
def action_named(name: str) -> Action:
    """The action of "dynamodb:getItem" or "aws-sdk:dynamodb:getItem"; raises ResourceError where there is none."""
    if name in OPTIMISED:
        return OPTIMISED[name]
    family, _, called = name.partition(":")
    if family != SDK:
        raise ResourceError(f"there is no optimised integration '{name}' here; try '{SDK}:{name}'")
    spoken_service, _, spoken_action = called.partition(":")
    service = service_named(spoken_service)
    if service is None:
        raise ResourceError(f"AWS's SDK has no service '{spoken_service}'")
    return _sdk_action(service, spoken_service, spoken_action)


def _sdk_action(service: str, spoken_service: str, spoken_action: str) -> Action:
    model = service_model(service)
    operation = spoken_action[:1].upper() + spoken_action[1:]
    if not spoken_action[:1].islower() or operation not in model.operation_names:
        raise ResourceError(f"the service '{spoken_service}' has no action '{spoken_action}'")
    action = Action(service, operation, pascal, Failures.of_sdk(prefix(str(model.service_id))))
    if action.model.has_event_stream_input or action.model.has_event_stream_output:
        raise ResourceError(f"'{spoken_service}:{spoken_action}' streams, which no state machine can")
    return action
