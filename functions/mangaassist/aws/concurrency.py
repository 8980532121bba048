"""What Lambda sets aside for the functions of a turn, and keeps warm of them.

https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html
https://docs.aws.amazon.com/lambda/latest/api/API_PutProvisionedConcurrencyConfig.html
"""

from dataclasses import dataclass
from typing import Any

from mangaassist.aws.operations import named, operations_client
from mangaassist.policy.capacity import ConcurrencyError, Target

ALIAS = "live"
READY = "READY"


@dataclass(frozen=True)
class Reserved:
    """Concurrent executions set aside for each function. Its level is the least that any of them has."""

    target: Target
    functions: tuple[str, ...]

    def level(self) -> int:
        """Raises ConcurrencyError."""
        with named(ConcurrencyError):
            answers = [_lambda().get_function_concurrency(FunctionName=name) for name in self.functions]
        return min(int(answer.get("ReservedConcurrentExecutions", 0)) for answer in answers)

    def set(self, level: int) -> None:
        """Raises ConcurrencyError, also where the account has no more to set aside."""
        with named(ConcurrencyError):
            for name in self.functions:
                _lambda().put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=level)

    def ready(self, level: int) -> bool:
        """What is set aside is so at once. Raises ConcurrencyError."""
        return self.level() >= level


@dataclass(frozen=True)
class Warm:
    """Environments kept warm for the alias of each function. Its level is the least that any of them has."""

    target: Target
    functions: tuple[str, ...]

    def level(self) -> int:
        """Raises ConcurrencyError."""
        return min(int(config["RequestedProvisionedConcurrentExecutions"]) for config in self._configs())

    def set(self, level: int) -> None:
        """Raises ConcurrencyError."""
        with named(ConcurrencyError):
            for name in self.functions:
                _lambda().put_provisioned_concurrency_config(
                    FunctionName=name, Qualifier=ALIAS, ProvisionedConcurrentExecutions=level
                )

    def ready(self, level: int) -> bool:
        """Whether so many are warm; raises ConcurrencyError."""
        return all(
            config["Status"] == READY and config["AvailableProvisionedConcurrentExecutions"] >= level
            for config in self._configs()
        )

    def _configs(self) -> list[dict[str, Any]]:
        with named(ConcurrencyError):
            return [
                _lambda().get_provisioned_concurrency_config(FunctionName=name, Qualifier=ALIAS)
                for name in self.functions
            ]


def _lambda() -> Any:
    return operations_client("lambda")
