"""What every function of the turn does around its own logic: contract in, budget, contract out, telemetry."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from snapshot_restore_py import register_before_snapshot

from mangaassist.aws.clients import client
from mangaassist.clock import TimeBudget, now_ms
from mangaassist.contracts import StepOutput
from mangaassist.errors import ContractError
from mangaassist.host import host
from mangaassist.policy.deadline import budget_ms
from mangaassist.settings import settings
from mangaassist.telemetry import in_turn, prepare, record_step

Input = TypeVar("Input", bound=BaseModel)
Logic = Callable[[Input, TimeBudget], StepOutput]
Handler = Callable[[dict[str, Any], object], dict[str, Any]]


def step(name: str, accepts: type[Input], *, services: Sequence[str] = ()) -> Callable[[Logic[Input]], Handler]:
    """Make a Lambda handler of a function of (input contract, time budget).

    Powertools is imported, and the clients of the `services` it calls are made, before a SnapStart snapshot is taken,
    or else before its budget starts: a cold start may cost the turn time, but must not look like a dependency that is
    late.

    The handler raises ContractError for an input that breaks the contract; every other error leaves as it is,
    so that its class name is what the state machine catches.
    """

    def decorate(logic: Logic[Input]) -> Handler:
        register_before_snapshot(_prepare, services)

        def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
            with in_turn(_trace_id(event), getattr(context, "aws_request_id", None)):
                return measured(event)

        def measured(event: dict[str, Any]) -> dict[str, Any]:
            started = host().monotonic()
            failure: Exception | None = None
            try:
                request = _accept(accepts, event)
                _prepare(services)
                output = logic(request, _budget(name, event))
            except Exception as error:
                failure = error
                raise
            finally:
                ms = round((host().monotonic() - started) * 1000)
                record_step(name, trace_id=_trace_id(event), ms=ms, error=failure)
            return output.model_copy(update={"ms": ms}).model_dump(mode="json", exclude_none=True)

        return handler

    return decorate


def _prepare(services: Sequence[str]) -> None:
    prepare()
    for service in services:
        client(service)


def _accept(accepts: type[Input], event: dict[str, Any]) -> Input:
    try:
        return accepts.model_validate(event)
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        raise ContractError(f"invoke with a {accepts.__name__} (see events/): {problems}") from None


def _budget(name: str, event: dict[str, Any]) -> TimeBudget:
    """The step's part of the turn's time; a lone invocation has the time of a turn that arrives now."""
    now = now_ms()
    turn = event.get("turn", {})
    arrived = turn.get("arrived_at_ms", now) if "deadline_ms" in turn else now
    deadline = turn.get("deadline_ms", now + settings().turn_deadline_ms)
    return TimeBudget.of_ms(budget_ms(name, arrived_ms=arrived, deadline_ms=deadline, now_ms=now))


def _trace_id(event: dict[str, Any]) -> str:
    turn = event.get("turn")
    source = turn if isinstance(turn, dict) else event
    return str(source.get("trace_id", "none"))
