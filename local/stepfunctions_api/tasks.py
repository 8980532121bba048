"""Actions on tasks that wait for their token."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from local.machines import StateMachines
from local.stepfunctions import InvalidTokenError, TaskTimedOutError
from local.stepfunctions_api.errors import ServiceError

Request = Mapping[str, Any]


async def send_task_success(machines: StateMachines, request: Request) -> dict[str, Any]:
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html"""
    try:
        output = orjson.loads(request["output"])
    except ValueError as error:
        raise ServiceError("InvalidOutput", f"Invalid Output: '{error}'") from error
    return _send(lambda: machines.tokens.succeed(request["taskToken"], output))


async def send_task_failure(machines: StateMachines, request: Request) -> dict[str, Any]:
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskFailure.html"""
    return _send(lambda: machines.tokens.fail(request["taskToken"], request.get("error"), request.get("cause")))


async def send_task_heartbeat(machines: StateMachines, request: Request) -> dict[str, Any]:
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskHeartbeat.html"""
    return _send(lambda: machines.tokens.heartbeat(request["taskToken"]))


def _send(send: Callable[[], None]) -> dict[str, Any]:
    try:
        send()
    except InvalidTokenError as error:
        raise ServiceError("InvalidToken", str(error)) from error
    except TaskTimedOutError as error:
        raise ServiceError("TaskTimedOut", str(error)) from error
    return {}
