"""Actions on executions: started, waited for, described, listed, stopped."""

import re
import uuid
from collections.abc import Mapping
from typing import Any, Final

import orjson

from local.executions import Execution
from local.machines import Machine, StateMachines
from local.stepfunctions import JSON, ExecutionRecord
from local.stepfunctions.json_types import compact
from local.stepfunctions_api.arns import expect
from local.stepfunctions_api.errors import ServiceError, no_execution
from local.stepfunctions_api.pages import page
from local.stepfunctions_api.state_machines import express, machine_of, standard

Request = Mapping[str, Any]
BILLED_MEMORY_MB: Final = 64
BILLED_STEP_MS: Final = 100
_NAME: Final = re.compile(r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{1,80}")


async def start_sync_execution(machines: StateMachines, request: Request) -> dict[str, Any]:
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartSyncExecution.html"""
    arn, name, value = request["stateMachineArn"], _name(request), _input(request)
    machine = express(machine_of(machines, arn))
    record = await machines.run(arn, value, name=name, trace_header=request.get("traceHeader"))
    return {
        "executionArn": record.arn,
        "stateMachineArn": machine.spec.arn,
        "name": name,
        "startDate": _seconds(record.started),
        "stopDate": _seconds(record.ended),
        "status": record.status,
        "traceHeader": request.get("traceHeader"),
        **_data(request, record),
        "billingDetails": {
            "billedMemoryUsedInMB": BILLED_MEMORY_MB,
            "billedDurationInMilliseconds": _billed(record.started, record.ended),
        },
    }


async def start_execution(machines: StateMachines, request: Request) -> dict[str, Any]:
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html"""
    arn, name, value = request["stateMachineArn"], _name(request), _input(request)
    machine = machine_of(machines, arn)
    execution = _same(machine, name, value) or machines.start(
        arn, value, name=name, trace_header=request.get("traceHeader")
    )
    return {"executionArn": execution.record.arn, "startDate": _seconds(execution.record.started)}


async def describe_execution(machines: StateMachines, request: Request) -> dict[str, Any]:
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html"""
    execution = _find(machines, request["executionArn"])
    record = execution.record
    # AWS calls a failed execution REDRIVABLE; nothing redrives here, so nothing is said of it.
    redrive = (
        {
            "redriveStatus": "NOT_REDRIVABLE",
            "redriveStatusReason": f"Execution is {record.status} and cannot be redriven",
        }
        if record.status in {"RUNNING", "SUCCEEDED"}
        else {}
    )
    return {
        **_listed(machines, execution),
        "traceHeader": execution.trace_header,
        **_data(request, record),
        **redrive,
    }


async def stop_execution(machines: StateMachines, request: Request) -> dict[str, Any]:
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_StopExecution.html"""
    execution = _find(machines, request["executionArn"])
    await execution.stop(request.get("error"), request.get("cause"))
    return {"stopDate": _seconds(execution.record.ended)}


async def list_executions(machines: StateMachines, request: Request) -> dict[str, Any]:
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html

    Nothing is redriven here, and the executions of a distributed Map are part of its own.
    """
    if ("stateMachineArn" in request) == ("mapRunArn" in request):
        raise ServiceError("ValidationException", "Either a stateMachineArn or a mapRunArn is needed")
    if "mapRunArn" in request:
        raise ServiceError("ResourceNotFound", f"Resource not found: '{request['mapRunArn']}'")
    arn = request["stateMachineArn"]
    machine = standard(machine_of(machines, arn))
    wanted = [one for one in machine.executions if _wanted(machine, one, arn, request)]
    wanted.sort(key=lambda one: one.record.ended or one.record.started, reverse=True)
    shown, more = page(wanted, lambda one: one.record.arn, request)
    return {"executions": [_listed(machines, one) for one in shown], **more}


def _find(machines: StateMachines, arn: str) -> Execution:
    """A Standard execution; raises ServiceError. An Express execution is not described by its ARN."""
    expect(arn, "execution")
    for machine in machines:
        execution = machine.executions.by_arn(arn)
        if execution is not None:
            return execution
    raise no_execution(arn)


def _name(request: Request) -> str:
    name = str(request.get("name") or uuid.uuid4())
    if not _NAME.fullmatch(name):
        raise ServiceError("InvalidName", f"Invalid Name: '{name}'")
    return name


def _input(request: Request) -> JSON:
    text = request.get("input", "{}")
    if not text:
        raise _invalid_input("Invalid execution input.")
    try:
        return orjson.loads(text)
    except ValueError as error:
        raise _invalid_input(str(error)) from error


def _invalid_input(problem: str) -> ServiceError:
    return ServiceError("InvalidExecutionInput", f"Invalid State Machine Execution Input: '{problem}'")


def _same(machine: Machine, name: str, value: JSON) -> Execution | None:
    """The running Standard execution that this request asks for again; raises ServiceError for another's name."""
    known = None if machine.is_express else machine.executions.by_name(name)
    if known is None:
        return None
    if known.record.status == "RUNNING" and compact(known.record.input) == compact(value):
        return known
    raise ServiceError("ExecutionAlreadyExists", f"Execution Already Exists: '{known.record.arn}'")


def _wanted(machine: Machine, execution: Execution, arn: str, request: Request) -> bool:
    return (
        arn in (machine.spec.arn, execution.target)
        and request.get("statusFilter") in (None, execution.record.status)
        and request.get("redriveFilter") != "REDRIVEN"
    )


def _listed(machines: StateMachines, execution: Execution) -> dict[str, Any]:
    record, machine = execution.record, machines.machine(execution.target)
    assert machine is not None
    by_alias = execution.target == machine.alias_arn
    return {
        "executionArn": record.arn,
        "stateMachineArn": machine.spec.arn,
        "name": record.name,
        "status": record.status,
        "startDate": _seconds(record.started),
        "stopDate": _seconds(record.ended),
        "stateMachineAliasArn": machine.alias_arn if by_alias else None,
        "stateMachineVersionArn": None if execution.target == machine.spec.arn else machine.version_arn,
        "redriveCount": 0,
    }


def _data(request: Request, record: ExecutionRecord) -> dict[str, Any]:
    """Input and result, which METADATA_ONLY leaves out."""
    if request.get("includedData") == "METADATA_ONLY":
        return {}
    return {
        "input": compact(record.input),
        "inputDetails": {"included": True},
        "output": compact(record.output) if record.status == "SUCCEEDED" else None,
        "outputDetails": {"included": True} if record.status != "RUNNING" else None,
        "error": record.error,
        "cause": record.cause,
    }


def _seconds(milliseconds: float | None) -> float | None:
    """Epoch seconds, to the millisecond."""
    return None if milliseconds is None else round(milliseconds / 1000, 3)


def _billed(started: float, ended: float | None) -> int:
    """Express is billed by started 100 ms, one at least."""
    milliseconds = int((ended or started) - started)
    return max(1, -(-milliseconds // BILLED_STEP_MS)) * BILLED_STEP_MS
