"""Scale capacity: bring one target to the level that the plan in force asks for. Doing it twice does no more than once.

A schedule only says when to look: the level is the plan's at that moment, which counts every live release. So events
that come twice, late or in another order end in the same level.
"""

from datetime import UTC, datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from mangaassist.aws.actuators import Actuator, actuator
from mangaassist.aws.records import read_plan, record_change
from mangaassist.aws.scaling import Fleet
from mangaassist.capacity_settings import CapacitySettings, capacity_settings
from mangaassist.errors import ContractError
from mangaassist.policy.capacity import Action, RecordError, Target
from mangaassist.telemetry import logger, record_not_ready
from scale_capacity.letting_go import let_go


class ScaleCapacityInput(BaseModel):
    """A scheduled change: at a moment a target was planned to have a level, for these releases.

    `check` and `deadline` order once more what has not come; at the deadline, what is missing raises an alarm.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    target: str
    at: AwareDatetime
    level: int
    releases: tuple[str, ...] = ()
    action: Action = "set"


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """The level in force, whether this call changed it, and whether all of it has come.

    `kept` is how many instances stay where a lower level let others go.

    Raises ContractError for a target that is not ours, and the CapacityError of what failed: Lambda tries again, and
    then leaves the event in the queue of what was given up, which has an alarm.
    """
    request = _accepted(event)
    settings = capacity_settings()
    target = settings.targets.get(request.target)
    if target is None:
        raise ContractError(f"{request.target} is none of {', '.join(settings.targets)}")
    held = actuator(target, settings)
    before = held.level()
    level = _wanted(request, target, settings, before)
    changed = level != before
    if changed:
        held.set(level)
    ready = _ready(request, held, level)
    kept = let_go(held, level, settings, datetime.now(UTC)) if level < before and isinstance(held, Fleet) else None
    outcome = {
        "target": target.name,
        "before": before,
        "level": level,
        "changed": changed,
        "ready": ready,
        "kept": kept,
    }
    logger().info("capacity", extra={**outcome, "action": request.action, "releases": request.releases})
    if changed:
        record_change(settings.calendar_bucket, target.name, request.at, {**outcome, **request.model_dump()})
    return outcome


def _accepted(event: dict[str, Any]) -> ScaleCapacityInput:
    try:
        return ScaleCapacityInput.model_validate(event)
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        raise ContractError(f"invoke with a ScaleCapacityInput (see events/): {problems}") from None


def _wanted(request: ScaleCapacityInput, target: Target, settings: CapacitySettings, before: int) -> int:
    """The plan's level now, or at the event's time where that is later. Without a plan nothing is lowered."""
    moment = max(datetime.now(UTC), request.at)
    try:
        return target.within(read_plan(settings.calendar_bucket).level(target.name, moment, target.floor))
    except RecordError:
        if target.within(request.level) < before:
            raise
        logger().warning("no plan to compare with: raised all the same", exc_info=True)
        return target.within(request.level)


def _ready(request: ScaleCapacityInput, held: Actuator, level: int) -> bool:
    """Whether all has come; where it should have, what is missing is ordered once more."""
    ready = held.ready(level)
    if not ready and request.action != "set":
        held.set(level)
    if request.action == "deadline":
        record_not_ready(held.target.name, not ready)
    return ready
