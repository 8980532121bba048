"""EventBridge rules and schedules of the template, in moto; `local.events` carries them out."""

import json
from datetime import datetime
from typing import Any

from local.template.specs import ResourceSpec

_RULE_FIELDS = ("Description", "ScheduleExpression", "State", "EventBusName")


def create_rule(events: Any, rule: ResourceSpec) -> None:
    """Create a rule and its targets."""
    properties = rule.properties
    request = {key: properties[key] for key in _RULE_FIELDS if key in properties}
    if "EventPattern" in properties:
        request["EventPattern"] = json.dumps(properties["EventPattern"])
    events.put_rule(Name=rule.name, **request)
    if properties.get("Targets"):
        bus = {"EventBusName": properties["EventBusName"]} if "EventBusName" in properties else {}
        events.put_targets(Rule=rule.name, Targets=properties["Targets"], **bus)


def create_schedule(scheduler: Any, schedule: ResourceSpec) -> None:
    """Create a schedule; a time in the template is RFC 3339."""
    request = {key: value for key, value in schedule.properties.items() if key != "Name"}
    for key in ("StartDate", "EndDate"):
        if key in request:
            request[key] = datetime.fromisoformat(str(request[key]))
    scheduler.create_schedule(Name=schedule.name, **request)
