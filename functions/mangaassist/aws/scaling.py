"""The bounds of endpoints' capacity, kept by Application Auto Scaling."""

from dataclasses import dataclass
from typing import Any

from mangaassist.aws.calls import Dependency, call_within
from mangaassist.aws.clients import client
from mangaassist.policy.capacity import Fleet, ScalingError

SCALING = Dependency("operations", ScalingError, ScalingError)
DIMENSION = {"ServiceNamespace": "sagemaker", "ScalableDimension": "sagemaker:variant:DesiredInstanceCount"}
BUDGET_MS = 5_000


@dataclass(frozen=True)
class Bounds:
    """The fewest and the most instances that scaling may choose."""

    minimum: int
    maximum: int


def bounds_of(fleet: Fleet) -> Bounds:
    """The bounds in force; raises ScalingError when the fleet is not registered."""
    request = {"ServiceNamespace": DIMENSION["ServiceNamespace"], "ResourceIds": [_resource(fleet)]}
    answer = call_within(BUDGET_MS, lambda: _client().describe_scalable_targets(**request), SCALING)
    if not answer["ScalableTargets"]:
        raise ScalingError(f"{_resource(fleet)} is no scalable target: deploy the template's Capacity section")
    target = answer["ScalableTargets"][0]
    return Bounds(target["MinCapacity"], target["MaxCapacity"])


def set_bounds(fleet: Fleet, bounds: Bounds) -> None:
    """Put bounds in force, which may be so already; raises ScalingError."""
    request = {
        **DIMENSION,
        "ResourceId": _resource(fleet),
        "MinCapacity": bounds.minimum,
        "MaxCapacity": bounds.maximum,
    }
    call_within(BUDGET_MS, lambda: _client().register_scalable_target(**request), SCALING)


def _client() -> Any:
    return client("application-autoscaling")


def _resource(fleet: Fleet) -> str:
    return f"endpoint/{fleet.endpoint}/variant/{fleet.variant}"
