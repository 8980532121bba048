"""Delivers to a target, again where that can help, and to the dead-letter queue where it cannot.

Every delivery is kept until it is done, in memory, and made once an attempt: AWS promises at least once and may send
twice. EventBridge does not publish how it spaces its retries; here a delay doubles from a second to eight minutes, with
jitter, so that the default 185 retries take about a day, as AWS says they do.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from local.clock import Clock
from local.events.errors import DeliveryError
from local.events.journal import DeliveryRecord, Journal
from local.events.target import Target
from local.events.work import Work

_LONGEST_DELAY_S: Final = 480.0
Event = Mapping[str, Any]


class Send(Protocol):
    """Hands a text to a target; raises DeliveryError. `event` is the event behind it, for targets that are buses."""

    async def __call__(self, target: Target, text: str, event: Event) -> None: ...


class SendDeadLetter(Protocol):
    """Puts a message with attributes into the queue of an ARN; raises DeliveryError."""

    async def __call__(self, queue_arn: str, body: str, attributes: Mapping[str, str]) -> None: ...


@dataclass(frozen=True)
class Delivery:
    """What is sent where, and what its dead letter holds. `text` is asked anew at each attempt, counted from 1."""

    origin: str
    target: Target
    event: Event
    text: Callable[[int], str]
    dead_letter: Callable[[], str]
    attributes: Mapping[str, str]


@dataclass(frozen=True)
class _Failure:
    error: DeliveryError
    retries: int
    exhausted: str | None

    def attributes(self) -> dict[str, str]:
        condition = {"EXHAUSTED_RETRY_CONDITION": self.exhausted} if self.exhausted else {}
        return {
            "ERROR_CODE": self.error.code,
            "ERROR_MESSAGE": self.error.message,
            "RETRY_ATTEMPTS": str(self.retries),
            **condition,
        }


class Deliverer:
    """Holds deliveries back until it is opened: rules exist before what they lead to."""

    def __init__(self, clock: Clock, work: Work, journal: Journal, chance: Callable[[], float]) -> None:
        self._clock, self._work, self._journal, self._chance = clock, work, journal, chance
        self._opened = asyncio.Event()
        self._send: Send
        self._send_dead_letter: SendDeadLetter

    def open(self, send: Send, send_dead_letter: SendDeadLetter) -> None:
        """Begin to deliver."""
        self._send, self._send_dead_letter = send, send_dead_letter
        self._opened.set()

    async def deliver(self, delivery: Delivery) -> None:
        """Deliver once, or give up; never raises."""
        record = self._journal.delivery(delivery.origin, delivery.target.arn, delivery.event["id"])
        await self._opened.wait()
        failure = await self._try(delivery, record)
        if failure is None:
            record.outcome = "delivered"
        else:
            await self._give_up(delivery, failure, record)

    async def _try(self, delivery: Delivery, record: DeliveryRecord) -> _Failure | None:
        policy, began = delivery.target.retry, self._clock.now()
        retries = 0
        while True:
            record.attempts.append(self._clock.now())
            try:
                await self._send(delivery.target, delivery.text(retries + 1), delivery.event)
            except DeliveryError as error:
                record.error = str(error)
                delay = self._delay(retries)
                if not error.retryable:
                    return _Failure(error, retries, None)
                if retries >= policy.maximum_attempts:
                    return _Failure(error, retries, "MaximumRetryAttempts")
                if self._clock.now() + delay - began > policy.maximum_age_s:
                    return _Failure(error, retries, "MaximumEventAgeInSeconds")
                await self._work.sleep(delay)
                retries += 1
            else:
                return None

    def _delay(self, retries: int) -> float:
        """Seconds: half of the delay for sure, and of the other half what chance says."""
        return float(min(2.0**retries, _LONGEST_DELAY_S)) * (0.5 + self._chance() / 2)

    async def _give_up(self, delivery: Delivery, failure: _Failure, record: DeliveryRecord) -> None:
        record.outcome = "dropped"
        if delivery.target.dead_letter_arn is None:
            return
        attributes = {**delivery.attributes, "TARGET_ARN": delivery.target.arn, **failure.attributes()}
        try:
            await self._send_dead_letter(delivery.target.dead_letter_arn, delivery.dead_letter(), attributes)
        except DeliveryError as error:
            record.error = f"{failure.error}; the dead-letter queue: {error}"
        else:
            record.outcome = "dead-lettered"


def as_text(event: Event) -> str:
    """An event as the text that targets and dead-letter queues get."""
    return json.dumps(event, ensure_ascii=False)
