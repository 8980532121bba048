"""Save turn: keep the answer in the session and publish that the turn is complete, or queue both for settle_turns."""

from mangaassist.aws.queues import Queue
from mangaassist.aws.saving import keep, publish
from mangaassist.clock import TimeBudget, now_ms
from mangaassist.contracts import Saved, SaveTurnInput
from mangaassist.errors import EventsError, QueueError, TableError
from mangaassist.settings import settings
from mangaassist.step import step
from mangaassist.telemetry import logger, record_fallbacks, record_turn

# Shares of the step's budget. What is left to the queue is enough for it, even where the store used up its own.
KEPT_BY = 0.6
PUBLISHED_BY = 0.7


@step("save_turn", accepts=SaveTurnInput, services=["dynamodb", "events", "sqs"])
def handler(request: SaveTurnInput, budget: TimeBudget) -> Saved:
    """Raises TableError or EventsError where not even the queue takes the turn, SessionForbidden."""
    record_turn(request, now_ms=now_ms(), embedding_model_id=settings().embedding_model_id)
    problem = _problem(request, budget)
    if problem is None:
        return Saved()
    undone = "publish_turn" if isinstance(problem, EventsError) else "save_turn"
    logger().warning("queued", extra={"undone": undone, "error": type(problem).__name__, "reason": str(problem)})
    record_fallbacks([undone], trace_id=request.turn.trace_id)
    try:
        Queue(settings().unsettled_turns_queue).send(request.model_dump_json(exclude_none=True), budget_ms=budget.ms)
    except QueueError as error:
        logger().error("a turn is lost", extra={"undone": undone, "error": type(error).__name__})
        raise problem from error
    return Saved(degraded=[undone])


def _problem(request: SaveTurnInput, budget: TimeBudget) -> TableError | EventsError | None:
    """Why the turn could not be kept, or else not be published."""
    keeping, publishing = budget.part(KEPT_BY), budget.part(PUBLISHED_BY)
    try:
        keep(request, budget_ms=keeping.ms)
        publish(request, budget_ms=publishing.ms)
    except (TableError, EventsError) as error:
        return error
    return None
