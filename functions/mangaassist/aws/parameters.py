"""The session secret and the operating mode, kept for a short time so that a change needs no deployment."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from mangaassist.aws.calls import NamedErrors, call_within
from mangaassist.aws.clients import client
from mangaassist.errors import StoreError

Value = TypeVar("Value")

PARAMETERS = NamedErrors(StoreError, StoreError)
SECRET_KEPT_S = 300.0
MODE_KEPT_S = 15.0


@dataclass
class Kept(Generic[Value]):
    """A value that is fetched again once it is old; an old one serves when it cannot be."""

    fetch: Callable[[int], Value]
    life_s: float
    value: Value | None = None
    fetched_at: float = float("-inf")

    def get(self, budget_ms: int) -> Value:
        """Raises StoreError when there is no value yet and none can be had."""
        if time.monotonic() - self.fetched_at < self.life_s and self.value is not None:
            return self.value
        try:
            self.value = self.fetch(budget_ms)
            self.fetched_at = time.monotonic()
        except StoreError:
            if self.value is None:
                raise
        return self.value


def secret(secret_id: str) -> Kept[str]:
    """A secret of Secrets Manager."""

    def fetch(budget_ms: int) -> str:
        call = lambda: client("secretsmanager").get_secret_value(SecretId=secret_id)  # noqa: E731 - one expression
        return str(call_within(budget_ms, call, PARAMETERS)["SecretString"])

    return Kept(fetch, SECRET_KEPT_S)


def parameter(name: str) -> Kept[str]:
    """A parameter of Systems Manager."""

    def fetch(budget_ms: int) -> str:
        call = lambda: client("ssm").get_parameter(Name=name)  # noqa: E731 - one expression
        return str(call_within(budget_ms, call, PARAMETERS)["Parameter"]["Value"])

    return Kept(fetch, MODE_KEPT_S)
