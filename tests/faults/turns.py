"""Turns of the deployed workflow and handlers in virtual time, before a cloud that fails."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from bench.latencies import MS
from local.clock.virtual import VirtualClock, VirtualLoop
from local.cloud.tables import create_table
from local.lambda_runtime.environment import Surroundings
from local.lambda_runtime.greenlets import GreenletRuntime
from local.machines import StateMachines
from local.parts import names
from local.settings import deployment_parameters
from local.standins.botocore_transport import answered, dynamodb_over
from local.standins.faults import Fault, FaultBoard
from local.stepfunctions import ExecutionRecord
from local.template import Deployment, FunctionSpec
from tests.faults import scenes
from tests.faults.cloud import Cloud, Speech

OVERHEAD_S = 0.01
NEVER_S = 1e9
SETTLES = "SettleTurnsFunction"
_TABLES = ("AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table")
_FIRST_TOKEN_S = 0.2


@dataclass(frozen=True)
class Weather:
    """What a turn meets: faults, and each dependency's time over its usual one.

    `overhead_s` passes before each handler; one that is `hanging`, by its function's name, never begins.
    """

    faults: tuple[Fault, ...] = ()
    slowness: Mapping[str, float] = field(default_factory=dict)
    overhead_s: float = OVERHEAD_S
    hanging: str | None = None


@dataclass(frozen=True)
class Outcome:
    """A turn that was taken, and what stands in the store a while later; `ms` of virtual time."""

    scene: scenes.Scene
    weather: Weather
    record: ExecutionRecord
    ms: float
    met: tuple[Fault, ...]
    speeches: tuple[Speech, ...]
    published: tuple[str, ...]
    embedded: int
    items: tuple[dict[str, Any], ...]

    @property
    def reply(self) -> dict[str, Any]:
        return self.record.output if isinstance(self.record.output, dict) else {}

    @property
    def degraded(self) -> set[str]:
        return set(self.reply["degraded"])


class Turns:
    """Takes turns, one after another, on a loop of its own."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner(loop_factory=VirtualLoop)
        self._loop = self._runner.get_loop()
        self._clock = VirtualClock()
        self._weather = Weather()
        parameters = deployment_parameters(issuer="", search_endpoint="http://search.invalid", others={})
        deployment = Deployment(Path("template.yaml"), parameters)
        self._variables = dict(names(deployment).variables)
        board = FaultBoard(self._loop.time)
        self.cloud = Cloud(self._variables, board, self._seconds)
        self._runtime = GreenletRuntime(
            _of_turns(deployment),
            Surroundings(deployment.place.region),
            self._overhead,
            self._clock,
        )
        (machine,) = (spec for spec in deployment.state_machines().values() if spec.kind == "EXPRESS")
        self._arn = f"{machine.arn}:{machine.alias}"
        self._machines = StateMachines([machine], self._runtime, clock=self._clock)
        self._deployment = deployment
        self._count = 0

    @contextmanager
    def running(self) -> Iterator["Turns"]:
        with self._runner, self._runtime:
            with answered({"dynamodb": dynamodb_over(self.cloud.store)}):
                self._fill()
            with self.cloud.serving():
                self.take(scenes.SCENES["greeting_en"])
                yield self

    def take(self, scene: scenes.Scene, weather: Weather | None = None, *, turn_id: str | None = None) -> Outcome:
        """One turn, and then the time until everything that it began has ended."""
        return self._runner.run(self._take(scene, weather or Weather(), turn_id))

    def forget(self) -> None:
        """Let the functions begin anew: what they, and the breakers' table, keep for longer than a turn is gone."""
        # Imported now, as the runtime's own.
        from mangaassist.aws import attempts, breakers
        from open_turn import handler as open_turn

        for kept in (
            attempts.latencies,
            breakers.breaker_of,
            open_turn._session_secret,
            open_turn._mode_parameter,
        ):
            kept.cache_clear()
        for circuit in self._stored("Scan", {"TableName": self._variables["BREAKERS_TABLE"]})["Items"]:
            key = {"model": circuit["model"]}
            self._stored("DeleteItem", {"TableName": self._variables["BREAKERS_TABLE"], "Key": key})

    async def _take(self, scene: scenes.Scene, weather: Weather, turn_id: str | None) -> Outcome:
        self._count += 1
        self._weather = weather
        self.cloud.forget()
        for fault in weather.faults:
            self.cloud.board.switch_on(fault)
        opening = self._opening(scene, turn_id)
        record = await self._machines.run(self._arn, opening, name=opening["trace_id"])
        self.cloud.board.switch_off()
        await self._runtime.idle()
        await self._settle()
        assert record.ended is not None
        session_id = (
            record.output["session_id"] if isinstance(record.output, dict) and "session_id" in record.output else None
        )
        return Outcome(
            scene,
            weather,
            record,
            record.ended - record.started,
            tuple(self.cloud.met),
            tuple(self.cloud.speeches),
            tuple(self.cloud.published),
            self.cloud.embedded,
            tuple(self._items(session_id)),
        )

    async def _settle(self) -> None:
        """What the queue does with what it holds, once all is well again."""
        records = [
            {"messageId": str(number), "body": body, "eventSource": "aws:sqs", "eventSourceARN": "arn"}
            for number, body in enumerate(self.cloud.queued)
        ]
        if records:
            outcome = await self._runtime.invoke(SETTLES, {"Records": records})
            assert outcome == {"batchItemFailures": []}, outcome

    def _opening(self, scene: scenes.Scene, turn_id: str | None) -> dict[str, Any]:
        named = {"turn_id": turn_id, "viewing": scene.viewing}
        body = {"message": scene.message, **{name: value for name, value in named.items() if value}}
        return {
            "body": json.dumps(body, ensure_ascii=False),
            "caller": {
                "kind": "customer" if scene.signed_in else "guest",
                "customer_id": scenes.CUSTOMER if scene.signed_in else "",
            },
            "session_token": "",
            "arrived_at_ms": round(self._clock.now() * 1000),
            "trace_id": f"turn-{self._count}",
        }

    def _overhead(self, function: str) -> float:
        hanging = self._weather.hanging
        return NEVER_S if hanging and function.endswith(hanging) else self._weather.overhead_s

    def _seconds(self, dependency: str) -> float:
        usual = MS[dependency] / 1000 if dependency in MS else _OTHER_S[dependency]
        return usual * self._weather.slowness.get(dependency, 1.0)

    def _items(self, session_id: str | None) -> Iterator[dict[str, Any]]:
        """What is stored of a session."""
        if session_id is None:
            return
        request = {
            "TableName": self._variables["SESSIONS_TABLE"],
            "KeyConditionExpression": "session_id = :session",
            "ExpressionAttributeValues": {":session": {"S": session_id}},
        }
        deserializer = TypeDeserializer()
        for item in self._stored("Query", request)["Items"]:
            yield {name: deserializer.deserialize(value) for name, value in item.items()}

    def _stored(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """An operation of the store, in no time and without faults."""
        _, _, body = self.cloud.store.answer(f"DynamoDB_20120810.{operation}", json.dumps(request).encode())
        answer: dict[str, Any] = json.loads(body)
        return answer

    def _fill(self) -> None:
        dynamodb, serializer = boto3.client("dynamodb"), TypeSerializer()
        for resource in (one for kind in _TABLES for one in self._deployment.resources(kind)):
            create_table(dynamodb, resource)
        rows = [("CATALOGUE_TABLE", row) for row in scenes.products()]
        rows += [("CUSTOMERS_TABLE", row) for row in scenes.customers()]
        for table, row in rows:
            item = {name: serializer.serialize(value) for name, value in row.items()}
            dynamodb.put_item(TableName=self._variables[table], Item=item)


_OTHER_S = {"llm": _FIRST_TOKEN_S, "secrets": MS["parameters"] / 1000, "queue": MS["events"] / 1000}


def _of_turns(deployment: Deployment) -> Iterator[FunctionSpec]:
    """The functions of a turn, and the one that settles what a turn could not."""
    wanted = set(deployment.functions_of_requests())
    return (spec for spec in deployment.functions().values() if spec.name in wanted or spec.logical_id == SETTLES)
