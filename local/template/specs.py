"""What the template deploys, as the local stack needs it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class EventInvokeSpec:
    """How often and for how many seconds an asynchronous invocation is tried, and who is told of its end.

    Destinations get a record of the invocation, the dead-letter queue the event itself.
    """

    retries: int = 2
    maximum_age_s: float = 21_600
    on_failure_arn: str | None = None
    on_success_arn: str | None = None
    dead_letter_arn: str | None = None

    @classmethod
    def of(cls, config: Mapping[str, Any], dead_letters: Mapping[str, Any]) -> "EventInvokeSpec":
        """A function's EventInvokeConfig and DeadLetterQueue."""
        destinations = config.get("DestinationConfig", {})
        return cls(
            retries=int(config.get("MaximumRetryAttempts", cls.retries)),
            maximum_age_s=float(config.get("MaximumEventAgeInSeconds", cls.maximum_age_s)),
            on_failure_arn=destinations.get("OnFailure", {}).get("Destination"),
            on_success_arn=destinations.get("OnSuccess", {}).get("Destination"),
            dead_letter_arn=dead_letters.get("TargetArn"),
        )


@dataclass(frozen=True)
class FunctionSpec:
    """A Lambda function. `timeout_s` in seconds; `reserved_concurrency` None means the account's pool.

    `log_format` is Text or JSON; `log_level` None leaves it to the code.
    """

    logical_id: str
    name: str
    arn: str
    handler: str
    task_root: Path
    environment: Mapping[str, str]
    timeout_s: float
    memory_mb: int
    reserved_concurrency: int | None
    alias: str | None
    snap_start: bool
    log_format: str = "Text"
    log_level: str | None = None
    event_invoke: EventInvokeSpec = field(default_factory=EventInvokeSpec)

    @property
    def arns(self) -> tuple[str, ...]:
        """Every ARN it answers to: unqualified, $LATEST and its alias."""
        return (self.arn, f"{self.arn}:$LATEST", *((f"{self.arn}:{self.alias}",) if self.alias else ()))


@dataclass(frozen=True)
class StateMachineSpec:
    """A state machine: its definition as JSON text, substitutions made. `kind` is STANDARD or EXPRESS."""

    logical_id: str
    name: str
    arn: str
    kind: str
    definition: str
    alias: str | None


@dataclass(frozen=True)
class ApiSpec:
    """A REST API: its OpenAPI document, its gateway responses by type and its other properties, as deployed."""

    logical_id: str
    name: str
    stage: str
    document: Mapping[str, Any]
    gateway_responses: Mapping[str, Any]
    properties: Mapping[str, Any]


@dataclass(frozen=True)
class ResourceSpec:
    """Any other resource: its properties resolved, its physical name and its Ref."""

    logical_id: str
    type: str
    name: str
    ref: str
    properties: Mapping[str, Any]
