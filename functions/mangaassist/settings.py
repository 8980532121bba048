"""The functions' configuration: read from the environment once, on first use."""

import os
from functools import cache
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, Json, ValidationError, model_validator

from mangaassist.errors import SettingsError
from mangaassist.policy.deadline import REFERENCE_MS
from mangaassist.policy.pricing import prices_of
from mangaassist.tables import models

Model = TypeVar("Model", bound=BaseModel)
# Arguments with which InvokeEndpoint picks one of the models behind an endpoint; none where there is only one.
Target = dict[Literal["TargetModel", "CustomAttributes"], str]


class Settings(BaseModel):
    """What template.yaml sets for every function. A missing or empty value raises at once."""

    model_config = ConfigDict(frozen=True, extra="ignore", str_min_length=1)

    sessions_table: str
    catalogue_table: str
    customers_table: str
    breakers_table: str
    event_bus: str
    unsettled_turns_queue: str
    session_secret_id: str
    mode_parameter: str
    classifier_endpoint: str
    reranker_endpoint: str
    classifier_target: Json[Target]
    reranker_target: Json[Target]
    embedding_model_id: str
    embedding_dimensions: int = Field(gt=0)
    sonnet_model_id: str
    haiku_model_id: str
    guardrail_id: str
    guardrail_version: str
    search_endpoint: str
    turn_deadline_ms: int = Field(gt=0)
    token_issuer: str = Field(min_length=0)
    token_audience: str = Field(min_length=0)
    debug_replies: bool
    circuit_breakers: Literal["on", "off"]

    @model_validator(mode="after")
    def _models_are_known(self) -> "Settings":
        """A model without a price or thresholds would be called, and paid for, before anything failed."""
        for model_id in (self.sonnet_model_id, self.haiku_model_id, self.embedding_model_id):
            prices_of(model_id)
        if self.embedding_model_id not in models().embeddings:
            raise ValueError(f"tables/models.toml has no thresholds for {self.embedding_model_id}")
        return self

    @property
    def stretch(self) -> float:
        """By how much the deadline is longer than the one for which times are written down."""
        return self.turn_deadline_ms / REFERENCE_MS

    @property
    def embedding_space(self) -> str:
        """Vectors are comparable only within one space: the model and its dimensions."""
        return f"{self.embedding_model_id}:{self.embedding_dimensions}"


@cache
def settings() -> Settings:
    """The settings of this process; raises SettingsError."""
    return from_environment(Settings)


def from_environment(model: type[Model]) -> Model:
    """Settings of a kind from the environment variables that are named as its fields.

    Raises SettingsError naming each variable that is missing or malformed.
    """
    try:
        return model.model_validate({name.lower(): value for name, value in os.environ.items()})
    except ValidationError as error:
        problems = ", ".join(
            f"{'.'.join(map(str, problem['loc'])).upper()} {problem['msg']}".strip() for problem in error.errors()
        )
        raise SettingsError(f"set these environment variables as template.yaml does: {problems}") from error
