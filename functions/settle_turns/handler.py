"""Settle turns: keep and publish what could not be when the turn was answered. SQS hands it up to ten at a time."""

from typing import TYPE_CHECKING, Any

from mangaassist.aws.saving import keep, publish
from mangaassist.contracts import SaveTurnInput
from mangaassist.errors import SessionForbidden
from mangaassist.telemetry import in_turn, logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

BUDGET_MS = 2_000


def handler(event: dict[str, Any], context: Any) -> Any:
    """Which messages stay in the queue, to be tried again: `batchItemFailures`."""
    from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event=event, record_handler=settle, processor=processor, context=context)


def settle(record: "SQSRecord") -> None:
    """Raises whatever keeps the turn from being settled."""
    request = SaveTurnInput.model_validate_json(record.body)
    with in_turn(request.turn.trace_id):
        try:
            keep(request, budget_ms=BUDGET_MS)
        except SessionForbidden:
            # The customer asked for a session that is not theirs while nobody could look that up.
            logger().warning("a turn in a session of somebody else is not kept")
        publish(request, budget_ms=BUDGET_MS)
        logger().info("turn settled")
