"""boto3's StartSyncExecution against the local Step Functions API: the round trip without the execution itself."""

import asyncio
import json
import time
from typing import Any

import boto3
from botocore.config import Config

from bench.results import Cell, Result, Say
from bench.samples import of_rounds
from bench.service import Service, service
from bench.timed_functions import opening

ROUNDS = 5
TURNS = 60


async def measure(say: Say) -> Result:
    say("starting the service")
    async with service(scale=0.0) as running:
        client = _client(running)
        await asyncio.to_thread(_round, client, running)
        samples = []
        for number in range(ROUNDS):
            say(f"round {number + 1} of {ROUNDS}")
            samples.append(await asyncio.to_thread(_round, client, running))
    rows: list[list[Cell]] = []
    for place, name in enumerate(("whole call", "execution, as it reports", "round trip without it")):
        chosen = [[sample[place] for sample in one] for one in samples]
        rows.append([name, of_rounds(chosen, 0.5), of_rounds(chosen, 0.99)])
    return Result(
        columns=("StartSyncExecution, ms", "p50", "p99"),
        rows=rows,
        notes=["An unchanged boto3 client in this process, the service in another; functions answer at once."],
    )


def _client(running: Service) -> Any:
    config = Config(inject_host_prefix=False, retries={"total_max_attempts": 1})
    return boto3.client(
        "stepfunctions",
        endpoint_url=running.step_functions,
        region_name="us-east-1",
        aws_access_key_id="bench",
        aws_secret_access_key="bench",  # noqa: S106 - signs, and nobody looks
        config=config,
    )


def _round(client: Any, running: Service) -> list[tuple[float, float, float]]:
    """Milliseconds of each call: the whole, the execution, the rest."""
    samples = []
    for _ in range(TURNS):
        started = time.perf_counter()
        answer = client.start_sync_execution(stateMachineArn=running.machine, input=json.dumps(opening("llm")))
        whole = (time.perf_counter() - started) * 1000
        assert answer["status"] == "SUCCEEDED", answer.get("cause")
        execution = (answer["stopDate"] - answer["startDate"]).total_seconds() * 1000
        samples.append((whole, execution, whole - execution))
    return samples
