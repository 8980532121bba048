"""How an answer came about, in a letter."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LATEST_MS = 3_000
LEGEND = (
    "ms, and how it was answered: = as on a calm day; f a fallback, named in `degraded`; s shortened to whole "
    "sentences; w withheld; h handed to a person; u another answer, and nothing said so; c cut, and nothing said so; "
    "x an error instead of an answer; ! later than {latest:,} ms."
)
UNNOTICED, CUT, FAILED = "u", "c", "x"


@dataclass(frozen=True)
class Answered:
    """One cell: `way` is a letter of the legend; `degraded` are the fallbacks that were named."""

    ms: float
    way: str
    degraded: tuple[str, ...] = ()
    latest_ms: float = LATEST_MS

    @property
    def is_late(self) -> bool:
        return self.ms > self.latest_ms

    @property
    def cell(self) -> str:
        return f"{self.ms:.0f} {self.way}{'!' if self.is_late else ''}"


def way_of(answer: Mapping[str, Any], calm: Mapping[str, Any]) -> str:
    """Of the API's answer, beside the one on a calm day."""
    degraded = set(answer["degraded"]) - set(calm["degraded"])
    if answer["route"] == "handover":
        return "h"
    for name, way in (("withheld", "w"), ("shortened", "s")):
        if name in degraded:
            return way
    if degraded:
        return "f"
    same = all(answer[name] == calm[name] for name in ("reply", "route", "sources", "products"))
    return "=" if same else UNNOTICED
