"""The configuration of the functions that plan and change capacity: read once, on first use."""

from datetime import timedelta
from functools import cache

from pydantic import BaseModel, ConfigDict, Field, Json, model_validator

from mangaassist.policy.capacity import Kind, Target
from mangaassist.settings import from_environment


class CapacitySettings(BaseModel):
    """What template.yaml sets for scale_capacity. A zero or an empty model id leaves its kind of capacity alone."""

    model_config = ConfigDict(frozen=True, extra="ignore", str_min_length=1)

    stage: str
    calendar_bucket: str
    classifier_endpoint: str
    reranker_endpoint: str
    endpoint_variant: str
    minimum_instances: int = Field(ge=2)
    maximum_instances: int = Field(ge=2)
    instance_invocations: float = Field(gt=0)
    capacity_headroom: float = Field(ge=1)
    throughput_model_id: str = Field(min_length=0)
    maximum_model_units: int = Field(ge=0)
    turn_functions: Json[tuple[str, ...]]
    reserved_concurrency: int = Field(ge=0)
    provisioned_concurrency: int = Field(ge=0)
    maximum_concurrency: int = Field(ge=0)

    @property
    def targets(self) -> dict[str, Target]:
        """All that is planned, by name."""
        instances = (self.minimum_instances, self.maximum_instances)
        endpoints = dict.fromkeys((self.classifier_endpoint, self.reranker_endpoint))
        found = [Target(endpoint, "fleet", *instances) for endpoint in endpoints]
        if self.throughput_model_id:
            found.append(Target(self._name("sonnet"), "throughput", 0, self.maximum_model_units))
        concurrency: list[tuple[Kind, int]] = [
            ("reserved", self.reserved_concurrency),
            ("warm", self.provisioned_concurrency),
        ]
        for kind, floor in concurrency:
            if floor:
                found.append(Target(self._name(kind), kind, floor, max(floor, self.maximum_concurrency)))
        return {target.name: target for target in found}

    def _name(self, kind: str) -> str:
        return f"mangaassist-{self.stage}-{kind}"


class PlanningSettings(CapacitySettings):
    """What template.yaml sets for plan_releases."""

    calendar_key: str
    schedule_group: str
    schedule_role_arn: str
    schedule_dead_letter_arn: str
    scale_capacity_arn: str
    release_lead_minutes: int = Field(ge=45)
    model_unit_tokens: float = Field(ge=0)

    @model_validator(mode="after")
    def _units_have_a_size(self) -> "PlanningSettings":
        if self.throughput_model_id and not self.model_unit_tokens:
            raise ValueError("model_unit_tokens: more than 0, where throughput is bought")
        return self

    @property
    def lead(self) -> timedelta:
        return timedelta(minutes=self.release_lead_minutes)

    @property
    def carried(self) -> float:
        """Invocations a minute that the smallest fleet is meant for."""
        return self.minimum_instances * self.instance_invocations / self.capacity_headroom


@cache
def capacity_settings() -> CapacitySettings:
    """The settings of this process; raises SettingsError."""
    return from_environment(CapacitySettings)


@cache
def planning_settings() -> PlanningSettings:
    """The settings of this process; raises SettingsError."""
    return from_environment(PlanningSettings)
