"""A turn that cannot be saved or published when it is answered is settled later: once, and never lost."""

import json
from pathlib import Path
from typing import Any

import pytest

from mangaassist.errors import EventsError, TableError
from open_turn.handler import handler as open_turn
from save_turn.handler import handler as save_turn
from settle_turns.handler import handler as settle_turns
from tests.handlers.conftest import ENVIRONMENT, Lambda, make_table
from tests.handlers.test_open_turn import BEN, opening, reply_to

QUEUE = ENVIRONMENT["UNSETTLED_TURNS_QUEUE"]
KEYS = ("session_id", "item")


def answered(context: Lambda, *, caller: dict[str, str] = BEN, cost_usd: float = 0.01, **body: Any) -> dict[str, Any]:
    """The input of save_turn for a turn of a session."""
    turn = open_turn(opening(caller, **{"session_id": "s-1", **body}), context)["turn"]
    return {"turn": turn, "reply": reply_to(turn, f"Hello {turn['trace_id']}!"), "cost_usd": cost_usd}


def queued(aws: Any) -> list[str]:
    """The messages in the queue, which are taken from it."""
    messages = aws.client("sqs").receive_message(QueueUrl=QUEUE, MaxNumberOfMessages=10).get("Messages", [])
    return [message["Body"] for message in messages]


def batch(*bodies: str) -> dict[str, Any]:
    return {"Records": [{"messageId": str(place), "body": body} for place, body in enumerate(bodies)]}


def kinds_kept(aws: Any) -> list[str]:
    return sorted(item["item"].split("#")[0] for item in aws.resource("dynamodb").Table("sessions").scan()["Items"])


def spent(aws: Any, session_id: str = "s-1") -> float:
    key = {"session_id": session_id, "item": "SESSION"}
    return float(aws.resource("dynamodb").Table("sessions").get_item(Key=key)["Item"]["spent_usd"])


def store_down(aws: Any) -> None:
    aws.client("dynamodb").delete_table(TableName="sessions")


def store_back() -> None:
    make_table("sessions", KEYS)


def bus_down(aws: Any) -> None:
    aws.client("events").delete_event_bus(Name="mangaassist")


def bus_back(aws: Any) -> None:
    aws.client("events").create_event_bus(Name="mangaassist")


def test_given_the_store_is_down_when_a_turn_is_saved_then_it_waits_in_the_queue(aws: Any, context: Lambda) -> None:
    store_down(aws)
    request = answered(context, turn_id="t-1")

    saved = save_turn(request, context)

    assert saved["degraded"] == ["save_turn"]
    (message,) = queued(aws)
    assert json.loads(message)["reply"] == {"products": [], "sources": [], "degraded": [], **request["reply"]}


def test_given_the_store_is_back_when_the_turn_is_settled_then_it_is_kept_and_charged_once(
    aws: Any, context: Lambda
) -> None:
    store_down(aws)
    save_turn(answered(context, turn_id="t-1"), context)
    (message,) = queued(aws)
    store_back()

    outcomes = [settle_turns(batch(message), context) for _ in range(2)]

    assert outcomes == [{"batchItemFailures": []}] * 2
    assert kinds_kept(aws) == ["EXCHANGE", "SESSION", "TURN"]
    assert spent(aws) == pytest.approx(0.01)


def test_given_a_turn_repeated_while_the_store_is_down_when_both_are_settled_then_one_is_kept_and_charged(
    aws: Any, context: Lambda
) -> None:
    store_down(aws)
    for execution in ("trace-1", "trace-2"):
        save_turn(answered(context, turn_id="t-1", trace_id=execution), context)
    messages = queued(aws)
    store_back()

    settle_turns(batch(*messages), context)

    assert len(messages) == 2
    assert kinds_kept(aws) == ["EXCHANGE", "SESSION", "TURN"]
    assert spent(aws) == pytest.approx(0.01)


def test_given_a_turn_repeated_once_the_store_is_back_when_the_first_is_settled_then_it_is_charged_once(
    aws: Any, context: Lambda
) -> None:
    store_down(aws)
    save_turn(answered(context, turn_id="t-1"), context)
    (message,) = queued(aws)
    store_back()
    save_turn(answered(context, turn_id="t-1", trace_id="trace-2"), context)

    settle_turns(batch(message), context)

    assert kinds_kept(aws) == ["EXCHANGE", "SESSION", "TURN"]
    assert spent(aws) == pytest.approx(0.01)


def test_given_the_store_is_still_down_when_turns_are_settled_then_they_stay_in_the_queue(
    aws: Any, context: Lambda
) -> None:
    store_down(aws)
    save_turn(answered(context, turn_id="t-1"), context)
    (message,) = queued(aws)

    assert settle_turns(batch(message), context) == {"batchItemFailures": [{"itemIdentifier": "0"}]}


def test_given_a_message_that_is_no_turn_when_settled_then_it_stays_and_the_others_are_settled(
    aws: Any, context: Lambda
) -> None:
    store_down(aws)
    save_turn(answered(context, turn_id="t-1"), context)
    (message,) = queued(aws)
    store_back()

    outcome = settle_turns(batch("not a turn", message), context)

    assert outcome == {"batchItemFailures": [{"itemIdentifier": "0"}]}
    assert kinds_kept(aws) == ["EXCHANGE", "SESSION", "TURN"]


def test_given_a_session_of_somebody_else_when_the_turn_is_settled_then_it_is_neither_kept_there_nor_retried(
    aws: Any, context: Lambda
) -> None:
    store_down(aws)
    save_turn(answered(context, turn_id="t-1", caller={"kind": "customer", "customer_id": "cust-mia"}), context)
    (message,) = queued(aws)
    store_back()
    save_turn(answered(context, turn_id="t-2"), context)

    assert settle_turns(batch(message), context) == {"batchItemFailures": []}
    assert kinds_kept(aws) == ["EXCHANGE", "SESSION", "TURN"]
    assert open_turn(opening(BEN, session_id="s-1", trace_id="trace-9"), context)["turn"]["session_id"] == "s-1"


def test_given_the_bus_is_down_when_a_turn_is_saved_then_it_is_kept_and_its_event_waits(
    aws: Any, context: Lambda
) -> None:
    bus_down(aws)

    saved = save_turn(answered(context, turn_id="t-1"), context)

    assert saved["degraded"] == ["publish_turn"]
    assert kinds_kept(aws) == ["EXCHANGE", "SESSION", "TURN"]
    (message,) = queued(aws)
    assert settle_turns(batch(message), context)["batchItemFailures"] != []
    bus_back(aws)
    assert settle_turns(batch(message), context) == {"batchItemFailures": []}
    assert spent(aws) == pytest.approx(0.01)


@pytest.mark.parametrize(("break_down", "error"), [(store_down, TableError), (bus_down, EventsError)])
def test_given_not_even_the_queue_takes_it_when_a_turn_is_saved_then_the_step_fails_by_what_was_undone(
    aws: Any, context: Lambda, break_down: Any, error: type[Exception]
) -> None:
    aws.client("sqs").delete_queue(QueueUrl=QUEUE)
    break_down(aws)

    with pytest.raises(error):
        save_turn(answered(context, turn_id="t-1"), context)


def test_the_event_of_the_function_is_one_that_it_settles(aws: Any, context: Lambda) -> None:
    event = json.loads(Path("events/settle_turns/one_turn.json").read_text(encoding="utf-8"))

    assert settle_turns(event, context) == {"batchItemFailures": []}
    assert kinds_kept(aws) == ["EXCHANGE", "SESSION", "TURN"]


def test_given_all_is_well_when_a_turn_is_saved_then_nothing_waits(aws: Any, context: Lambda) -> None:
    assert save_turn(answered(context, turn_id="t-1"), context)["degraded"] == []
    assert queued(aws) == []


@pytest.mark.parametrize(("cost_usd", "charged"), [(0.0, 0.0), (2e-7, 0.0), (1.6e-6, 2e-6), (0.0123456789, 0.012346)])
def test_given_what_a_turn_cost_when_saved_then_millionths_of_a_dollar_are_charged(
    aws: Any, context: Lambda, cost_usd: float, charged: float
) -> None:
    save_turn(answered(context, turn_id="t-1", cost_usd=cost_usd), context)

    assert spent(aws) == pytest.approx(charged)
