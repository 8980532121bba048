"""Instance prices, and the instance table of the production system: `prices.toml`."""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from pydantic import BaseModel, ConfigDict

_FILE = Path(__file__).with_name("prices.toml")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Measured(_Frozen):
    """A row of an instance table; its cost as printed, so that its rounding is known."""

    instance: str
    average_ms: float
    p99_ms: float
    dollars_a_million: Decimal


class PriceList(_Frozen):
    """Dollars an hour by instance type; `verified` says whether the source is the seller's own list."""

    source: str
    date: str
    verified: bool
    hourly: Mapping[str, float]
    measured: tuple[Measured, ...] = ()

    def note(self) -> str:
        """Where the prices come from."""
        return f"Prices: {self.source} ({self.date}{'' if self.verified else ', unverified'})."


def price_list(name: str) -> PriceList:
    """A list by its name in the file."""
    return PriceList.model_validate(tomllib.loads(_FILE.read_text(encoding="utf-8"))[name])
