"""moto's Step Functions interpreter with its simple Lambda, which answers at once. It runs JSONPath: the twin.

A turn's time is moto's own, from startDate to stopDate: neither its API nor our polling counts.
"""

import asyncio
import io
import itertools
import json
import os
import zipfile
from typing import Any

import boto3
from moto import mock_aws

from bench.engines.line_protocol import Turn, serve
from bench.engines.twin import twin
from bench.engines.workflow import definition, way

POLL_S = 0.02
REGION = "us-east-1"
CONFIG: Any = {"lambda": {"use_docker": False}, "stepfunctions": {"execute_state_machine": True}}


async def main() -> None:
    os.environ.update(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing", AWS_DEFAULT_REGION=REGION)  # noqa: S106
    value = await way()
    with mock_aws(config=CONFIG):
        await serve(_turns(json.dumps(value)))


def _turns(value: str) -> Turn:
    machines = boto3.client("stepfunctions")
    role = boto3.client("iam").create_role(RoleName="bench", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    document = json.dumps(twin(definition(_function(role))))
    arn = machines.create_state_machine(name="twin", definition=document, roleArn=role)["stateMachineArn"]
    names = map(str, itertools.count())

    async def turn() -> float:
        execution = machines.start_execution(stateMachineArn=arn, name=next(names), input=value)["executionArn"]
        while True:
            await asyncio.sleep(POLL_S)
            found = machines.describe_execution(executionArn=execution)
            if found["status"] != "RUNNING":
                break
        assert found["status"] == "SUCCEEDED", found.get("cause")
        return float((found["stopDate"] - found["startDate"]).total_seconds() * 1000)

    return turn


def _function(role: str) -> str:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("instant.py", "def handler(event, context): return {}")
    made = boto3.client("lambda").create_function(
        FunctionName="instant",
        Runtime="python3.13",
        Role=role,
        Handler="instant.handler",
        Code={"ZipFile": code.getvalue()},
    )
    return str(made["FunctionArn"])


if __name__ == "__main__":
    asyncio.run(main())
