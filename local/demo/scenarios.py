"""What the demonstration sends, and what must come of it."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from local.demo.turns import Answer
from local.standins.fault_routes import FaultRequest
from mangaassist.policy.language import locale_of

SCENARIOS = Path(__file__).with_name("scenarios.toml")


class Scenario(BaseModel):
    """One turn. `degraded` holds exactly the fallbacks that must have fired."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    message: str
    locale: Literal["en", "ja"]
    customer: str | None = None
    route: Literal["template", "cached", "haiku", "sonnet", "handover"]
    degraded: tuple[str, ...] = ()
    faults: tuple[FaultRequest, ...] = ()


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    scenarios: list[Scenario]


def load_scenarios(path: Path = SCENARIOS) -> Sequence[Scenario]:
    """The scenarios of the file; raises pydantic's ValidationError for one that makes no sense."""
    return _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))).scenarios


def differences(scenario: Scenario, answer: Answer) -> list[str]:
    """How the answer is not what the scenario says; empty when it is."""
    if answer.status != 200:  # noqa: PLR2004 - HTTP's OK
        return [f"answered {answer.status}: {answer.body}"]
    expected = {"route": scenario.route, "degraded": sorted(scenario.degraded), "language": scenario.locale}
    found = {"route": answer.route, "degraded": sorted(answer.degraded), "language": locale_of(answer.reply)}
    return [
        f"{name} {_said(found[name])}, not {_said(expected[name])}"
        for name in expected
        if found[name] != expected[name]
    ]


def overran(answer: Answer) -> bool:
    """Whether a function ran out of its time budget."""
    return any(str(event.get("error")).endswith("TimeoutError") for event in answer.record.get("events", []))


def _said(value: object) -> str:
    return (", ".join(value) or "none") if isinstance(value, list) else str(value)
