"""Step Functions' StartSyncExecution, as an integration calls it: a 200 with the outcome inside, or a 400.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartSyncExecution.html
"""

import json
import re
import uuid
from collections.abc import Mapping
from typing import Any, Protocol

from local.stepfunctions import ExecutionRecord

INPUT_LIMIT = 262_144
_NAME = re.compile(r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{1,80}")
_FIELDS = frozenset({"stateMachineArn", "name", "input", "traceHeader", "includedData"})


class StateMachines(Protocol):
    """Runs the Express state machine of an ARN; raises KeyError for an ARN nobody has."""

    async def run(self, arn: str, value: Any, *, name: str) -> ExecutionRecord: ...


async def start_sync_execution(request: str, machines: StateMachines) -> tuple[int, dict[str, Any]]:
    """Status and body of the action for a request body."""
    try:
        arn, name, value = _read(request)
    except _InvalidError as error:
        return 400, {"__type": error.type, "message": str(error)}
    try:
        record = await machines.run(arn, value, name=name)
    except KeyError:
        return 400, {"__type": "StateMachineDoesNotExist", "message": f"State Machine Does Not Exist: '{arn}'"}
    return 200, _response(arn, record)


class _InvalidError(ValueError):
    """The request is refused before anything runs."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.type = kind


def _read(request: str) -> tuple[str, str, Any]:
    try:
        fields = json.loads(request)
    except ValueError as error:
        raise _InvalidError("SerializationException", f"the request is not JSON: {error}") from error
    if not isinstance(fields, dict) or fields.keys() - _FIELDS or "stateMachineArn" not in fields:
        raise _InvalidError("ValidationException", "a stateMachineArn is needed, other fields than the API's are not")
    text = fields.get("input", "{}")
    if len(text) > INPUT_LIMIT:
        constraint = f"Member must have length less than or equal to {INPUT_LIMIT}"
        problem = f"1 validation error detected: Value at 'input' failed to satisfy constraint: {constraint}"
        raise _InvalidError("ValidationException", problem)
    name = fields.get("name") or str(uuid.uuid4())
    if not _NAME.fullmatch(name):
        raise _InvalidError("InvalidName", f"Invalid Name: '{name}'")
    try:
        return str(fields["stateMachineArn"]), name, json.loads(text)
    except ValueError as error:
        raise _InvalidError("InvalidExecutionInput", f"Invalid State Machine Execution Input: '{error}'") from error


def _response(arn: str, record: ExecutionRecord) -> dict[str, Any]:
    ended = record.ended or record.started
    duration_ms = ended - record.started
    outcome: Mapping[str, Any] = (
        {"output": json.dumps(record.output, ensure_ascii=False), "outputDetails": {"included": True}}
        if record.status == "SUCCEEDED"
        else {key: value for key, value in (("error", record.error), ("cause", record.cause)) if value is not None}
    )
    return {
        "executionArn": f"{arn.replace(':stateMachine:', ':express:')}:{record.name}:{uuid.uuid4()}",
        "stateMachineArn": arn,
        "name": record.name,
        "startDate": record.started / 1000,
        "stopDate": ended / 1000,
        "status": record.status,
        **outcome,
        "input": json.dumps(record.input, ensure_ascii=False),
        "inputDetails": {"included": True},
        # Express is billed by started 100 ms at 64 MB.
        "billingDetails": {
            "billedMemoryUsedInMB": 64,
            "billedDurationInMilliseconds": max(100, -(-int(duration_ms) // 100) * 100),
        },
    }
