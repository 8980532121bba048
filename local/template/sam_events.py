"""The rules and schedules that SAM makes of the events of functions and state machines.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventsource.html
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from local.template.errors import UnsupportedError

RULE: Final = "AWS::Events::Rule"
SCHEDULE: Final = "AWS::Scheduler::Schedule"
_DELIVERY: Final = ("Input", "InputPath", "InputTransformer", "RetryPolicy", "DeadLetterConfig")
_SCHEDULE_PROPERTIES: Final = (
    "Description",
    "EndDate",
    "GroupName",
    "ScheduleExpression",
    "ScheduleExpressionTimezone",
    "StartDate",
    "State",
)
Properties = Mapping[str, Any]


@dataclass(frozen=True)
class GeneratedResource:
    """A resource that SAM adds to the template, its properties not resolved yet."""

    logical_id: str
    type: str
    properties: Properties


def generated(owner: str, target: str, events: Mapping[str, Any]) -> Iterator[GeneratedResource]:
    """What the events of a function or state machine become; `target` is its ARN, its alias's where it has one."""
    for name, event in events.items():
        if event["Type"] in _GENERATORS:
            resource_type, build = _GENERATORS[event["Type"]]
            properties = event.get("Properties", {})
            if "Type" in properties.get("DeadLetterConfig", {}):
                raise UnsupportedError(f"{owner}{name}: name the dead-letter queue by its Arn")
            yield GeneratedResource(f"{owner}{name}", resource_type, build(f"{owner}{name}", target, properties))


def _pattern_rule(name: str, target: str, event: Properties) -> dict[str, Any]:
    return {"EventPattern": event["Pattern"], **_kept(event, "EventBusName"), **_common(name, target, event)}


def _scheduled_rule(name: str, target: str, event: Properties) -> dict[str, Any]:
    return {"ScheduleExpression": event["Schedule"], **_kept(event, "Description"), **_common(name, target, event)}


def _common(name: str, target: str, event: Properties) -> dict[str, Any]:
    chosen = event.get("Target", {}).get("Id", f"{name}Target")
    state = {"State": "DISABLED"} if event.get("Enabled") is False else _kept(event, "State")
    chosen_name = event.get("RuleName", event.get("Name"))
    named = {} if chosen_name is None else {"Name": chosen_name}
    return {**named, **state, "Targets": [{"Id": chosen, "Arn": target, **_kept(event, *_DELIVERY)}]}


def _schedule(name: str, target: str, event: Properties) -> dict[str, Any]:
    return {
        "Name": event.get("Name", name),
        "FlexibleTimeWindow": event.get("FlexibleTimeWindow", {"Mode": "OFF"}),
        "Target": {"Arn": target, **_kept(event, "RoleArn", *_DELIVERY)},
        **_kept(event, *_SCHEDULE_PROPERTIES),
    }


def _kept(event: Properties, *names: str) -> dict[str, Any]:
    return {name: event[name] for name in names if name in event}


_GENERATORS: Final[Mapping[str, tuple[str, Callable[[str, str, Properties], dict[str, Any]]]]] = MappingProxyType(
    {
        "EventBridgeRule": (RULE, _pattern_rule),
        "CloudWatchEvent": (RULE, _pattern_rule),
        "Schedule": (RULE, _scheduled_rule),
        "ScheduleV2": (SCHEDULE, _schedule),
    }
)
