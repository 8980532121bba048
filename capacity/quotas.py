"""Which of the account's quotas a forecast peak would exceed, and by how much. Pure."""

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from mangaassist.tables import releases

TABLE = Path(__file__).with_name("quotas.toml")
ANY = "any"
INSTANCES = "instances"


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Quota(_Row):
    """One quota; the fields are explained in quotas.toml."""

    service: str
    name: str
    demand: str
    default: dict[str, float]
    source: str
    code: str | None = None

    def documented(self, region: str) -> float | None:
        return self.default.get(region, self.default.get(ANY))


class Turn(_Row):
    """What a turn takes on average."""

    function_seconds: float
    session_writes: int


class Quotas(_Row):
    quotas: tuple[Quota, ...]
    turn: Turn


@dataclass(frozen=True)
class Finding:
    """A quota and what the peak asks of it; `limit` is None where it could not be had."""

    quota: Quota
    needed: float
    limit: float | None
    documented: bool

    @property
    def excess(self) -> float:
        """By how much the peak exceeds it; 0 where it does not, or nobody knows."""
        return max(0.0, self.needed - self.limit) if self.limit is not None else 0.0


def table() -> Quotas:
    """The quotas of quotas.toml."""
    return Quotas.model_validate(tomllib.loads(TABLE.read_text(encoding="utf-8")))


def named(quotas: Quotas, models: Mapping[str, str], instances: Iterable[str]) -> list[Quota]:
    """The quotas by the names they have for these models and instance types."""
    found = []
    for quota in quotas.quotas:
        if "{instance}" in quota.name:
            found += [quota.model_copy(update={"name": quota.name.format(instance=one)}) for one in instances]
        else:
            found.append(quota.model_copy(update={"name": quota.name.format(**models)}))
    return found


def peak_turns(plan: Mapping[str, Any]) -> float:
    """The most turns a minute of all releases that a plan forecasts: each turn is classified once."""
    first = next(iter(plan["forecasts"]), None)
    peaks = [one["peak_per_minute"] for one in plan["forecasts"] if first and one["endpoint"] == first["endpoint"]]
    return max(peaks, default=0.0)


def demands(turns_a_minute: float, turn: Turn) -> dict[str, float]:
    """What a peak asks for, by the names of quotas.toml."""
    shares, a_second = releases().turn, turns_a_minute / 60
    return {
        "requests a second": a_second,
        "concurrent executions": a_second * turn.function_seconds,
        "session writes a second": a_second * turn.session_writes,
        "sonnet tokens a minute": turns_a_minute * shares.sonnet_share * shares.tokens_per_call,
        "haiku tokens a minute": turns_a_minute * shares.haiku_share * shares.tokens_per_call,
        "guarded replies a second": a_second * (shares.sonnet_share + shares.haiku_share),
    }


def compared(
    quotas: Iterable[Quota],
    needed: Mapping[str, float],
    instances: Mapping[str, int],
    limits: Mapping[str, float],
    region: str,
) -> list[Finding]:
    """Each quota against the account's own limit by name, or what AWS documents; the exceeded ones first."""
    findings = []
    for quota in quotas:
        ask = instances[quota.name.split(" ")[0]] if quota.demand == INSTANCES else needed[quota.demand]
        own = limits.get(quota.name)
        findings.append(Finding(quota, math.ceil(ask), quota.documented(region) if own is None else own, own is None))
    return sorted(findings, key=lambda one: (one.excess == 0, one.limit is not None, one.quota.service))
