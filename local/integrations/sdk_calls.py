"""The engine's calls of services, on boto3 clients."""

import asyncio
import threading
from typing import Any, Protocol

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError
from botocore.model import StructureShape

from local.integrations.actions import Action, action_named
from local.integrations.requests import Problem, Request
from local.integrations.responses import result
from local.stepfunctions import JSON, ResourceError, StatesRuntimeError
from local.stepfunctions.json_types import compact

_NOTHING = StructureShape("Nothing", {"type": "structure", "members": {}})


class Clients(Protocol):
    """boto3 clients by botocore's name of the service."""

    def of(self, service: str, /) -> Any: ...


class SdkCalls:
    """Serves the Tasks of state machines that call AWS services. boto3 blocks, so each call has a thread."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._making = threading.Lock()

    async def call(self, name: str, arguments: JSON) -> JSON:
        """The result of an integration, by its name; raises FunctionError, or States.Runtime for bad arguments."""
        try:
            action = action_named(name)
        except ResourceError as error:
            raise StatesRuntimeError(error.problem) from error
        arguments = action.prepare(arguments)
        request, problems = _request(action, arguments)
        if problems:
            what = ", ".join(problem.text for problem in problems)
            raise StatesRuntimeError(
                f"The Parameters '{compact(arguments)}' could not be used to start the Task: [{what}]"
            )
        return action.finish(await asyncio.to_thread(self._call, action, request))

    def _call(self, action: Action, request: dict[str, Any]) -> JSON:
        with self._making:
            client = self._clients.of(action.service)
        try:
            response = getattr(client, xform_name(action.operation))(**request)
        except (BotoCoreError, ClientError) as error:
            raise action.failures.of(error) from error
        return result(response, action.model.output_shape, action.naming)


def check(name: str, arguments: JSON, waits: bool) -> None:
    """Look at a call when a definition is loaded; raises ResourceError. `...` stands for what is computed."""
    action = action_named(name)
    if waits and not action.takes_tokens:
        raise ResourceError(f"'{name}' does not support '.waitForTaskToken'")
    try:
        _, problems = _request(action, arguments)
    except StatesRuntimeError as error:
        raise ResourceError(error.cause or name, "") from error
    if problems:
        raise ResourceError(problems[0].text, problems[0].path)


def _request(action: Action, arguments: JSON) -> tuple[Any, list[Problem]]:
    request = Request(action.naming)
    return request.convert(arguments, action.model.input_shape or _NOTHING), request.problems
