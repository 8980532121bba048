"""Every event that comes to a bus goes to each target of each rule that matches it."""

from collections.abc import Mapping
from typing import Any

from local.clock import Clock
from local.events.deliveries import Deliverer, Delivery, as_text
from local.events.entries import InvalidEntryError, Origin, Published, read_entry
from local.events.errors import DeliveryError
from local.events.journal import Journal
from local.events.rules import Rule, Rules, RuleTarget, bus_name
from local.events.work import Work


class Buses:
    """All buses of the account."""

    def __init__(
        self, rules: Rules, deliverer: Deliverer, *, origin: Origin, clock: Clock, work: Work, journal: Journal
    ) -> None:
        self._rules, self._deliverer, self._origin = rules, deliverer, origin
        self._clock, self._work, self._journal = clock, work, journal

    def publish(self, published: Published, *, forwarded: bool = False) -> None:
        """An event has come to a bus; one that another bus forwarded is not forwarded again."""
        self._journal.published(published.event)
        for rule in self._rules.of_bus(published.bus):
            if rule.matches(published.event):
                self._send(rule, published.event, forwarded=forwarded)

    def tick(self, rule: Rule, due: float) -> None:
        """A scheduled rule is due: an event of its own, for nobody but its targets."""
        event = self._origin.event(
            source="aws.events", detail_type="Scheduled Event", resources=[rule.arn], detail={}, at=due
        )
        self._journal.published(event)
        self._send(rule, event, forwarded=False)

    def put(self, entry: Mapping[str, Any]) -> None:
        """Publish an entry of a PutEvents; raises DeliveryError where EventBridge refuses it."""
        try:
            self.publish(read_entry(entry, self._origin, self._clock.now()))
        except InvalidEntryError as error:
            raise DeliveryError(error.code, str(error), retryable=False) from error

    def forward(self, bus_arn: str, event: Mapping[str, Any]) -> None:
        """Put an event of one bus on another."""
        self.publish(Published(bus_name(bus_arn), dict(event)), forwarded=True)

    def _send(self, rule: Rule, event: dict[str, Any], *, forwarded: bool) -> None:
        for target in rule.targets.values():
            if not (forwarded and target.target.arn.split(":")[2:3] == ["events"]):
                self._work.start(self._deliverer.deliver(_delivery(rule, target, event)))


def _delivery(rule: Rule, target: RuleTarget, event: dict[str, Any]) -> Delivery:
    return Delivery(
        origin=rule.arn,
        target=target.target,
        event=event,
        text=lambda _: target.input.text(event, rule.variables()),
        dead_letter=lambda: as_text(event),
        attributes={"RULE_ARN": rule.arn},
    )
