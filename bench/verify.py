"""Whether turns that ran at once got what is theirs, and left exactly that behind."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bench.in_process import Outcome, Turns

Item = Mapping[str, Any]


def mistakes(turns: Turns, outcomes: Sequence[Outcome]) -> list[str]:
    """Everything that is wrong with what these turns, since the last `forget`, answered, saved and published."""
    found = [f"turn {one.number} ({one.kind.name}): {wrong}" for one in outcomes if (wrong := one.mistake())]
    sessions = turns.saved()
    if len(sessions) != len(outcomes):
        found.append(f"{len(sessions)} sessions of {len(outcomes)} turns")
    for one in outcomes:
        items = sessions.get(str(one.reply.get("session_id")), [])
        found += [f"turn {one.number} ({one.kind.name}): {wrong}" for wrong in _saved(one, items)]
    return found + _published(turns, outcomes)


def _saved(one: Outcome, items: Sequence[Item]) -> Iterator[str]:
    """A session of one turn holds its owner, its answer and what was said, each once."""
    by_kind = {str(item["item"]).partition("#")[0]: item for item in items}
    if sorted(by_kind) != ["EXCHANGE", "SESSION", "TURN"] or len(items) != len(by_kind):
        yield f"saved as {sorted(str(item['item']) for item in items)}"
        return
    exchange, session = by_kind["EXCHANGE"], by_kind["SESSION"]
    said = (exchange["message"], exchange["reply"])
    if said != (one.kind.message(one.number), one.reply["reply"]):
        yield f"saved {said} instead of what was said"
    if session["owner"] != (f"customer:{one.customer_id}" if one.customer_id else "guest"):
        yield f"its session belongs to {session['owner']}"


def _published(turns: Turns, outcomes: Sequence[Outcome]) -> list[str]:
    expected = Counter(f"TurnCompleted {one.record.name}" for one in outcomes)
    expected.update(f"HandoverRequested {one.record.name}" for one in outcomes if one.kind.route == "handover")
    missing, surplus = expected - turns.cloud.published, turns.cloud.published - expected
    return [f"not published: {name}" for name in missing] + [f"published for nothing: {name}" for name in surplus]
