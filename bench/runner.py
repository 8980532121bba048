"""Measure parts, show each one's table, and keep the figures in a report."""

import argparse
import asyncio
import json
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from bench.results import Part, Result, UnmeasurableError
from bench.show import console, show, summary


def run(program: str, description: str | None, parts: Mapping[str, Part], report: Path) -> int:
    """The parts named on the command line, or all but the slow ones, and one table of all goals.

    Gives 1 where a binding goal is missed or a part could not be measured.
    """
    arguments = argparse.ArgumentParser(prog=program, description=description)
    arguments.add_argument("parts", nargs="*", metavar="PART", help=f"one of {', '.join(parts)}, or all")
    chosen = _chosen(arguments.parse_args().parts, parts, arguments)
    out = console()
    outcomes: dict[str, Result | str] = {}
    for part in chosen:
        outcomes[part.name] = _measured(part, out)
        _write(report, part.name, outcomes[part.name])
    if len(chosen) > 1:
        summary(out, outcomes)
    out.print(f"All figures: {report}")
    return int(any(isinstance(outcome, str) or outcome.failed for outcome in outcomes.values()))


def _chosen(names: list[str], parts: Mapping[str, Part], arguments: argparse.ArgumentParser) -> list[Part]:
    unknown = [name for name in names if name not in {*parts, "all"}]
    if unknown:
        arguments.error(f"no part {', '.join(unknown)}: there are {', '.join(parts)}")
    if "all" in names:
        return list(parts.values())
    return [parts[name] for name in names] or [part for part in parts.values() if not part.slow]


def _measured(part: Part, out: Console) -> Result | str:
    with out.status(f"{part.name} …") as status:
        try:
            result = asyncio.run(part.measure(lambda text: status.update(f"{part.name}: {text}")))
        except UnmeasurableError as error:
            out.print(f"{part.title}\n  not measured: {error}\n")
            return str(error)
    show(out, part, result)
    return result


def _write(report: Path, name: str, outcome: Result | str) -> None:
    """The figures of this run in place of older ones of the same part."""
    report.parent.mkdir(exist_ok=True)
    earlier: dict[str, Any] = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {}
    report.write_text(
        json.dumps({**earlier, name: _document(outcome)}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )


def _document(outcome: Result | str) -> dict[str, Any]:
    run: dict[str, Any] = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": platform.platform(),
    }
    return run | ({"not_measured": outcome} if isinstance(outcome, str) else outcome.document())
