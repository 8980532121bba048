"""How many invocations may be under way: of a function with reserved concurrency, and of all others together.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
"""

from collections.abc import Iterable

from local.template import FunctionSpec

ACCOUNT_LIMIT = 1_000


class Concurrency:
    """A ceiling, and what is under way beneath it."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.taken = 0

    def take(self) -> bool:
        """Whether one more may begin; it counts until it is given back."""
        if self.taken >= self.limit:
            return False
        self.taken += 1
        return True

    def give_back(self) -> None:
        self.taken -= 1


def ceilings(specs: Iterable[FunctionSpec], account: int = ACCOUNT_LIMIT) -> dict[str, Concurrency]:
    """By function name. What is reserved is taken from the account's limit; the rest is shared."""
    specs = list(specs)
    shared = Concurrency(max(0, account - sum(spec.reserved_concurrency or 0 for spec in specs)))
    return {
        spec.name: shared if spec.reserved_concurrency is None else Concurrency(spec.reserved_concurrency)
        for spec in specs
    }
