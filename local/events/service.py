"""Events, as one: what passes before moto goes in, and deliveries come out."""

import asyncio
import logging
import random
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, suppress
from typing import Any
from wsgiref.types import WSGIApplication

from local.clock import Clock
from local.events.asynchronous import AsynchronousInvocations, Functions
from local.events.buckets import bucket_events
from local.events.bus import Buses
from local.events.deliveries import Deliverer
from local.events.entries import Origin, Published
from local.events.errors import DeliveryError
from local.events.front import EventsFront, Request
from local.events.journal import Journal
from local.events.requests import Requester
from local.events.rules import Rule, Rules
from local.events.scheduler import Scheduler
from local.events.schedules import Schedule, Schedules
from local.events.targets import Call, Reach, StateMachines, Targets
from local.events.timekeeper import Timekeeper
from local.events.work import Work
from local.template.specs import FunctionSpec

_LOG = logging.getLogger(__name__)


class Events:
    """EventBridge's buses, rules and schedules, and Lambda's asynchronous invocations, on one clock and event loop."""

    def __init__(self, clock: Clock, origin: Origin, chance: Callable[[], float] = random.random) -> None:
        self.clock = clock
        self.origin = origin
        self.journal = Journal()
        self.work = Work(clock)
        self.rules = Rules(origin.arn, clock.now)
        self.schedules = Schedules(lambda path: origin.arn(path, "scheduler"), clock.now)
        self._loop = asyncio.get_running_loop()
        self._deliverer = Deliverer(clock, self.work, self.journal, chance)
        self._buses = Buses(
            self.rules, self._deliverer, origin=origin, clock=clock, work=self.work, journal=self.journal
        )
        self._scheduler = Scheduler(
            self._deliverer, self.work, origin=origin, delete=self._delete_schedule, chance=chance
        )
        self._request: Requester
        self._due_rules: Timekeeper[Rule] = Timekeeper(clock, self._tick)
        self._due_schedules: Timekeeper[Schedule] = Timekeeper(clock, self._scheduler.fire)
        self.rules.changed = self._due_rules.keep
        self.schedules.changed = self._due_schedules.keep

    def front(self, app: WSGIApplication) -> WSGIApplication:
        """moto with this before it."""
        return EventsFront(app, self, self.origin, self.clock.now)

    def buckets(self) -> AbstractContextManager[None]:
        """Hear of moto's buckets while this is entered."""
        return bucket_events(self.published, self.origin, self.clock.now)

    def open(
        self,
        *,
        functions: Functions,
        specs: Iterable[FunctionSpec],
        machines: StateMachines,
        request: Requester,
        call: Call | None = None,
    ) -> AsynchronousInvocations:
        """Begin to deliver; what came before has waited. `call` serves the universal targets of schedules."""
        invocations = AsynchronousInvocations(functions, specs, self.clock, self.work, self.journal)
        reach = Reach(invocations, machines, request, self._buses.forward, self._buses.put, call)
        targets = Targets(reach)
        invocations.open(targets.send, targets.send_dead_letter)
        self._request = request
        self._deliverer.open(targets.send, targets.send_dead_letter)
        return invocations

    async def close(self) -> None:
        """Stop. Deliveries and invocations that are not done are lost, for nothing of this is kept on disk."""
        self._due_rules.close()
        self._due_schedules.close()
        given_up = await self.work.close()
        if given_up:
            _LOG.warning("deliveries and asynchronous invocations that were not done and are lost: %d", given_up)

    def put(self, entry: Request) -> None:
        """Publish an entry of a PutEvents, on the event loop; raises DeliveryError where EventBridge refuses it."""
        self._buses.put(entry)

    def due(self, schedule: Schedule) -> float | None:
        """When a schedule is due next, in epoch seconds."""
        return self._due_schedules.due((schedule.group, schedule.name))

    def rule_due(self, rule: Rule) -> float | None:
        """When a scheduled rule is due next, in epoch seconds."""
        return self._due_rules.due((rule.bus, rule.name))

    def published(self, published: Published) -> None:
        """From any thread: an event was put on a bus."""
        self._on_loop(self._buses.publish, published)

    def rule_changed(self, operation: str, request: Request) -> None:
        """From any thread: EventBridge accepted a change of a rule."""
        self._on_loop(self.rules.apply, operation, request)

    def schedule_put(self, name: str, request: Request) -> None:
        """From any thread: a schedule was created or replaced."""
        self._on_loop(self.schedules.put, name, request)

    def schedule_deleted(self, group: str | None, name: str) -> None:
        """From any thread: a schedule was deleted."""
        self._on_loop(self.schedules.delete, group, name)

    def group_deleted(self, name: str) -> None:
        """From any thread: a group was deleted."""
        self._on_loop(self.schedules.delete_group, name)

    def _tick(self, rule: Rule, due: float, _is_last: bool) -> None:
        self._buses.tick(self.rules.current(rule), due)

    async def _delete_schedule(self, schedule: Schedule) -> None:
        # One that was changed or deleted meanwhile is not the one that is completed.
        if self.schedules.holds(schedule):
            # Whoever deletes it at the same moment does just that.
            with suppress(DeliveryError):
                request = {"GroupName": schedule.group, "Name": schedule.name}
                await self._request("scheduler", "delete_schedule", request)

    def _on_loop(self, act: Callable[..., None], *arguments: Any) -> None:
        self._loop.call_soon_threadsafe(act, *arguments)
