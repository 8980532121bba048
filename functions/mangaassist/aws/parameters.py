"""The session secret and the operating mode, kept for a short time so that a change needs no deployment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from mangaassist.aws.calls import Dependency, call_within
from mangaassist.aws.clients import client
from mangaassist.errors import StoreError
from mangaassist.host import host

Value = TypeVar("Value")

SECRETS = Dependency("secretsmanager", StoreError, StoreError)
PARAMETERS = Dependency("ssm", StoreError, StoreError)
SECRET_KEPT_S = 300.0
MODE_KEPT_S = 15.0
REFRESH_MS = 200
RETRY_S = 5.0


@dataclass
class Kept(Generic[Value]):
    """A value that is fetched again once it is old; an old one serves when it cannot be.

    While there is a value, fetching takes little of a turn's time, and a failure is not repeated by the next turn.
    """

    fetch: Callable[[int], Value]
    life_s: float
    value: Value | None = None
    fresh_until: float = float("-inf")

    def get(self, budget_ms: int) -> Value:
        """Raises StoreError when there is no value yet and none can be had."""
        if self.value is None:
            # Whoever asks has more to ask for.
            return self._fetched(budget_ms // 2)
        if host().monotonic() < self.fresh_until:
            return self.value
        try:
            return self._fetched(min(budget_ms, REFRESH_MS))
        except StoreError:
            self.fresh_until = host().monotonic() + RETRY_S
            return self.value

    def _fetched(self, budget_ms: int) -> Value:
        self.value = self.fetch(budget_ms)
        self.fresh_until = host().monotonic() + self.life_s
        return self.value


def secret(secret_id: str) -> Kept[str]:
    """A secret of Secrets Manager."""

    def fetch(budget_ms: int) -> str:
        manager = client("secretsmanager")
        answer = call_within(budget_ms, lambda: manager.get_secret_value(SecretId=secret_id), SECRETS)
        return _text(answer, "SecretString")

    return Kept(fetch, SECRET_KEPT_S)


def parameter(name: str, *, default: str) -> Kept[str]:
    """A parameter of Systems Manager; the default until it can be read."""

    def fetch(budget_ms: int) -> str:
        manager = client("ssm")
        answer = call_within(budget_ms, lambda: manager.get_parameter(Name=name), PARAMETERS)
        return _text(answer.get("Parameter", {}), "Value")

    return Kept(fetch, MODE_KEPT_S, value=default)


def _text(answer: Mapping[str, Any], field: str) -> str:
    if field not in answer:
        raise StoreError(f"the answer has no {field}")
    return str(answer[field])
