"""The two parts of saving a turn. Each may be repeated: what stands already is not written, and not charged, again."""

from mangaassist.aws.events import EventBus
from mangaassist.aws.sessions import Sessions
from mangaassist.contracts import SaveTurnInput
from mangaassist.policy.completion import turn_completed
from mangaassist.settings import settings


def keep(request: SaveTurnInput, *, budget_ms: int) -> None:
    """Keep the answer in its session, which ends a day after the turn came.

    Raises SessionForbidden when the session has another owner, TableError, TableTimeoutError.
    """
    sessions, arrived_s = Sessions(settings().sessions_table), request.turn.arrived_at_ms // 1000
    sessions.save(request.turn, request.reply, request.cost_usd, now_s=arrived_s, budget_ms=budget_ms)


def publish(request: SaveTurnInput, *, budget_ms: int) -> None:
    """Publish that the turn is complete.

    Raises EventsError, EventsTimeoutError.
    """
    EventBus(settings().event_bus).publish("TurnCompleted", turn_completed(request), budget_ms=budget_ms)
