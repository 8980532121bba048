"""What a function's process costs before its first event: importing its handler, and what is made before a snapshot."""

import asyncio
import os
import sys
import time
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Final

from bench.results import Cell, Result, Say, UnmeasurableError
from bench.service import deployed

RUNS: Final = 5
BARE: Final = "pass"
IMPORT: Final = "import importlib, sys; importlib.import_module(sys.argv[1])"
READY: Final = (
    f"{IMPORT}; import snapshot_restore_py as hooks;"
    " [call(*args, **named) for call, args, named in hooks.get_before_snapshot()]"
)
ENVIRONMENT: Final[Mapping[str, str]] = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "PYTHONPATH": "functions",
}


async def measure(say: Say) -> Result:
    environments = {spec.handler.rpartition(".")[0]: spec.environment for spec in deployed().functions().values()}
    modules = sorted(environments)
    bare: list[float] = []
    imported: dict[str, list[float]] = {module: [] for module in modules}
    ready: dict[str, list[float]] = {module: [] for module in modules}
    for number in range(RUNS + 1):
        for module in modules:
            say(f"round {number} of {RUNS}: {module}")
            times = [await _process_ms(code, module, environments[module]) for code in (BARE, IMPORT, READY)]
            if number:  # the first round fills the disk's cache
                for samples, ms in zip((bare, imported[module], ready[module]), times, strict=True):
                    samples.append(ms)
    return Result(
        columns=("function", "import ms", "times", "ready ms", "times"),
        rows=_rows(bare, imported, ready),
        notes=[
            f"From the start of a process to its end, medians of {RUNS}, and times bare Python, which runs `pass`. "
            "Ready: with boto3's clients, which are made before a SnapStart snapshot is taken, or else before the "
            "first step.",
            "tests/handlers/test_imports.py holds what a handler may import.",
        ],
    )


def _rows(
    bare: Sequence[float], imported: Mapping[str, Sequence[float]], ready: Mapping[str, Sequence[float]]
) -> list[list[Cell]]:
    least = median(bare)
    rows: list[list[Cell]] = [["bare Python", least, 1.0, None, None]]
    for module in imported:
        first, second = median(imported[module]), median(ready[module])
        rows.append([module.partition(".")[0], first, first / least, second, second / least])
    return rows


async def _process_ms(code: str, module: str, environment: Mapping[str, str]) -> float:
    started = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-c", code, module, env={**os.environ, **environment, **ENVIRONMENT}
    )
    if await process.wait() != 0:
        raise UnmeasurableError(f"{module} cannot be imported: its own output says why")
    return (time.perf_counter() - started) * 1000
