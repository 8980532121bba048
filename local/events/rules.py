"""The rules of all buses, kept as the requests that change them pass."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

from local.events import expressions
from local.events.expressions import Expression
from local.events.inputs import Input
from local.events.patterns import Pattern, compile_pattern
from local.events.target import Target

DEFAULT_BUS: Final = "default"
_ENABLED: Final = "ENABLED"
Request = Mapping[str, Any]
Key = tuple[str, str]


@dataclass(frozen=True)
class RuleTarget:
    """One target of a rule, with what it is sent."""

    target: Target
    input: Input


RuleTargets = Mapping[str, RuleTarget]


@dataclass(frozen=True)
class Rule:
    """What a rule matches, when it is due, and its targets by Id. `since` is when it was put or enabled (epoch s)."""

    name: str
    bus: str
    arn: str
    since: float
    enabled: bool = True
    pattern: Pattern | None = None
    schedule: Expression | None = None
    expression: str | None = None
    targets: RuleTargets = field(default_factory=dict)

    def matches(self, event: Mapping[str, Any]) -> bool:
        """Whether the rule wants an event of its bus."""
        return self.enabled and self.pattern is not None and self.pattern.matches(event)

    def first_due(self, now: float) -> float | None:
        """When a scheduled rule is due first: a rate's first period has to pass."""
        return self.due_after(now)

    def due_after(self, moment: float) -> float | None:
        """When a scheduled rule is due next."""
        return self.schedule.next_after(moment, self.since) if self.enabled and self.schedule else None

    def variables(self) -> dict[str, str]:
        """What an input template can say of the rule."""
        return {"aws.events.rule-name": self.name, "aws.events.rule-arn": self.arn}


def check_rule(request: Request) -> None:
    """Refuse a PutRule as EventBridge would; raises InvalidPatternError, InvalidExpressionError."""
    _pattern(request)
    _schedule(request)


class Rules:
    """Applies the requests that EventBridge accepted, in their order.

    `changed` hears of each rule that was put, enabled or disabled, and of its end; not of its targets.
    """

    def __init__(self, arn: Callable[[str], str], now: Callable[[], float]) -> None:
        self._arn, self._now = arn, now
        self._rules: dict[Key, Rule] = {}
        self.changed: Callable[[Key, Rule | None], None] = lambda key, rule: None

    def __iter__(self) -> Iterator[Rule]:
        return iter(list(self._rules.values()))

    def of_bus(self, bus: str) -> list[Rule]:
        """The rules of a bus."""
        return [rule for rule in self._rules.values() if rule.bus == bus]

    def current(self, rule: Rule) -> Rule:
        """A rule as it is now, with its targets."""
        return self._rules.get((rule.bus, rule.name), rule)

    def apply(self, operation: str, request: Request) -> None:
        """Make the change of an operation that EventBridge accepted."""
        _OPERATIONS[operation](self, request)

    def _put(self, request: Request) -> None:
        key = _key(request)
        bus, name = key
        kept = self._rules.get(key)
        path = name if bus == DEFAULT_BUS else f"{bus}/{name}"
        self._set(
            key,
            Rule(
                name=name,
                bus=bus,
                arn=self._arn(f"rule/{path}"),
                since=self._now(),
                enabled=request.get("State", _ENABLED) == _ENABLED,
                pattern=_pattern(request),
                schedule=_schedule(request),
                expression=request.get("ScheduleExpression"),
                targets=kept.targets if kept else {},
            ),
        )

    def _delete(self, request: Request) -> None:
        if self._rules.pop(_key(request), None) is not None:
            self.changed(_key(request), None)

    def _enable(self, request: Request) -> None:
        self._change(request, lambda rule: replace(rule, enabled=True, since=self._now()))

    def _disable(self, request: Request) -> None:
        self._change(request, lambda rule: replace(rule, enabled=False))

    def _put_targets(self, request: Request) -> None:
        added = {one["Id"]: RuleTarget(Target.of(one), Input.of(one)) for one in request["Targets"]}
        self._retarget(request, lambda targets: {**targets, **added})

    def _remove_targets(self, request: Request) -> None:
        removed = set(request["Ids"])
        self._retarget(request, lambda targets: {name: one for name, one in targets.items() if name not in removed})

    def _delete_bus(self, request: Request) -> None:
        for rule in self.of_bus(bus_name(request.get("Name"))):
            self._delete({"Name": rule.name, "EventBusName": rule.bus})

    def _change(self, request: Request, change: Callable[[Rule], Rule]) -> None:
        rule = self._rules.get(_key(request))
        if rule is not None:
            self._set(_key(request), change(rule))

    def _retarget(self, request: Request, change: Callable[[RuleTargets], RuleTargets]) -> None:
        rule = self._rules.get(_key(request))
        if rule is not None:
            self._rules[_key(request)] = replace(rule, targets=change(rule.targets))

    def _set(self, key: Key, rule: Rule) -> None:
        self._rules[key] = rule
        self.changed(key, rule)


def bus_name(name_or_arn: str | None) -> str:
    """A bus's name out of its name or ARN; none is the default bus."""
    return (name_or_arn or DEFAULT_BUS).rpartition("/")[2]


def _key(request: Request) -> Key:
    return bus_name(request.get("EventBusName")), request.get("Name") or request["Rule"]


def _pattern(request: Request) -> Pattern | None:
    return compile_pattern(request["EventPattern"]) if request.get("EventPattern") else None


def _schedule(request: Request) -> Expression | None:
    return expressions.parse(request["ScheduleExpression"]) if request.get("ScheduleExpression") else None


_OPERATIONS: Final[Mapping[str, Callable[[Rules, Request], None]]] = MappingProxyType(
    {
        "PutRule": Rules._put,
        "DeleteRule": Rules._delete,
        "EnableRule": Rules._enable,
        "DisableRule": Rules._disable,
        "PutTargets": Rules._put_targets,
        "RemoveTargets": Rules._remove_targets,
        "DeleteEventBus": Rules._delete_bus,
    }
)
CHANGES: Final = frozenset(_OPERATIONS)
"""The operations that change rules."""
