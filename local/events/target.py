"""A target of a rule or schedule, and how long delivery to it is tried."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

_DEFAULT_ATTEMPTS: Final = 185
_DEFAULT_AGE_S: Final = 86_400


@dataclass(frozen=True)
class RetryPolicy:
    """Retries end with whichever is reached first. What is not set is EventBridge's default."""

    maximum_attempts: int = _DEFAULT_ATTEMPTS
    maximum_age_s: float = _DEFAULT_AGE_S

    @classmethod
    def of(cls, target: Mapping[str, Any]) -> "RetryPolicy":
        """The RetryPolicy of a target."""
        policy = target.get("RetryPolicy", {})
        return cls(
            maximum_attempts=int(policy.get("MaximumRetryAttempts", _DEFAULT_ATTEMPTS)),
            maximum_age_s=float(policy.get("MaximumEventAgeInSeconds", _DEFAULT_AGE_S)),
        )


@dataclass(frozen=True)
class Target:
    """Where something is sent. `parameters` are what only targets of its service have."""

    arn: str
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    dead_letter_arn: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, target: Mapping[str, Any]) -> "Target":
        """The target that a request describes."""
        parameters = {**target.get("SqsParameters", {}), **target.get("EventBridgeParameters", {})}
        return cls(
            arn=target["Arn"],
            retry=RetryPolicy.of(target),
            dead_letter_arn=target.get("DeadLetterConfig", {}).get("Arn"),
            parameters=parameters,
        )
