"""A deployment of the product's own template onto moto, with its events carried out, and the two capacity functions."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from local.clock.movable import MovableClock
from local.cloud import Cloud, provision
from local.cloud.clients import Clients
from local.events import Events, Origin, Requests
from local.integrations import SdkCalls
from local.lambda_runtime import InProcessRuntime
from local.lambda_runtime.environment import Surroundings
from local.parts import moto
from local.settings import deployment_parameters
from local.standins.faults import FaultBoard
from local.template import Deployment
from local.template.identities import Place

CAPACITY = ("PlanReleasesFunction", "ScaleCapacityFunction")


@dataclass
class Machines:
    """State machines that only remember what was started."""

    known: set[str] = field(default_factory=set)
    started: list[tuple[str, Any]] = field(default_factory=list)

    def start(self, arn: str, value: Any, *, name: str) -> None:
        if arn not in self.known:
            raise KeyError(arn)
        self.started.append((arn, value))


@dataclass(frozen=True)
class Deployed:
    """What is deployed, and what makes it go wrong."""

    deployment: Deployment
    cloud: Cloud
    events: Events
    clock: MovableClock
    machines: Machines
    faults: FaultBoard

    def client(self, service: str) -> Any:
        return self.cloud.clients.of(service)

    def arn_of_queue(self, name: str) -> str:
        return self.events.origin.arn(name, "sqs")

    def received(self, name: str) -> list[dict[str, Any]]:
        """The messages of a queue, which are taken from it."""
        sqs = self.client("sqs")
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        taken: list[dict[str, Any]] = []
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]).get(
            "Messages"
        ):
            for message in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            taken += messages
        return taken


@pytest.fixture
async def deployed(tmp_path: Path) -> AsyncIterator[Deployed]:
    place, clock, faults, machines = Place(), MovableClock(), FaultBoard(), Machines()
    parameters = deployment_parameters(issuer="https://issuer", search_endpoint="http://127.0.0.1:1", others={})
    deployment = Deployment(Path("template.yaml"), parameters, place)
    events = Events(clock, Origin(place.account, place.region))
    functions = {name: spec for name, spec in deployment.functions().items() if name in CAPACITY}
    async with moto(faults, events) as server:
        around = Surroundings(place.region, {"AWS_ENDPOINT_URL": server.url})
        async with InProcessRuntime(functions.values(), around, logs=tmp_path) as runtime:
            cloud = await asyncio.to_thread(provision, deployment, server.url)
            with Requests(cloud.clients) as request:
                events.open(functions=runtime, specs=functions.values(), machines=machines, request=request)
                yield Deployed(deployment, cloud, events, clock, machines, faults)
                faults.switch_off()
                await events.close()


@dataclass(frozen=True)
class OnMoto:
    """Events before an empty moto: what they take from it, and what they lead to."""

    events: Events
    clock: MovableClock
    clients: Clients
    faults: FaultBoard

    async def do(self, service: str, operation: str, **request: Any) -> Any:
        """Call moto as anybody does, and let what it sets off happen."""
        answer = await asyncio.to_thread(getattr(self.clients.of(service), operation), **request)
        await self.events.work.settled()
        return answer


@pytest.fixture
async def on_moto() -> AsyncIterator[OnMoto]:
    place, clock, faults = Place(), MovableClock(), FaultBoard()
    events = Events(clock, Origin(place.account, place.region))
    async with moto(faults, events) as server:
        clients = Clients(server.url, place.region)
        with Requests(clients) as request:
            call = SdkCalls(clients).call
            events.open(functions=Nothing(), specs=[], machines=Machines(), request=request, call=call)
            yield OnMoto(events, clock, clients, faults)
            faults.switch_off()
            await events.close()


class Nothing:
    """No function at all."""

    async def invoke(self, function: str, payload: Any) -> Any:
        raise AssertionError(f"{function} is called with {payload}")
