"""Sessions and their turns in DynamoDB. A session belongs to whom it was opened by."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from mangaassist.aws.tables import CONDITION_FAILED, deserialized, dynamodb, serialized, within
from mangaassist.contracts import ChatReply, Exchange
from mangaassist.errors import SessionForbidden, TurnInProgress

SESSION = "SESSION"
TURN_PREFIX = "TURN#"
SESSION_LIFE_S = 24 * 3600
REMEMBERED = 4
FORBIDDEN = "this session belongs to somebody else: leave out session_id to open one of your own"


@dataclass(frozen=True)
class Session:
    spent_usd: float = 0.0
    history: list[Exchange] = field(default_factory=list)


@dataclass(frozen=True)
class Sessions:
    table: str

    def open(self, session_id: str, owner: str, *, now_s: int, budget_ms: int) -> Session:
        """The session, made if there is none.

        Raises SessionForbidden when it has another owner, TableError, TableTimeoutError.
        """
        request = {
            "TableName": self.table,
            "Key": serialized({"session_id": session_id, "item": SESSION}),
            "UpdateExpression": "SET #owner = :owner, expires_at = :expires",
            "ConditionExpression": "attribute_not_exists(#owner) OR #owner = :owner",
            "ExpressionAttributeNames": {"#owner": "owner"},
            "ExpressionAttributeValues": serialized({":owner": owner, ":expires": now_s + SESSION_LIFE_S}),
            "ReturnValues": "ALL_NEW",
        }
        answer = within(budget_ms, lambda: _or_refused(dynamodb().update_item, request))
        if answer is None:
            raise SessionForbidden(FORBIDDEN, field="session_id")
        item = deserialized(answer["Attributes"])
        history = [Exchange.model_validate(exchange) for exchange in item.get("history", [])]
        return Session(spent_usd=float(item.get("spent_usd", 0)), history=history)

    def claim(
        self, session_id: str, turn_id: str, *, now_ms: int, stale_after_ms: int, budget_ms: int
    ) -> ChatReply | None:
        """Claim a turn for this execution, or give the answer it got before.

        Raises TurnInProgress while another execution that is not stale holds it, TableError, TableTimeoutError.
        """
        values = {":stale": now_ms - stale_after_ms}
        item = {
            **_turn_key(session_id, turn_id),
            "claimed_at_ms": now_ms,
            "expires_at": now_ms // 1000 + SESSION_LIFE_S,
        }
        request = {
            "TableName": self.table,
            "Item": serialized(item),
            "ConditionExpression": "attribute_not_exists(claimed_at_ms)"
            " OR (attribute_not_exists(reply) AND claimed_at_ms < :stale)",
            "ExpressionAttributeValues": serialized(values),
        }
        if within(budget_ms, lambda: _or_refused(dynamodb().put_item, request)) is not None:
            return None
        return self._answer(session_id, turn_id, budget_ms=budget_ms)

    def save(
        self,
        reply: ChatReply,
        exchange: Exchange,
        history: list[Exchange],
        cost_usd: float,
        *,
        now_s: int,
        budget_ms: int,
    ) -> None:
        """Keep a turn's answer, its exchange and its cost, all or nothing; a repeated save changes nothing.

        Raises TableError, TableTimeoutError.
        """
        turn = {
            **_turn_key(reply.session_id, reply.turn_id),
            "claimed_at_ms": now_s * 1000,
            "reply": reply.model_dump_json(exclude_none=True, exclude={"session_token"}),
            "expires_at": now_s + SESSION_LIFE_S,
        }
        kept = [*history, exchange][-REMEMBERED:]
        writes = [self._put_answer(turn), self._add_exchange(reply.session_id, kept, cost_usd, now_s)]
        within(budget_ms, lambda: _once(writes))

    def _answer(self, session_id: str, turn_id: str, *, budget_ms: int) -> ChatReply:
        key = serialized(_turn_key(session_id, turn_id))
        request = {"TableName": self.table, "Key": key, "ConsistentRead": True}
        item = within(budget_ms, lambda: dynamodb().get_item(**request)).get("Item", {})
        reply = deserialized(item).get("reply")
        if reply is None:
            raise TurnInProgress("this turn is being answered: repeat it in a second", field="turn_id", retry_after_s=1)
        return ChatReply.model_validate_json(reply)

    def _put_answer(self, turn: dict[str, Any]) -> dict[str, Any]:
        return {
            "Put": {
                "TableName": self.table,
                "Item": serialized(turn),
                "ConditionExpression": "attribute_not_exists(reply)",
            }
        }

    def _add_exchange(self, session_id: str, history: list[Exchange], cost_usd: float, now_s: int) -> dict[str, Any]:
        values = {
            ":history": [exchange.model_dump() for exchange in history],
            ":cost": Decimal(str(round(cost_usd, 8))),
            ":expires": now_s + SESSION_LIFE_S,
        }
        return {
            "Update": {
                "TableName": self.table,
                "Key": serialized({"session_id": session_id, "item": SESSION}),
                "UpdateExpression": "SET history = :history, expires_at = :expires ADD spent_usd :cost",
                "ExpressionAttributeValues": serialized(values),
            }
        }


def _turn_key(session_id: str, turn_id: str) -> dict[str, str]:
    return {"session_id": session_id, "item": f"{TURN_PREFIX}{turn_id}"}


def _or_refused(write: Any, request: dict[str, Any]) -> Any:
    """The write's answer, or None when its condition does not hold."""
    from botocore.exceptions import ClientError

    try:
        return write(**request)
    except ClientError as error:
        if error.response["Error"]["Code"] == CONDITION_FAILED:
            return None
        raise


def _once(writes: list[dict[str, Any]]) -> None:
    """The writes as one transaction; done before is done."""
    from botocore.exceptions import ClientError

    try:
        dynamodb().transact_write_items(TransactItems=writes)
    except ClientError as error:
        reasons = error.response.get("CancellationReasons", [])
        if not any(reason.get("Code") == "ConditionalCheckFailed" for reason in reasons):
            raise
