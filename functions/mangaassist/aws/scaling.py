"""The instances of endpoints: their bounds are Application Auto Scaling's, their number SageMaker's."""

from dataclasses import dataclass
from typing import Any

from mangaassist.aws.operations import named, operations_client
from mangaassist.policy.capacity import ScalingError, Target

DIMENSION = {"ServiceNamespace": "sagemaker", "ScalableDimension": "sagemaker:variant:DesiredInstanceCount"}
SERVING = frozenset({"InService", "Updating"})


@dataclass(frozen=True)
class Bounds:
    """The fewest and the most instances that scaling may choose."""

    minimum: int
    maximum: int


@dataclass(frozen=True)
class Fleet:
    """The instances behind one endpoint's variant. Its level is the fewest that scaling may choose."""

    target: Target
    variant: str

    @property
    def endpoint(self) -> str:
        return self.target.name

    def level(self) -> int:
        """The minimum in force; raises ScalingError."""
        return self.bounds().minimum

    def bounds(self) -> Bounds:
        """The bounds in force; raises ScalingError when the fleet is not registered."""
        with named(ScalingError):
            answer = operations_client("application-autoscaling").describe_scalable_targets(
                ServiceNamespace=DIMENSION["ServiceNamespace"], ResourceIds=[self._resource]
            )
        if not answer["ScalableTargets"]:
            raise ScalingError(f"{self._resource} is no scalable target: deploy the template's Capacity section")
        registered = answer["ScalableTargets"][0]
        return Bounds(registered["MinCapacity"], registered["MaxCapacity"])

    def set(self, level: int) -> None:
        """Register the bounds, which makes Application Auto Scaling order what is missing; raises ScalingError."""
        with named(ScalingError):
            operations_client("application-autoscaling").register_scalable_target(
                **DIMENSION, ResourceId=self._resource, MinCapacity=level, MaxCapacity=self.target.ceiling
            )

    def ready(self, level: int) -> bool:
        """Whether so many instances take traffic; raises ScalingError."""
        with named(ScalingError):
            answer = operations_client("sagemaker").describe_endpoint(EndpointName=self.endpoint)
        serving = {variant["VariantName"]: variant for variant in answer.get("ProductionVariants", [])}
        return _takes_traffic(answer) and serving.get(self.variant, {}).get("CurrentInstanceCount", 0) >= level

    def reduce(self, level: int) -> bool:
        """Order so many instances where more stand and no change is under way; raises ScalingError."""
        with named(ScalingError):
            answer = operations_client("sagemaker").describe_endpoint(EndpointName=self.endpoint)
        standing = {variant["VariantName"]: variant for variant in answer.get("ProductionVariants", [])}
        found = standing.get(self.variant)
        if answer["EndpointStatus"] != "InService" or not found or found["DesiredInstanceCount"] <= level:
            return False
        wanted = {
            "VariantName": self.variant,
            "DesiredInstanceCount": level,
            "DesiredWeight": found["DesiredWeight"],
        }
        with named(ScalingError):
            operations_client("sagemaker").update_endpoint_weights_and_capacities(
                EndpointName=self.endpoint, DesiredWeightsAndCapacities=[wanted]
            )
        return True

    @property
    def _resource(self) -> str:
        return f"endpoint/{self.endpoint}/variant/{self.variant}"


def _takes_traffic(endpoint: dict[str, Any]) -> bool:
    """An endpoint that is being updated goes on serving with what it has."""
    return endpoint["EndpointStatus"] in SERVING
