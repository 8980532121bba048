"""Actions on state machines: described and listed; the template deploys them."""

from collections.abc import Mapping
from typing import Any

from local.machines import Machine, StateMachines
from local.stepfunctions_api.arns import expect
from local.stepfunctions_api.errors import ServiceError, no_execution, no_machine, wrong_type
from local.stepfunctions_api.pages import page

Request = Mapping[str, Any]


def machine_of(machines: StateMachines, arn: str) -> Machine:
    """The machine of an ARN, qualified or not; raises ServiceError."""
    machine = machines.machine(expect(arn, "stateMachine"))
    if machine is None:
        raise no_machine(arn)
    return machine


def express(machine: Machine) -> Machine:
    """The machine, which must be one for Express workflows; raises ServiceError."""
    if not machine.is_express:
        raise wrong_type()
    return machine


def standard(machine: Machine) -> Machine:
    """The machine, which must be one for Standard workflows; raises ServiceError."""
    if machine.is_express:
        raise wrong_type()
    return machine


async def describe_state_machine(machines: StateMachines, request: Request) -> dict[str, Any]:
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachine.html"""
    arn = request["stateMachineArn"]
    machine = machine_of(machines, arn)
    return {
        "stateMachineArn": arn if arn == machine.version_arn else machine.spec.arn,
        "status": "ACTIVE",
        "type": machine.spec.kind,
        "creationDate": machine.created,
        **_definition(machine, request),
    }


async def describe_state_machine_for_execution(machines: StateMachines, request: Request) -> dict[str, Any]:
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachineForExecution.html"""
    arn = expect(request["executionArn"], "execution")
    for machine in machines:
        if machine.executions.by_arn(arn) is not None:
            return {
                "stateMachineArn": machine.spec.arn,
                "updateDate": machine.created,
                **_definition(machine, request),
            }
    raise no_execution(arn)


async def list_state_machines(machines: StateMachines, request: Request) -> dict[str, Any]:
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListStateMachines.html"""
    by_name = sorted(machines, key=lambda machine: machine.spec.name)
    shown, more = page(by_name, lambda machine: machine.spec.arn, request)
    items = [
        {
            "stateMachineArn": machine.spec.arn,
            "name": machine.spec.name,
            "type": machine.spec.kind,
            "creationDate": machine.created,
        }
        for machine in shown
    ]
    return {"stateMachines": items, **more}


async def describe_state_machine_alias(machines: StateMachines, request: Request) -> dict[str, Any]:
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachineAlias.html"""
    arn = request["stateMachineAliasArn"]
    machine = machine_of(machines, arn)
    if arn != machine.alias_arn:
        raise ServiceError("ResourceNotFound", f"Resource not found: '{arn}'")
    return {
        "stateMachineAliasArn": arn,
        "name": machine.spec.alias,
        "routingConfiguration": [{"stateMachineVersionArn": machine.version_arn, "weight": 100}],
        "creationDate": machine.created,
        "updateDate": machine.created,
    }


async def list_state_machine_aliases(machines: StateMachines, request: Request) -> dict[str, Any]:
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListStateMachineAliases.html"""
    machine = machine_of(machines, request["stateMachineArn"])
    aliases = [{"stateMachineAliasArn": machine.alias_arn, "creationDate": machine.created}]
    return {"stateMachineAliases": aliases if machine.alias_arn else []}


async def list_state_machine_versions(machines: StateMachines, request: Request) -> dict[str, Any]:
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListStateMachineVersions.html"""
    machine = machine_of(machines, request["stateMachineArn"])
    versions = [{"stateMachineVersionArn": machine.version_arn, "creationDate": machine.created}]
    return {"stateMachineVersions": versions if machine.version_arn else []}


def _definition(machine: Machine, request: Request) -> dict[str, Any]:
    only_metadata = request.get("includedData") == "METADATA_ONLY"
    return {
        "name": machine.spec.name,
        "roleArn": machine.compiled.identity.role_arn,
        "definition": "{}" if only_metadata else machine.spec.definition,
    }
