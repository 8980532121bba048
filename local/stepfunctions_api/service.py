"""Step Functions' API: an action by its name, on the local state machines."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, Final

from local.machines import StateMachines
from local.stepfunctions_api import executions, state_machines, tasks
from local.stepfunctions_api.errors import ServiceError
from local.stepfunctions_api.requests import Requests

Action = Callable[[StateMachines, Mapping[str, Any]], Awaitable[dict[str, Any]]]
ACTIONS: Final[Mapping[str, Action]] = {
    "DescribeExecution": executions.describe_execution,
    "DescribeStateMachine": state_machines.describe_state_machine,
    "DescribeStateMachineAlias": state_machines.describe_state_machine_alias,
    "DescribeStateMachineForExecution": state_machines.describe_state_machine_for_execution,
    "ListExecutions": executions.list_executions,
    "ListStateMachineAliases": state_machines.list_state_machine_aliases,
    "ListStateMachineVersions": state_machines.list_state_machine_versions,
    "ListStateMachines": state_machines.list_state_machines,
    "SendTaskFailure": tasks.send_task_failure,
    "SendTaskHeartbeat": tasks.send_task_heartbeat,
    "SendTaskSuccess": tasks.send_task_success,
    "StartExecution": executions.start_execution,
    "StartSyncExecution": executions.start_sync_execution,
    "StopExecution": executions.stop_execution,
}
_INSTEAD: Final[Mapping[str, str]] = {
    "GetExecutionHistory": "GET /turns/{name} of the local API shows what an execution did, by its name",
    "CreateStateMachine": "deploy it with the template",
    "UpdateStateMachine": "change the template, and start the stack again",
}


class StepFunctionsApi:
    """Answers requests in AWS JSON 1.0, whoever brings them: the HTTP front, or an API Gateway integration."""

    def __init__(self, machines: StateMachines) -> None:
        self._machines = machines
        self._requests = Requests()

    @property
    def actions(self) -> Collection[str]:
        """The actions that exist here."""
        return ACTIONS.keys()

    async def call(self, action: str, request: str | bytes) -> tuple[int, dict[str, Any]]:
        """Status and body of an action for a request body."""
        try:
            answer = await self._act(action, request)
        except ServiceError as error:
            return 400, error.document()
        return 200, {name: value for name, value in answer.items() if value is not None}

    async def _act(self, action: str, request: str | bytes) -> dict[str, Any]:
        if action not in ACTIONS:
            problem = "is not implemented by the local stack" if self._requests.has(action) else "is unknown"
            instead = _INSTEAD.get(action, f"it knows {', '.join(ACTIONS)}")
            raise ServiceError("UnknownOperationException", f"{action} {problem}: {instead}")
        return await ACTIONS[action](self._machines, self._requests.read(action, request))
