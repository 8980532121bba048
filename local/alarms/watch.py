"""The alarms of a template, evaluated every minute on a clock."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import replace
from typing import Protocol

from local.alarms.actions import Actions
from local.alarms.definition import Alarm
from local.alarms.errors import ActionFailedError
from local.alarms.evaluation import State, evaluate
from local.alarms.transitions import Situation, Transition, reason
from local.clock import Clock, sleep
from local.metrics import MetricStore

INTERVAL_S = 60
HISTORY_KEPT = 200
_LOG = logging.getLogger(__name__)


class Audience(Protocol):
    """Hears of every change of state, whatever its actions; may raise ActionFailedError."""

    async def hear(self, transition: Transition) -> None: ...


class AlarmWatch:
    """Every alarm and the situation it is in; `history` holds the latest transitions, the newest last.

    `gather` is awaited before each evaluation, with its time: it puts into the store what is to be measured.
    """

    def __init__(
        self,
        alarms: Iterable[Alarm],
        store: MetricStore,
        actions: Actions,
        audiences: Iterable[Audience],
        *,
        clock: Clock,
        gather: Callable[[float], Awaitable[None]],
    ) -> None:
        self._store = store
        self._actions = actions
        self._audiences = tuple(audiences)
        self._clock = clock
        self._gather = gather
        self._evaluating = asyncio.Lock()
        created = Situation(State.INSUFFICIENT_DATA, clock.now(), "Unchecked: Initial alarm creation")
        self._situations = dict.fromkeys(alarms, created)
        self.history: deque[Transition] = deque(maxlen=HISTORY_KEPT)
        for alarm in self._situations:
            actions.check(alarm)

    def __iter__(self) -> Iterator[tuple[Alarm, Situation]]:
        return iter(self._situations.items())

    def situation(self, logical_id: str) -> Situation:
        """The situation of an alarm of the template; raises KeyError."""
        return {alarm.logical_id: found for alarm, found in self}[logical_id]

    async def run(self) -> None:
        """Evaluate at every full minute, until cancelled."""
        while True:
            now = self._clock.now()
            await sleep(self._clock, INTERVAL_S - now % INTERVAL_S)
            try:
                await self.evaluate()
            except Exception:
                _LOG.exception("the alarms could not be evaluated; tried again in a minute")

    async def evaluate(self, at: float | None = None) -> None:
        """Evaluate every alarm on the whole minutes before this time, by default now, and carry out its actions."""
        minute = (self._clock.now() if at is None else at) // INTERVAL_S * INTERVAL_S
        async with self._evaluating:
            await self._gather(minute)
            for alarm in self._situations:
                await self._judge(alarm, minute)

    async def _judge(self, alarm: Alarm, minute: float) -> None:
        evaluation = evaluate(alarm, self._points(alarm, minute))
        before = self._situations[alarm]
        state = evaluation.state or before.state
        if state is before.state:
            await self._actions.scale(alarm, replace(before, judged=evaluation.judged), minute)
            return
        after = Situation(state, minute, reason(alarm, evaluation, state), evaluation.judged)
        transition = Transition(alarm, before, after)
        self._situations[alarm] = after
        self.history.append(transition)
        await self._actions.on(transition)
        transition.outcomes.update(await self._actions.scale(alarm, after, minute))
        for audience in self._audiences:
            try:
                await audience.hear(transition)
            except ActionFailedError as error:
                _LOG.warning("%s is %s, but not all heard of it: %s", alarm.logical_id, state, error)

    def _points(self, alarm: Alarm, end: float) -> list[float | None]:
        """The datapoints of the evaluation range: a window that slides by the minute, whatever the period.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html
        """
        starts = [end - alarm.settings.period * back for back in range(alarm.evaluation_range, 0, -1)]
        found = [self._store.between(alarm.metric, start, start + alarm.settings.period) for start in starts]
        return [None if values is None else values.statistic(alarm.statistic) for values in found]
