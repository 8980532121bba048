"""Asynchronous invocations: retries after errors and throttles, destinations, dead letters.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

import asyncio
import itertools
import json

import pytest

from local.lambda_runtime import FunctionFailedError
from tests.local.events.world import DEAD, DONE, FUNCTION, ORIGIN, World, first, in_world


def _error(_: int) -> Exception | None:
    return FunctionFailedError("ValueError", json.dumps({"errorType": "ValueError", "errorMessage": "bad"}))


def _throttled(_: int) -> Exception | None:
    return FunctionFailedError("Lambda.TooManyRequestsException", "Rate Exceeded.")


async def _invoked(world: World, seconds: float) -> list[float]:
    """Publish an event for the function and let time pass: the delays of its attempts."""
    world.rule(target={"Input": '{"n": 1}'})
    began = world.clock.now()
    world.put()
    await asyncio.sleep(seconds)
    return [after - began for after in world.around.times("function")]


def _told(world: World, queue: str) -> dict[str, object]:
    (message,) = world.around.got(queue)
    told: dict[str, object] = json.loads(message["MessageBody"])
    return told


def test_given_a_function_that_always_fails_when_invoked_then_it_runs_thrice_a_minute_and_two_apart() -> None:
    async def scenario(world: World) -> None:
        world.around.fails["function"] = _error
        assert await _invoked(world, 3_600) == pytest.approx([0, 60, 180])
        told = _told(world, "dead")
        assert told["requestContext"] == {
            "requestId": world.events.journal.invocations[0].request_id,
            "functionArn": FUNCTION,
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 3,
        }
        assert told["requestPayload"] == {"n": 1}
        assert told["responseContext"] == {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": "Unhandled",
        }
        assert told["responsePayload"] == {"errorType": "ValueError", "errorMessage": "bad"}
        assert world.outcomes() == ["delivered"]

    in_world(scenario, on_failure_arn=DEAD, on_success_arn=DONE)


def test_given_an_error_that_passes_when_invoked_then_the_success_destination_is_told_once() -> None:
    async def scenario(world: World) -> None:
        world.around.fails["function"] = first(1, _error)
        assert await _invoked(world, 3_600) == pytest.approx([0, 60])
        told = _told(world, "done")
        assert told["responsePayload"] == {"echo": {"n": 1}}
        assert world.around.got("dead") == []
        assert [record.outcome for record in world.events.journal.invocations] == ["succeeded"]

    in_world(scenario, on_failure_arn=DEAD, on_success_arn=DONE)


def test_given_a_function_without_retries_when_it_fails_then_its_dead_letter_queue_has_the_event() -> None:
    async def scenario(world: World) -> None:
        world.around.fails["function"] = _error
        assert await _invoked(world, 3_600) == [0]
        ((body, attributes),) = world.dead_letters()
        assert body == {"n": 1}
        assert attributes["ErrorCode"] == "200"
        assert "bad" in attributes["ErrorMessage"]
        assert attributes["RequestID"] == world.events.journal.invocations[0].request_id

    in_world(scenario, retries=0, dead_letter_arn=DEAD)


def test_given_throttles_when_invoked_then_the_delays_double_up_to_five_minutes_and_no_retry_is_used_up() -> None:
    async def scenario(world: World) -> None:
        world.around.fails["function"] = first(12, _throttled)
        delays = await _invoked(world, 3_600)
        between = [after - before for before, after in itertools.pairwise(delays)]
        assert between == pytest.approx([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300])
        assert [record.outcome for record in world.events.journal.invocations] == ["succeeded"]

    in_world(scenario, retries=0)


def test_given_throttles_that_do_not_end_when_the_event_is_too_old_then_that_is_told() -> None:
    async def scenario(world: World) -> None:
        world.around.fails["function"] = _throttled
        assert (await _invoked(world, 3_600))[-1] <= 120
        context = _told(world, "dead")["requestContext"]
        assert isinstance(context, dict)
        assert context["condition"] == "EventAgeExceeded"
        assert [record.outcome for record in world.events.journal.invocations] == ["expired"]

    in_world(scenario, maximum_age_s=120, on_failure_arn=DEAD)


def test_given_a_bus_as_destination_when_a_function_fails_then_an_event_of_lambda_says_so() -> None:
    async def scenario(world: World) -> None:
        world.around.fails["function"] = _error
        pattern = {"source": ["lambda"], "detail-type": ["Lambda Function Invocation Result - Failure"]}
        world.rule("failures", {"Arn": DEAD}, bus="b", EventPattern=json.dumps(pattern))
        await _invoked(world, 3_600)
        detail = _told(world, "dead")["detail"]
        assert isinstance(detail, dict)
        assert detail["responsePayload"]["errorMessage"] == "bad"

    in_world(scenario, retries=0, on_failure_arn=ORIGIN.arn("event-bus/b"))


def test_given_a_destination_that_takes_nothing_when_told_then_the_journal_says_so() -> None:
    async def scenario(world: World) -> None:
        world.around.fails["function"] = _error
        await _invoked(world, 10)
        (record,) = world.events.journal.invocations
        assert record.outcome == "failed"
        assert record.error is not None
        assert "UNSUPPORTED_TARGET" in record.error

    in_world(scenario, retries=0, on_failure_arn=ORIGIN.arn("stream/s", "kinesis"))
