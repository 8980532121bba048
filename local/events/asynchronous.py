"""Lambda's asynchronous invocations: accepted at once, run from a queue, again after errors, and told to a destination.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal, Protocol

from local.clock import Clock
from local.events.deliveries import Send, SendDeadLetter
from local.events.errors import DeliveryError
from local.events.journal import InvocationOutcome, InvocationRecord, Journal
from local.events.target import Target
from local.events.work import Work
from local.lambda_runtime import FunctionFailedError
from local.template.specs import EventInvokeSpec, FunctionSpec

_AFTER_ERRORS_S: Final = (60.0, 120.0)
_LONGEST_THROTTLE_S: Final = 300.0
_THROTTLED: Final = "Lambda.TooManyRequestsException"
Condition = Literal["Success", "RetriesExhausted", "EventAgeExceeded"]
_OUTCOMES: Final[Mapping[Condition, InvocationOutcome]] = {
    "Success": "succeeded",
    "RetriesExhausted": "failed",
    "EventAgeExceeded": "expired",
}


class Functions(Protocol):
    """Invokes a function by ARN; raises FunctionFailedError."""

    async def invoke(self, function: str, payload: Any) -> Any: ...


@dataclass(frozen=True)
class _End:
    condition: Condition
    answer: Any
    error: FunctionFailedError | None


class AsynchronousInvocations:
    """One queue a function. `send` reaches destinations, which are targets as those of a rule are."""

    def __init__(
        self, functions: Functions, specs: Iterable[FunctionSpec], clock: Clock, work: Work, journal: Journal
    ) -> None:
        self._functions, self._clock, self._work, self._journal = functions, clock, work, journal
        self._specs = {arn: spec.event_invoke for spec in specs for arn in spec.arns}
        self._send: Send
        self._send_dead_letter: SendDeadLetter

    def open(self, send: Send, send_dead_letter: SendDeadLetter) -> None:
        """Know how to reach destinations and dead-letter queues."""
        self._send, self._send_dead_letter = send, send_dead_letter

    def accept(self, arn: str, payload: Any) -> str:
        """Queue an event: its request id. Raises DeliveryError for a function that nobody has."""
        if arn not in self._specs:
            raise DeliveryError("ResourceNotFoundException", f"Function not found: {arn}", retryable=False)
        record = self._journal.invocation(arn)
        self._work.start(self._run(self._specs[arn], arn, payload, record))
        return record.request_id

    async def _run(self, spec: EventInvokeSpec, arn: str, payload: Any, record: InvocationRecord) -> None:
        end = await self._invoke(spec, arn, payload, record)
        record.outcome = _OUTCOMES[end.condition]
        await self._tell(spec, arn, payload, end, record)

    async def _invoke(self, spec: EventInvokeSpec, arn: str, payload: Any, record: InvocationRecord) -> _End:
        began = self._clock.now()
        errors = throttles = 0
        while True:
            record.attempts.append(self._clock.now())
            try:
                answer = await self._functions.invoke(arn, payload)
            except FunctionFailedError as error:
                failure = error
            else:
                return _End("Success", answer, None)
            record.error = failure.error
            if failure.error == _THROTTLED:
                delay = min(2.0**throttles, _LONGEST_THROTTLE_S)
                throttles += 1
            else:
                errors += 1
                if errors > spec.retries:
                    return _End("RetriesExhausted", None, failure)
                delay = _AFTER_ERRORS_S[min(errors, len(_AFTER_ERRORS_S)) - 1]
            if self._clock.now() + delay - began > spec.maximum_age_s:
                return _End("EventAgeExceeded", None, failure)
            await self._work.sleep(delay)

    async def _tell(self, spec: EventInvokeSpec, arn: str, payload: Any, end: _End, record: InvocationRecord) -> None:
        destination = spec.on_success_arn if end.error is None else spec.on_failure_arn
        try:
            if destination is not None:
                document = self._document(arn, payload, end, record)
                event = {"id": record.request_id, **document}
                await self._send(_as_target(destination, end), json.dumps(document, ensure_ascii=False), event)
            if end.error is not None and spec.dead_letter_arn is not None:
                attributes = {
                    "RequestID": record.request_id,
                    "ErrorCode": "200",
                    "ErrorMessage": end.error.cause[:1024],
                }
                await self._send_dead_letter(spec.dead_letter_arn, json.dumps(payload, ensure_ascii=False), attributes)
        except DeliveryError as error:
            record.error = f"{record.error}; the destination: {error}"

    def _document(self, arn: str, payload: Any, end: _End, record: InvocationRecord) -> dict[str, Any]:
        """The invocation record that a destination gets."""
        now = datetime.fromtimestamp(self._clock.now(), UTC).isoformat(timespec="milliseconds")
        failed = {} if end.error is None else {"functionError": "Unhandled"}
        return {
            "version": "1.0",
            "timestamp": now.replace("+00:00", "Z"),
            "requestContext": {
                "requestId": record.request_id,
                "functionArn": arn,
                "condition": end.condition,
                "approximateInvokeCount": len(record.attempts),
            },
            "requestPayload": payload,
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", **failed},
            "responsePayload": end.answer if end.error is None else _error(end.error),
        }


def _as_target(arn: str, end: _End) -> Target:
    """A destination; a bus gets the record as the detail of an event of Lambda's."""
    result = "Success" if end.error is None else "Failure"
    return Target(arn, parameters={"Source": "lambda", "DetailType": f"Lambda Function Invocation Result - {result}"})


def _error(error: FunctionFailedError) -> Any:
    try:
        return json.loads(error.cause)
    except ValueError:
        return {"errorType": error.error, "errorMessage": error.cause}
