import json
from typing import Any

import pytest

from mangaassist.aws.sessions import REMEMBERED, SESSION_LIFE_S
from mangaassist.errors import BudgetExhausted, InvalidRequest, SessionForbidden, TurnInProgress
from mangaassist.session_tokens import sign
from open_turn.handler import handler
from save_turn.handler import handler as save_turn
from tests.handlers.conftest import Lambda

BEN = {"kind": "customer", "customer_id": "cust-ben"}
GUEST = {"kind": "guest", "customer_id": ""}
NOW_MS = 4_000_000_000_000


def opening(caller: dict[str, str], *, token: str = "", trace_id: str = "trace-1", **body: Any) -> dict[str, Any]:
    return {
        "body": json.dumps({"message": "hello", **body}),
        "caller": caller,
        "session_token": token,
        "arrived_at_ms": NOW_MS,
        "trace_id": trace_id,
    }


def test_a_guest_gets_a_session_and_the_token_that_continues_it(aws: Any, context: Lambda) -> None:
    first = handler(opening(GUEST), context)["turn"]
    second = handler(opening(GUEST, token=first["session_token"]), context)["turn"]

    assert first["session_id"] == second["session_id"]
    assert "customer_id" not in first


def test_a_turn_knows_its_deadline_language_and_limits(aws: Any, context: Lambda) -> None:
    turn = handler(opening(GUEST, message="返品できますか"), context)["turn"]

    assert turn["deadline_ms"] == NOW_MS + 60_000
    assert turn["locale"] == "ja"
    assert turn["turn_id"] == turn["trace_id"] == "trace-1"
    assert (turn["highest_tier"], turn["mode"], turn["degraded"]) == ("sonnet", "normal", [])


@pytest.mark.parametrize(
    "token", ["forged", "", sign("s-mine", "another secret")], ids=["forged", "none", "signed by another"]
)
def test_a_guest_without_proof_continues_no_session(aws: Any, context: Lambda, token: str) -> None:
    with pytest.raises(SessionForbidden):
        handler(opening(GUEST, token=token, session_id="s-mine"), context)


def test_a_guests_token_opens_no_other_session(aws: Any, context: Lambda) -> None:
    with pytest.raises(SessionForbidden, match="another session"):
        handler(opening(GUEST, token=sign("s-mine", "s3cret"), session_id="s-other"), context)


def test_a_customers_session_is_closed_to_every_other_caller(aws: Any, context: Lambda) -> None:
    session_id = handler(opening(BEN), context)["turn"]["session_id"]

    assert handler(opening(BEN, session_id=session_id), context)["turn"]["session_id"] == session_id
    with pytest.raises(SessionForbidden):
        handler(opening({"kind": "customer", "customer_id": "cust-mia"}, session_id=session_id), context)


def test_a_turn_is_answered_by_one_execution_at_a_time(aws: Any, context: Lambda) -> None:
    handler(opening(BEN, session_id="s-1", turn_id="t-1"), context)

    with pytest.raises(TurnInProgress):
        handler(opening(BEN, session_id="s-1", turn_id="t-1", trace_id="trace-2"), context)


def test_a_repeated_turn_gets_its_first_answer(aws: Any, context: Lambda) -> None:
    turn = handler(opening(BEN, session_id="s-1", turn_id="t-1"), context)["turn"]
    save_turn({"turn": turn, "reply": reply_to(turn, "Hello!"), "cost_usd": 0.002}, context)

    again = handler(opening(BEN, session_id="s-1", turn_id="t-1", trace_id="trace-2"), context)

    assert again["answered"]["reply"] == "Hello!"
    assert again["answered"]["trace_id"] == "trace-1"


def test_a_first_turn_repeated_without_its_session_finds_it(aws: Any, context: Lambda) -> None:
    turn = handler(opening(BEN, turn_id="t-1"), context)["turn"]
    save_turn({"turn": turn, "reply": reply_to(turn, "Hello!")}, context)

    assert handler(opening(BEN, turn_id="t-1"), context)["answered"]["reply"] == "Hello!"


def test_a_session_remembers_what_was_said_and_spent(aws: Any, context: Lambda) -> None:
    turn = handler(opening(BEN, session_id="s-1"), context)["turn"]
    save_turn({"turn": turn, "reply": reply_to(turn, "Hello!"), "cost_usd": 0.06}, context)

    later = handler(opening(BEN, session_id="s-1", trace_id="trace-2"), context)["turn"]

    assert later["history"] == [{"message": "hello", "reply": "Hello!"}]
    assert (later["highest_tier"], later["degraded"]) == ("haiku", ["session_budget"])


def test_a_turn_saved_twice_is_charged_once(aws: Any, context: Lambda) -> None:
    turn = handler(opening(BEN, session_id="s-1"), context)["turn"]
    for _ in range(2):
        save_turn({"turn": turn, "reply": reply_to(turn, "Hello!"), "cost_usd": 0.01}, context)

    item = aws.resource("dynamodb").Table("sessions").get_item(Key={"session_id": "s-1", "item": "SESSION"})["Item"]
    assert float(item["spent_usd"]) == pytest.approx(0.01)
    assert len(handler(opening(BEN, session_id="s-1", trace_id="trace-2"), context)["turn"]["history"]) == 1


def test_two_turns_at_once_keep_both_exchanges(aws: Any, context: Lambda) -> None:
    first, second = (
        handler({**opening(BEN, session_id="s-1", trace_id=name), "arrived_at_ms": NOW_MS + order}, context)["turn"]
        for order, name in enumerate(["first", "second"])
    )
    for turn in (second, first):
        save_turn({"turn": turn, "reply": reply_to(turn, f"Hello {turn['trace_id']}!")}, context)

    history = handler(opening(BEN, session_id="s-1", trace_id="third"), context)["turn"]["history"]
    assert [exchange["reply"] for exchange in history] == ["Hello first!", "Hello second!"]


def test_only_the_last_exchanges_are_remembered(aws: Any, context: Lambda) -> None:
    for number in range(REMEMBERED + 2):
        turn = handler(
            {**opening(BEN, session_id="s-1", trace_id=f"t-{number}"), "arrived_at_ms": NOW_MS + number}, context
        )["turn"]
        save_turn({"turn": turn, "reply": reply_to(turn, str(number))}, context)

    history = handler(opening(BEN, session_id="s-1", trace_id="last"), context)["turn"]["history"]
    assert [exchange["reply"] for exchange in history] == ["2", "3", "4", "5"]


def test_an_execution_that_repeats_its_own_claim_keeps_it(aws: Any, context: Lambda) -> None:
    handler(opening(BEN, session_id="s-1", turn_id="t-1"), context)

    assert "answered" not in handler(opening(BEN, session_id="s-1", turn_id="t-1"), context)


def test_a_session_saved_while_nobody_could_look_it_up_belongs_to_its_customer(aws: Any, context: Lambda) -> None:
    turn = turn_of_new_session(context)
    save_turn({"turn": turn, "reply": reply_to(turn, "Hello!")}, context)

    with pytest.raises(SessionForbidden):
        handler(opening({"kind": "customer", "customer_id": "cust-mia"}, session_id=turn["session_id"]), context)


def test_a_session_of_somebody_else_is_not_written_to(aws: Any, context: Lambda) -> None:
    handler(opening(BEN, session_id="s-1"), context)
    turn = {**turn_of_new_session(context), "session_id": "s-1", "owner": "customer:cust-mia"}

    with pytest.raises(SessionForbidden):
        save_turn({"turn": turn, "reply": reply_to(turn, "Hello!"), "cost_usd": 0.01}, context)
    history = handler(opening(BEN, session_id="s-1", trace_id="trace-2"), context)["turn"]["history"]
    assert history == []


def test_an_exhausted_session_is_refused_until_it_ends_but_repeats_its_answers(aws: Any, context: Lambda) -> None:
    turn = handler(opening(BEN, session_id="s-1", turn_id="t-1"), context)["turn"]
    save_turn({"turn": turn, "reply": reply_to(turn, "Hello!"), "cost_usd": 0.25}, context)

    assert handler(opening(BEN, session_id="s-1", turn_id="t-1"), context)["answered"]["reply"] == "Hello!"
    with pytest.raises(BudgetExhausted) as refused:
        handler(opening(BEN, session_id="s-1", turn_id="t-2", trace_id="trace-2"), context)
    assert 0 < int(refused.value.public["retry_after_s"]) <= SESSION_LIFE_S


def test_a_session_that_has_ended_starts_anew_for_its_owner(aws: Any, context: Lambda) -> None:
    turn = handler(opening(BEN, session_id="s-1"), context)["turn"]
    save_turn({"turn": turn, "reply": reply_to(turn, "Hello!"), "cost_usd": 0.25}, context)
    table = aws.resource("dynamodb").Table("sessions")
    for item in table.scan()["Items"]:
        table.put_item(Item={**item, "expires_at": 1})

    again = handler(opening(BEN, session_id="s-1", trace_id="trace-2"), context)["turn"]

    assert (again["highest_tier"], again["history"]) == ("sonnet", [])
    with pytest.raises(SessionForbidden):
        handler(opening({"kind": "customer", "customer_id": "cust-mia"}, session_id="s-1"), context)


def turn_of_new_session(context: Lambda) -> dict[str, Any]:
    """A turn whose session was not written when it was opened."""
    turn: dict[str, Any] = handler(opening(BEN), context)["turn"]
    return {**turn, "session_id": "s-unwritten"}


def test_no_session_token_is_kept_in_the_store(aws: Any, context: Lambda) -> None:
    turn = handler(opening(GUEST), context)["turn"]
    save_turn({"turn": turn, "reply": reply_to(turn, "Hello!", session_token=turn["session_token"])}, context)

    items = aws.resource("dynamodb").Table("sessions").scan()["Items"]
    assert turn["session_token"] not in json.dumps(items, default=str)


def test_an_unknown_product_is_refused_before_a_session_is_opened(aws: Any, context: Lambda) -> None:
    with pytest.raises(InvalidRequest, match="not a product of the catalogue"):
        handler(opening(BEN, viewing="no-such-product"), context)

    assert aws.resource("dynamodb").Table("sessions").scan()["Count"] == 0


def test_while_the_store_is_down_a_turn_is_opened_without_history_in_the_session_that_was_asked_for(
    aws: Any, context: Lambda
) -> None:
    turn = handler(opening(BEN, session_id="s-1"), context)["turn"]
    save_turn({"turn": turn, "reply": reply_to(turn, "Hello!")}, context)
    aws.client("dynamodb").delete_table(TableName="sessions")

    turn = handler(opening(BEN, session_id="s-1", trace_id="trace-2"), context)["turn"]

    assert (turn["session_id"], turn["history"], turn["degraded"]) == ("s-1", [], ["session"])


def test_while_the_store_is_down_a_guest_keeps_the_session_that_the_token_proves(aws: Any, context: Lambda) -> None:
    aws.client("dynamodb").delete_table(TableName="sessions")

    turn = handler(opening(GUEST, token=sign("s-mine", "s3cret")), context)["turn"]

    assert turn["session_id"] == "s-mine"
    assert turn["degraded"] == ["session"]


def test_without_the_secret_a_guest_is_answered_once(aws: Any, context: Lambda) -> None:
    aws.client("secretsmanager").delete_secret(SecretId="session-secret", ForceDeleteWithoutRecovery=True)

    turn = handler(opening(GUEST), context)["turn"]

    assert "session_token" not in turn
    assert turn["degraded"] == ["session_token"]


def test_the_kill_switch_works_without_a_deployment(aws: Any, context: Lambda) -> None:
    aws.client("ssm").put_parameter(Name="/mangaassist/mode", Value="templates_only", Overwrite=True)

    assert handler(opening(GUEST), context)["turn"]["mode"] == "templates_only"


def reply_to(turn: dict[str, Any], text: str, **fields: Any) -> dict[str, Any]:
    return {
        "trace_id": turn["trace_id"],
        "session_id": turn["session_id"],
        "turn_id": turn["turn_id"],
        "reply": text,
        "locale": turn["locale"],
        "intent": "chitchat",
        "route": "template",
        **fields,
    }
