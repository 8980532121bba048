"""`python -m bench [PART…]`: measure the parts named, or all but the slow ones.

Ends with 1 when a binding goal is missed or a part could not be measured.
"""

import argparse
import asyncio
import json
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from bench.parts import PARTS
from bench.results import Part, Result, UnmeasurableError
from bench.show import console, show

REPORT = Path("reports/bench.json")


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    arguments.add_argument("parts", nargs="*", metavar="PART", help=f"one of {', '.join(PARTS)}, or all")
    chosen = _chosen(arguments.parse_args().parts, arguments)
    out = console()
    failed = False
    for part in chosen:
        outcome = _measured(part, out)
        _write(part.name, outcome)
        failed |= isinstance(outcome, str) or bool(outcome.failed)
    out.print(f"All figures: {REPORT}")
    return int(failed)


def _chosen(names: list[str], arguments: argparse.ArgumentParser) -> list[Part]:
    unknown = [name for name in names if name not in {*PARTS, "all"}]
    if unknown:
        arguments.error(f"no part {', '.join(unknown)}: there are {', '.join(PARTS)}")
    if "all" in names:
        return list(PARTS.values())
    return [PARTS[name] for name in names] or [part for part in PARTS.values() if not part.slow]


def _measured(part: Part, out: Console) -> Result | str:
    with out.status(f"{part.name} …") as status:
        try:
            result = asyncio.run(part.measure(lambda text: status.update(f"{part.name}: {text}")))
        except UnmeasurableError as error:
            out.print(f"{part.title}\n  not measured: {error}\n")
            return str(error)
    show(out, part, result)
    return result


def _write(name: str, outcome: Result | str) -> None:
    """The figures of this run in place of older ones of the same part."""
    REPORT.parent.mkdir(exist_ok=True)
    earlier: dict[str, Any] = json.loads(REPORT.read_text(encoding="utf-8")) if REPORT.exists() else {}
    REPORT.write_text(
        json.dumps({**earlier, name: _document(outcome)}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )


def _document(outcome: Result | str) -> dict[str, Any]:
    run: dict[str, Any] = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": platform.platform(),
    }
    return run | ({"not_measured": outcome} if isinstance(outcome, str) else outcome.document())


if __name__ == "__main__":
    sys.exit(main())
