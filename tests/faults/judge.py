"""What a customer and the store must get, whatever fails: everything that is wrong with an outcome, in words."""

import re
from collections.abc import Iterator

from mangaassist.policy.language import locale_of
from tests.faults.cloud import TOKENS
from tests.faults.turns import Outcome

LATEST_MS = 3_000
# Sessions are charged in millionths of a dollar.
CHARGED_WITHIN_USD = 0.51e-6
EMBEDDING_USD = TOKENS * 0.02 / 1e6
ROUNDING_USD = 1e-12
WRITTEN = frozenset({"haiku", "sonnet"})
# Names in `degraded`, one of which tells that a state's own fallback fired; others are called as their state is.
_NAMES = {
    "Retrieve passages": {"embed_query", "search_passages", "retrieve_passages"},
    "Save turn": {"save_turn", "publish_turn"},
}
# A template that lacks a value is not a failure: the language model answers instead, as designed.
_BY_DESIGN = frozenset({"TemplateDataMissingError"})
_SPECULATION = "Understand[1]"
_TICKET = re.compile(r"T-[0-9A-F]{12}")
_SENTENCE_END = (".", "!", "?", "。", "！", "？")


def mistakes(outcome: Outcome, calm: Outcome) -> list[str]:
    """`calm` is the outcome of the same scene with nothing failing."""
    if outcome.record.status != "SUCCEEDED":
        return [f"{outcome.record.status}: {outcome.record.error} {outcome.record.cause}"]
    return [wrong for check in (_answered, _named, _whole, _saved, _told) for wrong in check(outcome, calm)]


def _answered(outcome: Outcome, _: Outcome) -> Iterator[str]:
    """In time, in words, in the customer's language."""
    reply = outcome.reply
    if outcome.ms > LATEST_MS:
        yield f"late: {outcome.ms:.0f} ms"
    if not reply["reply"].strip() or locale_of(reply["reply"]) != outcome.scene.locale:
        yield f"not an answer in {outcome.scene.locale}: {reply['reply']!r}"
    if reply["locale"] != outcome.scene.locale:
        yield f"locale {reply['locale']} of a message in {outcome.scene.locale}"
    if "answer_turn" in reply["degraded"]:
        yield "answered by nothing but the workflow's last words"
    if len(set(reply["degraded"])) != len(reply["degraded"]):
        yield f"degraded says things twice: {reply['degraded']}"


def _named(outcome: Outcome, calm: Outcome) -> Iterator[str]:
    """Every fallback that fired, and every answer that is not what it would have been."""
    states = outcome.record.events
    discarded = any(state.name == "Answer without retrieval" for state in states)
    for state in (state for state in states if state.type == "Task" and state.status == "caught"):
        # What failed of a speculation that nobody needed is not missing.
        if discarded and state.path.endswith(_SPECULATION):
            continue
        names = _NAMES.get(state.name, {state.name.lower().replace(" ", "_")})
        if state.error not in _BY_DESIGN and not names & outcome.degraded:
            yield f"{state.name} failed with {state.error}, and degraded is {sorted(outcome.degraded)}"
    if not outcome.degraded and _content(outcome) != _content(calm):
        yield f"another answer than on a calm day, without a word: {_content(outcome)}"


def _whole(outcome: Outcome, _: Outcome) -> Iterator[str]:
    """Nothing cut is presented as whole."""
    reply = outcome.reply
    if reply["route"] not in WRITTEN or "withheld" in outcome.degraded:
        return
    whole = [speech.text for speech in outcome.speeches if speech.is_whole]
    if reply["reply"] in whole:
        return
    if "shortened" not in outcome.degraded:
        yield f"cut, and presented as whole: {reply['reply']!r}"
    if not reply["reply"].endswith(_SENTENCE_END):
        yield f"half a sentence: {reply['reply']!r}"
    if not any(speech.text.startswith(reply["reply"]) for speech in outcome.speeches):
        yield f"said by nobody: {reply['reply']!r}"


def _saved(outcome: Outcome, _: Outcome) -> Iterator[str]:
    """Once, and charged once."""
    kinds = [str(item["item"]).partition("#")[0] for item in outcome.items]
    if len(kinds) != len(set(kinds)):
        yield f"saved more than once: {kinds}"
    stored = {str(item["item"]).partition("#")[0]: item for item in outcome.items}
    if "EXCHANGE" not in stored:
        if not _may_be_lost(outcome):
            yield f"lost: degraded is {sorted(outcome.degraded)}, stored {sorted(stored)}"
        return
    if stored["EXCHANGE"]["reply"] != outcome.reply["reply"]:
        yield f"saved {stored['EXCHANGE']['reply']!r} instead of {outcome.reply['reply']!r}"
    spent, cost = float(stored["SESSION"]["spent_usd"]), outcome.reply["debug"]["cost_usd"]
    if abs(spent - cost) > CHARGED_WITHIN_USD:
        yield f"charged {spent} for a turn of {cost}"
    if outcome.reply["route"] in WRITTEN and cost <= 0:
        yield "a language model's reply for nothing"
    if outcome.reply["route"] == "cached" and abs(cost - outcome.embedded * EMBEDDING_USD) > ROUNDING_USD:
        yield f"{outcome.embedded} embeddings, hedges included, are in the ledger as ${cost}"


def _may_be_lost(outcome: Outcome) -> bool:
    """A turn is lost, and says so, only where neither the store nor the queue took it in time."""
    is_slow = any(outcome.weather.slowness.get(target, 1) > 1 for target in ("queue", "dynamodb"))
    failed = {fault.target for fault in outcome.met}
    return "save_turn" in outcome.degraded and ("queue" in failed or ("dynamodb" in failed and is_slow))


def _told(outcome: Outcome, _: Outcome) -> Iterator[str]:
    """Whoever waits for an event gets it, or the reply does not speak of it."""
    trace_id = outcome.record.name
    if f"TurnCompleted {trace_id}" not in outcome.published and not outcome.degraded & {"save_turn", "publish_turn"}:
        yield "TurnCompleted was not published, without a word"
    if _TICKET.search(outcome.reply["reply"]) and f"HandoverRequested {trace_id}" not in outcome.published:
        yield "a ticket that nobody has"


def _content(outcome: Outcome) -> tuple[object, ...]:
    """What an answer says and rests on; of what the language model says, that it said so."""
    reply = outcome.reply
    said_whole = any(speech.is_whole and speech.text == reply["reply"] for speech in outcome.speeches)
    text = "what the model said" if said_whole else _TICKET.sub("T-", reply["reply"])
    return text, reply["route"], reply["products"], reply["sources"], reply["intent"]
