"""Sessions and their turns in DynamoDB. A session belongs to whom it was opened by, and ends 24 hours later.

Items of a session: SESSION (owner, what it has cost), TURN#<turn_id> (the claim and then the answer of a turn that may
be repeated) and EXCHANGE#<arrival> (what was said, in order; never rewritten, so that turns at once lose nothing).
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from mangaassist.aws.tables import CONDITION_FAILED, Item, deserialized, dynamodb, serialized, within
from mangaassist.contracts import ChatReply, Exchange, Turn
from mangaassist.errors import SessionForbidden, TurnInProgress

SESSION = "SESSION"
TURN_PREFIX = "TURN#"
EXCHANGE_PREFIX = "EXCHANGE#"
SESSION_LIFE_S = 24 * 3600
REMEMBERED = 4
NOT_SO = "ConditionalCheckFailed"
FORBIDDEN = "this session belongs to somebody else: leave out session_id to open one of your own"
IS_OWNED = "attribute_not_exists(#owner) OR #owner = :owner"
OWN = "SET #owner = :owner, expires_at = if_not_exists(expires_at, :ends) ADD spent_usd :cost"
IS_FREE = (
    "attribute_not_exists(claimed_at_ms)"
    " OR (attribute_not_exists(reply) AND (claimed_at_ms < :stale OR claimed_by = :execution))"
)


@dataclass(frozen=True)
class Session:
    """`ends_at_s` is in epoch seconds."""

    ends_at_s: int
    spent_usd: float = 0.0
    history: list[Exchange] = field(default_factory=list)


@dataclass(frozen=True)
class Claim:
    """An execution's claim to answer a turn; one that is older than `stale_after_ms` without an answer is void."""

    session_id: str
    turn_id: str
    execution: str
    stale_after_ms: int


@dataclass(frozen=True)
class Sessions:
    table: str

    def open(self, session_id: str, owner: str, *, now_s: int, budget_ms: int) -> Session:
        """The session, made if there is none; one that has ended starts anew for its owner.

        Raises SessionForbidden when it has another owner, TableError, TableTimeoutError.
        """
        ends_at_s = now_s + SESSION_LIFE_S
        known = self._own(session_id, owner, ends_at_s, budget_ms)
        if known is None:
            return Session(ends_at_s)
        if int(known["expires_at"]) <= now_s:
            self._restart(session_id, ends_at_s, budget_ms)
            return Session(ends_at_s)
        history = self._history(session_id, now_s, budget_ms)
        return Session(int(known["expires_at"]), float(known.get("spent_usd", 0)), history)

    def claim(self, claim: Claim, *, now_ms: int, budget_ms: int) -> ChatReply | None:
        """Claim a turn for an execution, or give the answer it got before. An execution may claim its turn again.

        Raises TurnInProgress while another execution holds it, TableError, TableTimeoutError.
        """
        item = {
            **_turn_key(claim.session_id, claim.turn_id),
            "claimed_at_ms": now_ms,
            "claimed_by": claim.execution,
            "expires_at": now_ms // 1000 + SESSION_LIFE_S,
        }
        request = {
            "TableName": self.table,
            "Item": serialized(item),
            "ConditionExpression": IS_FREE,
            "ExpressionAttributeValues": serialized(
                {":stale": now_ms - claim.stale_after_ms, ":execution": claim.execution}
            ),
        }
        if within(budget_ms, lambda: _or_refused(dynamodb().put_item, request)) is not None:
            return None
        answer = self.answer(claim.session_id, claim.turn_id, budget_ms=budget_ms)
        if answer is None:
            raise TurnInProgress("this turn is being answered: repeat it in a second", field="turn_id", retry_after_s=1)
        return answer

    def answer(self, session_id: str, turn_id: str, *, budget_ms: int) -> ChatReply | None:
        """The answer that a turn got, if it has one.

        Raises TableError, TableTimeoutError.
        """
        key = serialized(_turn_key(session_id, turn_id))
        request = {"TableName": self.table, "Key": key, "ConsistentRead": True}
        item = within(budget_ms, lambda: dynamodb().get_item(**request)).get("Item", {})
        reply = deserialized(item).get("reply")
        return None if reply is None else ChatReply.model_validate_json(reply)

    def save(self, turn: Turn, reply: ChatReply, cost_usd: float, *, now_s: int, budget_ms: int) -> None:
        """Keep a turn's answer, its exchange and its cost, all or nothing; a repeated save changes nothing.

        Raises SessionForbidden when the session has another owner, TableError, TableTimeoutError.
        """
        ends_at_s = now_s + SESSION_LIFE_S
        writes = [
            self._put(_answered(turn, reply, ends_at_s), "attribute_not_exists(reply)"),
            self._put(_exchange(turn, reply, ends_at_s), None),
            {"Update": {**self._owned(turn.session_id, turn.owner, ends_at_s, cost_usd)}},
        ]
        within(budget_ms, lambda: _once(writes))

    def _own(self, session_id: str, owner: str, ends_at_s: int, budget_ms: int) -> Item | None:
        """What stood in the session, None for a new one; its owner from now on."""
        request = {**self._owned(session_id, owner, ends_at_s, 0), "ReturnValues": "ALL_OLD"}
        answer = within(budget_ms, lambda: _or_refused(dynamodb().update_item, request))
        if answer is None:
            raise SessionForbidden(FORBIDDEN, field="session_id")
        return deserialized(answer["Attributes"]) if answer.get("Attributes") else None

    def _owned(self, session_id: str, owner: str, ends_at_s: int, cost_usd: float) -> Item:
        values = {":owner": owner, ":ends": ends_at_s, ":cost": Decimal(f"{cost_usd:.6f}")}
        return {
            "TableName": self.table,
            "Key": serialized({"session_id": session_id, "item": SESSION}),
            "UpdateExpression": OWN,
            "ConditionExpression": IS_OWNED,
            "ExpressionAttributeNames": {"#owner": "owner"},
            "ExpressionAttributeValues": serialized(values),
        }

    def _restart(self, session_id: str, ends_at_s: int, budget_ms: int) -> None:
        """TTL deletes late: a session that has ended is forgotten here until it is."""
        request = {
            "TableName": self.table,
            "Key": serialized({"session_id": session_id, "item": SESSION}),
            "UpdateExpression": "SET expires_at = :ends, spent_usd = :nothing",
            "ExpressionAttributeValues": serialized({":ends": ends_at_s, ":nothing": 0}),
        }
        within(budget_ms, lambda: dynamodb().update_item(**request))

    def _history(self, session_id: str, now_s: int, budget_ms: int) -> list[Exchange]:
        """The last exchanges, oldest first."""
        request = {
            "TableName": self.table,
            "KeyConditionExpression": "session_id = :session AND begins_with(#item, :prefix)",
            "ExpressionAttributeNames": {"#item": "item"},
            "ExpressionAttributeValues": serialized({":session": session_id, ":prefix": EXCHANGE_PREFIX}),
            "ScanIndexForward": False,
            "Limit": REMEMBERED,
        }
        items = map(deserialized, within(budget_ms, lambda: dynamodb().query(**request))["Items"])
        newest_first = [item for item in items if int(item["expires_at"]) > now_s]
        return [Exchange(message=item["message"], reply=item["reply"]) for item in reversed(newest_first)]

    def _put(self, item: Item, condition: str | None) -> Item:
        request: Item = {"TableName": self.table, "Item": serialized(item)}
        return {"Put": {**request, "ConditionExpression": condition} if condition else request}


def _turn_key(session_id: str, turn_id: str) -> Item:
    return {"session_id": session_id, "item": f"{TURN_PREFIX}{turn_id}"}


def _answered(turn: Turn, reply: ChatReply, ends_at_s: int) -> Item:
    return {
        **_turn_key(turn.session_id, turn.turn_id),
        "claimed_at_ms": turn.arrived_at_ms,
        "claimed_by": turn.trace_id,
        "reply": reply.model_dump_json(exclude_none=True, exclude={"session_token"}),
        "expires_at": ends_at_s,
    }


def _exchange(turn: Turn, reply: ChatReply, ends_at_s: int) -> Item:
    return {
        "session_id": turn.session_id,
        "item": f"{EXCHANGE_PREFIX}{turn.arrived_at_ms:014d}#{turn.turn_id}",
        "message": turn.message,
        "reply": reply.reply,
        "expires_at": ends_at_s,
    }


def _or_refused(write: Any, request: Item) -> Any:
    """The write's answer, or None when its condition does not hold."""
    from botocore.exceptions import ClientError

    try:
        return write(**request)
    except ClientError as error:
        if error.response["Error"]["Code"] == CONDITION_FAILED:
            return None
        raise


def _once(writes: list[Item]) -> None:
    """The writes as one transaction: an answer, what was said, the session. Where an answer stands, all were done."""
    from botocore.exceptions import ClientError

    try:
        dynamodb().transact_write_items(TransactItems=writes)
    except ClientError as error:
        reasons = [reason.get("Code") for reason in error.response.get("CancellationReasons", [])]
        if NOT_SO in reasons[:1]:
            return
        if NOT_SO in reasons[-1:]:
            raise SessionForbidden(FORBIDDEN, field="session_id") from error
        raise
