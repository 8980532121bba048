"""The deployed workflow and handlers in this process, before a cloud with fixed latencies.

    async with pipeline(at_once=1_000) as turns:
        outcome = await turns.take(17)

Limits are stretched by a factor: here two cores do the work of thousands of execution environments, so that every
timeout of the ASL and of Lambda, and the turn's deadline, a parameter of the template, are that much longer. The times
that dependencies take are not.
"""

import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from bench.cloud import Cloud
from bench.contents import products
from bench.kinds import Kind, mixed
from local.clock.stretched import StretchedClock
from local.cloud.tables import create_table
from local.lambda_runtime import InProcessRuntime
from local.lambda_runtime.environment import Surroundings
from local.machines import StateMachines
from local.parts import names
from local.settings import deployment_parameters
from local.stepfunctions import ExecutionRecord
from local.template import Deployment, FunctionSpec

DEADLINE_MS = 2_800
FUNCTIONS_A_TURN = 5
LOGS = Path("build/bench")
WARM_UP = range(1_000_000, 1_000_200, 10)
_TABLES = ("AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table")


@dataclass(frozen=True)
class Outcome:
    """A turn that was taken: what went in, and the execution's record; `ms` as who asked saw it."""

    number: int
    kind: Kind
    customer_id: str
    record: ExecutionRecord
    ms: float

    @property
    def reply(self) -> dict[str, Any]:
        output = self.record.output
        return output if isinstance(output, dict) else {}

    def mistake(self) -> str | None:
        """What is wrong with the answer, if anything is."""
        if self.record.status != "SUCCEEDED":
            return f"{self.record.status}: {self.record.error} {self.record.cause}"
        expected = {"turn_id": self.record.name, "route": self.kind.route, "intent": self.kind.intent}
        found = {name: self.reply[name] for name in expected}
        if self.reply["trace_id"] != self.record.name or found != expected:
            return f"{found} instead of {expected}"
        if set(self.reply["degraded"]) != self.kind.degraded:
            return f"degraded {self.reply['degraded']} instead of {sorted(self.kind.degraded)}"
        shown = self.kind.shows(self.number, self.record.name)
        return None if shown in self.reply["reply"] else f"{self.reply['reply']!r} does not show {shown!r}"


class Turns:
    """Takes turns."""

    def __init__(self, cloud: Cloud, machines: StateMachines, arn: str, tables: dict[str, str]) -> None:
        self.cloud = cloud
        self.machines = machines
        self._arn = arn
        self._tables = tables
        self._dynamodb = boto3.client("dynamodb")

    async def take(self, number: int, kind: Kind | None = None) -> Outcome:
        """One turn, of the kind that its number has; every other one is a customer's, the rest are guests'."""
        kind = kind or mixed(number)
        customer_id = f"cust-{number}" if number % 2 else ""
        trace_id = f"turn-{number}"
        opening = {
            "body": json.dumps({"message": kind.message(number)}),
            "caller": {"kind": "customer" if customer_id else "guest", "customer_id": customer_id},
            "session_token": "",
            "arrived_at_ms": time.time_ns() // 1_000_000,
            "trace_id": trace_id,
        }
        started = time.perf_counter()
        record = await self.machines.run(self._arn, opening, name=trace_id)
        return Outcome(number, kind, customer_id, record, (time.perf_counter() - started) * 1000)

    def saved(self) -> dict[str, list[dict[str, Any]]]:
        """All sessions, each with its items."""
        sessions: dict[str, list[dict[str, Any]]] = {}
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=self._tables["SESSIONS_TABLE"])
        deserializer = TypeDeserializer()
        for item in (item for page in pages for item in page["Items"]):
            plain = {name: deserializer.deserialize(value) for name, value in item.items()}
            sessions.setdefault(plain["session_id"], []).append(plain)
        return sessions

    def forget(self) -> None:
        """Let every session end, as it does after a day, and every log and event go."""
        self.cloud.store.expire(now_s=2**40)
        self.cloud.published.clear()
        for log in LOGS.glob("*.log"):
            log.write_bytes(b"")


@asynccontextmanager
async def pipeline(*, at_once: int, stretch: float = 1.0) -> AsyncIterator[Turns]:
    """The pipeline, warm, for so many turns at once."""
    parameters = {"TurnDeadlineMs": str(round(DEADLINE_MS * stretch))}
    overrides = deployment_parameters(issuer="", search_endpoint="http://search.invalid", others=parameters)
    deployment = Deployment(Path("template.yaml"), overrides)
    variables = names(deployment).variables
    functions = [_stretched(spec, stretch) for spec in _of_turns(deployment)]
    invocations = at_once * FUNCTIONS_A_TURN
    runtime = InProcessRuntime(functions, Surroundings(deployment.place.region), concurrency=invocations, logs=LOGS)
    (machine,) = (spec for spec in deployment.state_machines().values() if spec.kind == "EXPRESS")
    with Cloud(variables) as cloud:
        async with runtime:
            # Imported now, as the runtime's own. One process stands for as many environments, each with its own pool.
            from mangaassist import host

            host.WORKERS = invocations
            _fill(deployment, variables)
            machines = StateMachines([machine], runtime, clock=StretchedClock(stretch))
            turns = Turns(cloud, machines, f"{machine.arn}:{machine.alias}", dict(variables))
            for number in WARM_UP:
                await turns.take(number)
            turns.forget()
            yield turns
            await machines.close()


def _of_turns(deployment: Deployment) -> Iterator[FunctionSpec]:
    wanted = set(deployment.functions_of_requests())
    return (spec for spec in deployment.functions().values() if spec.name in wanted)


def _stretched(spec: FunctionSpec, factor: float) -> FunctionSpec:
    return replace(spec, timeout_s=spec.timeout_s * factor)


def _fill(deployment: Deployment, variables: Any) -> None:
    dynamodb = boto3.client("dynamodb")
    for table in (table for kind in _TABLES for table in deployment.resources(kind)):
        create_table(dynamodb, table)
    bestsellers = {
        "customer_id": "*",
        "item": "BESTSELLERS",
        "product_ids": [one["product_id"] for one in products()][:5],
    }
    rows = [*((variables["CATALOGUE_TABLE"], one) for one in products()), (variables["CUSTOMERS_TABLE"], bestsellers)]
    serializer = TypeSerializer()
    for table, row in rows:
        item = {name: serializer.serialize(value) for name, value in row.items()}
        dynamodb.put_item(TableName=table, Item=item)
