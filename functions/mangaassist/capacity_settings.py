"""The configuration of the functions that plan and change capacity: read once, on first use."""

from datetime import timedelta
from functools import cache

from pydantic import BaseModel, ConfigDict, Field

from mangaassist.policy.capacity import Fleet
from mangaassist.settings import from_environment


class CapacitySettings(BaseModel):
    """What template.yaml sets for scale_capacity."""

    model_config = ConfigDict(frozen=True, extra="ignore", str_min_length=1)

    classifier_endpoint: str
    reranker_endpoint: str
    endpoint_variant: str
    minimum_instances: int = Field(ge=2)
    maximum_instances: int = Field(ge=2)

    @property
    def fleets(self) -> dict[str, Fleet]:
        """The fleets that are scaled, by endpoint."""
        bounds = (self.endpoint_variant, self.minimum_instances, self.maximum_instances)
        return {name: Fleet(name, *bounds) for name in (self.classifier_endpoint, self.reranker_endpoint)}


class PlanningSettings(CapacitySettings):
    """What template.yaml sets for plan_releases."""

    calendar_bucket: str
    calendar_key: str
    schedule_group: str
    schedule_role_arn: str
    schedule_dead_letter_arn: str
    scale_capacity_arn: str
    release_lead_minutes: int = Field(ge=15)
    instance_invocations: int = Field(ge=1)

    @property
    def lead(self) -> timedelta:
        return timedelta(minutes=self.release_lead_minutes)


@cache
def capacity_settings() -> CapacitySettings:
    """The settings of this process; raises SettingsError."""
    return from_environment(CapacitySettings)


@cache
def planning_settings() -> PlanningSettings:
    """The settings of this process; raises SettingsError."""
    return from_environment(PlanningSettings)
