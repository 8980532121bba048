"""A rule that starts executions on the local engine."""

from typing import Any

from local.clock.movable import MovableClock
from local.events import Events
from local.machines import StateMachines
from local.template import Deployment
from tests.local.events.world import ORIGIN


class Echo:
    """Functions that answer with their payload."""

    async def invoke(
        self, function: str, payload: Any, *, trace_id: str | None = None, report: dict[str, Any] | None = None
    ) -> Any:
        return payload


async def _nothing_else(service: str, operation: str, request: dict[str, Any]) -> None:
    raise AssertionError(f"{service}:{operation} is called with {request}")


async def test_given_a_rule_to_a_machines_alias_when_an_event_matches_then_one_execution_has_it_as_its_input(
    deployment: Deployment,
) -> None:
    machines = StateMachines(deployment.state_machines().values(), Echo())
    events = Events(MovableClock(), ORIGIN)
    events.open(functions=Echo(), specs=[], machines=machines, request=_nothing_else)
    events.rules.apply("PutRule", {"Name": "r", "EventPattern": '{"source": ["test"]}'})
    target = {"Id": "1", "Arn": deployment.ref("MachineAliaslive"), "InputPath": "$.detail"}
    events.rules.apply("PutTargets", {"Rule": "r", "Targets": [target]})

    events.put({"Source": "test", "DetailType": "Tested", "Detail": '{"n": 1}'})
    await events.work.settled()

    (machine,) = machines
    (execution,) = machine.executions
    record = await execution.task
    assert (record.status, record.input) == ("SUCCEEDED", {"n": 1})
    assert [delivery.outcome for delivery in events.journal.deliveries] == ["delivered"]
    await events.close()
    await machines.close()
