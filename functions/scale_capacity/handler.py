"""Scale capacity: carry out one scheduled change of an endpoint's minimum. Doing it twice does no more than once."""

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from mangaassist.aws.scaling import Bounds, bounds_of, set_bounds
from mangaassist.capacity_settings import capacity_settings
from mangaassist.errors import ContractError
from mangaassist.telemetry import logger


class ScaleCapacityInput(BaseModel):
    """A scheduled change: from now on an endpoint keeps at least `minimum` instances, for these releases."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    endpoint: str
    minimum: int
    releases: tuple[str, ...] = ()


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """The bounds in force, and whether this call changed them.

    Raises ContractError for an endpoint that is not ours, ScalingError.
    """
    request = _accepted(event)
    fleet = capacity_settings().fleets.get(request.endpoint)
    if fleet is None:
        raise ContractError(f"{request.endpoint} is none of {', '.join(capacity_settings().fleets)}")
    wanted = Bounds(fleet.within_bounds(request.minimum), fleet.maximum)
    changed = bounds_of(fleet) != wanted
    if changed:
        set_bounds(fleet, wanted)
    outcome = {"endpoint": fleet.endpoint, "minimum": wanted.minimum, "maximum": wanted.maximum, "changed": changed}
    logger().info("capacity", extra={**outcome, "releases": request.releases})
    return outcome


def _accepted(event: dict[str, Any]) -> ScaleCapacityInput:
    try:
        return ScaleCapacityInput.model_validate(event)
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        raise ContractError(f"invoke with a ScaleCapacityInput (see events/): {problems}") from None
