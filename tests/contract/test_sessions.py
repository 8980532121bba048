"""The sessions' adapter against both stores."""

from typing import Any

import pytest

from mangaassist.aws.sessions import SESSION_LIFE_S, Claim, Sessions
from mangaassist.aws.tables import query_items
from mangaassist.contracts import ChatReply, Turn
from mangaassist.errors import SessionForbidden, TurnInProgress
from tests.contract.conftest import PATIENCE_MS, at_once
from tests.unit.builders import turn

NOW_S = 1_800_000_000
AT_ONCE = 12
SESSIONS = Sessions("sessions")


def opened(session_id: str = "s-1", owner: str = "aiko", *, now_s: int = NOW_S) -> Any:
    return SESSIONS.open(session_id, owner, now_s=now_s, budget_ms=PATIENCE_MS)


def claim(execution: str, *, now_ms: int = NOW_S * 1000) -> ChatReply | None:
    wanted = Claim(session_id="s-1", turn_id="t-1", execution=execution, stale_after_ms=5_000)
    return SESSIONS.claim(wanted, now_ms=now_ms, budget_ms=PATIENCE_MS)


def said(turn_id: str, message: str = "Hello", *, owner: str = "aiko", arrived_at_ms: int = NOW_S * 1000) -> Turn:
    return turn(
        session_id="s-1", turn_id=turn_id, owner=owner, message=message, arrived_at_ms=arrived_at_ms, trace_id="e-1"
    )


def reply_to(turn: Turn, text: str = "Hi!") -> ChatReply:
    return ChatReply(
        trace_id=turn.trace_id,
        session_id=turn.session_id,
        turn_id=turn.turn_id,
        reply=text,
        locale="en",
        intent="chitchat",
        route="template",
    )


def save(turn: Turn, cost_usd: float = 0.01, text: str = "Hi!") -> None:
    SESSIONS.save(turn, reply_to(turn, text), cost_usd, now_s=NOW_S, budget_ms=PATIENCE_MS)


def items(prefix: str) -> list[dict[str, Any]]:
    found = query_items("sessions", "session_id = :session", {":session": "s-1"}, budget_ms=PATIENCE_MS)
    return [item for item in found if item["item"].startswith(prefix)]


def test_given_no_session_when_it_is_opened_then_it_is_new_and_ends_in_a_day(dynamodb: Any) -> None:
    session = opened()

    assert (session.ends_at_s, session.spent_usd, session.history) == (NOW_S + SESSION_LIFE_S, 0.0, [])


def test_given_a_session_when_another_owner_opens_it_then_it_stays_closed(dynamodb: Any) -> None:
    opened()

    with pytest.raises(SessionForbidden):
        opened(owner="ben")


def test_given_six_exchanges_when_the_session_is_opened_then_the_last_four_come_oldest_first(dynamodb: Any) -> None:
    opened()
    for number in range(6):
        save(said(f"t-{number}", f"message {number}", arrived_at_ms=NOW_S * 1000 + number), text=f"reply {number}")

    session = opened()

    assert [(one.message, one.reply) for one in session.history] == [
        (f"message {number}", f"reply {number}") for number in (2, 3, 4, 5)
    ]
    assert session.spent_usd == pytest.approx(0.06)


def test_given_a_session_that_has_ended_when_its_owner_opens_it_then_it_starts_anew(dynamodb: Any) -> None:
    opened()
    save(said("t-1"), cost_usd=0.2)

    later = opened(now_s=NOW_S + SESSION_LIFE_S)

    assert (later.spent_usd, later.history) == (0.0, [])
    assert opened(now_s=NOW_S + SESSION_LIFE_S + 1).spent_usd == 0.0


def test_given_a_claim_when_others_claim_the_turn_then_only_its_own_execution_may(dynamodb: Any) -> None:
    assert claim("e-1") is None
    assert claim("e-1") is None

    with pytest.raises(TurnInProgress):
        claim("e-2")


def test_given_a_claim_without_an_answer_when_it_is_stale_then_another_execution_takes_the_turn(dynamodb: Any) -> None:
    claim("e-1")

    assert claim("e-2", now_ms=NOW_S * 1000 + 5_001) is None


def test_given_an_answered_turn_when_it_is_claimed_again_then_the_answer_comes_again(dynamodb: Any) -> None:
    opened()
    claim("e-1")
    save(said("t-1"), text="Once.")

    again = claim("e-2", now_ms=NOW_S * 1000 + 60_000)

    assert again is not None
    assert again.reply == "Once."


def test_given_a_saved_turn_when_it_is_saved_again_then_nothing_changes(dynamodb: Any) -> None:
    opened()
    save(said("t-1"), text="First.")
    save(said("t-1"), text="Second.")

    assert opened().spent_usd == pytest.approx(0.01)
    assert [item["reply"] for item in items("EXCHANGE#")] == ["First."]


def test_given_a_session_of_another_when_a_turn_is_saved_in_it_then_nothing_of_it_stands(dynamodb: Any) -> None:
    opened(owner="ben")

    with pytest.raises(SessionForbidden):
        save(said("t-1", owner="aiko"))

    assert [item["item"] for item in items("")] == ["SESSION"]


def test_given_many_executions_at_once_when_they_claim_one_turn_then_exactly_one_wins(dynamodb: Any) -> None:
    outcomes = at_once(AT_ONCE, lambda number: claim(f"e-{number}"))

    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, TurnInProgress) for outcome in outcomes) == AT_ONCE - 1


def test_given_many_owners_at_once_when_they_open_one_session_then_exactly_one_owns_it(dynamodb: Any) -> None:
    outcomes = at_once(AT_ONCE, lambda number: opened(owner=f"owner-{number}"))

    assert sum(isinstance(outcome, SessionForbidden) for outcome in outcomes) == AT_ONCE - 1


def test_given_one_turn_saved_many_times_at_once_when_all_have_ended_then_it_is_charged_once(dynamodb: Any) -> None:
    opened()

    at_once(AT_ONCE, lambda number: save(said("t-1"), text=f"reply {number}"))

    assert opened().spent_usd == pytest.approx(0.01)
    assert len(items("EXCHANGE#")) == len(items("TURN#")) == 1


def test_given_many_turns_of_a_session_at_once_when_they_are_saved_then_none_is_lost(dynamodb: Any) -> None:
    opened()

    outcomes = at_once(AT_ONCE, lambda number: save(said(f"t-{number}"), cost_usd=0.001))

    assert outcomes == [None] * AT_ONCE
    assert opened().spent_usd == pytest.approx(0.012)
    assert len(items("EXCHANGE#")) == AT_ONCE
