"""Scorecards of the fault catalogue in real time: a turn of the running stack for every fault, and for pairs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace

from bench.faults.peer import GENERATION_MS, MISSING, Router, router
from bench.faults.stack import Asked, asked
from bench.faults.ways import CUT, FAILED, LATEST_MS, LEGEND, UNNOTICED, Answered
from bench.results import Cell, Goal, Result, Say
from local.standins.fault_catalogue import IN_PROCESS_ONLY, MODELS, TARGETS, Mode
from local.standins.faults import Fault

STORES = ("search", "dynamodb", "events", "queue")
PAIRED = (*MODELS, "search", "dynamodb")
FLAPPING_MS = 150
FLAPPING = f"flapping, {FLAPPING_MS} ms"
MODES = [mode for mode in Mode if mode not in IN_PROCESS_ONLY]
LITELLM, ONE_OF_TWO = "LiteLLM", "1 of 2"
SHORT = {
    "classifier": "intent",
    "embedding": "embed",
    "reranker": "rerank",
    "guardrail": "guard",
    "dynamodb": "dynamo",
}
# What a slow answer takes: beyond every step's budget, and within what a caller of LiteLLM would still wait for.
SLOW_MS = 5_000
Cells = Mapping[tuple[str, str], Answered]


async def models(say: Say) -> Result:
    """Every fault of the five models; beside it LiteLLM's Router on those of the language model."""
    cells: dict[tuple[str, str], Answered] = {}
    async with asked(say) as stack:
        for row, target, fault in _singly(MODELS):
            say(f"{target}: {row}")
            cells[row, target] = await stack.meeting(fault)
        async with router(stack) as peer:
            if peer is not None:
                cells |= await _of_the_peer(peer, stack, say)
    columns = (*MODELS, LITELLM, ONE_OF_TWO) if (MODES[0], LITELLM) in cells else MODELS
    return _result(columns, cells, [_ABOUT_THE_PEER if LITELLM in columns else MISSING, *stack.notes])


async def stores(say: Say) -> Result:
    """Every fault of the stores; that of the queue while DynamoDB takes no turn."""
    cells: dict[tuple[str, str], Answered] = {}
    async with asked(say) as stack:
        for row, target, fault in _singly(STORES):
            say(f"{target}: {row}")
            beside = [_UNSAVED] if target == "queue" else []
            cells[row, target] = await stack.meeting(fault, *beside)
    return _result(STORES, cells, [_ABOUT_STORES, *stack.notes])


async def pairs(say: Say) -> Result:
    """Two dependencies that answer 500 at once."""
    cells: dict[tuple[str, str], Answered] = {}
    async with asked(say) as stack:
        for place, one in enumerate(PAIRED):
            for other in PAIRED[place:]:
                say(f"{one} and {other}")
                faults = [Fault(target=target, mode=Mode.ERROR) for target in {one, other}]
                cells[one, other] = await stack.meeting(*faults)
    return _result(PAIRED, cells, ["Both answer 500; on the diagonal one by itself.", *stack.notes], PAIRED)


def _singly(targets: Iterable[str]) -> Iterable[tuple[str, str, Fault]]:
    """The name of a row, the target, the fault."""
    for mode in MODES:
        for target in targets:
            if mode in TARGETS[target]:
                yield mode, target, Fault(target=target, mode=mode, delay_ms=SLOW_MS)
    for target in targets:
        yield FLAPPING, target, Fault(target=target, mode=Mode.ERROR, flapping_ms=FLAPPING_MS)


async def _of_the_peer(peer: Router, stack: Asked, say: Say) -> Cells:
    cells = {}
    first, _ = stack.language_models
    for row, _, fault in _singly(["llm"]):
        for column, matching in ((LITELLM, ()), (ONE_OF_TWO, (first,))):
            say(f"{column}: {row}")
            cells[row, column] = await peer.meeting(replace(fault, matching=matching))
    return cells


def _result(columns: Sequence[str], cells: Cells, notes: Sequence[str], names: Sequence[str] = ()) -> Result:
    rows: list[list[Cell]] = []
    for name in names or [*MODES, FLAPPING]:
        found = [cells.get((name, column)) for column in columns]
        if any(found):
            rows.append([SHORT.get(name, name).replace("_", " "), *(one.cell if one else None for one in found)])
    ours = {place: one for place, one in cells.items() if place[1] not in (LITELLM, ONE_OF_TWO)}
    return Result(
        columns=("fault", *(SHORT.get(column, column) for column in columns)),
        rows=rows,
        goals=_goals(list(ours.values())),
        notes=[LEGEND.format(latest=LATEST_MS), *notes],
        details={"cells": [{"row": row, "column": column, **asdict(one)} for (row, column), one in cells.items()]},
    )


def _goals(ours: Sequence[Answered]) -> list[Goal]:
    late, failed = sum(one.is_late for one in ours), sum(one.way == FAILED for one in ours)
    silent = sum(one.way in (UNNOTICED, CUT) for one in ours)
    return [
        Goal(f"turns of {len(ours)} answered after {LATEST_MS:,} ms", late, 0),
        Goal("turns without an answer", failed, 0, binding=True),
        Goal("answers that hide what they lack", silent, 0, binding=True),
    ]


_UNSAVED = Fault(target="dynamodb", mode=Mode.ERROR, matching=("TransactWriteItems",))
_ABOUT_STORES = (
    "The queue is asked only while DynamoDB takes no turn: that column is both. SSM and Secrets Manager are read by "
    "the first turn alone: tests/faults shows their faults."
)
_ABOUT_THE_PEER = (
    f"{LITELLM}: its Router before the same two models, with a retry, a fallback from the first to the second, and "
    f"time-outs of {GENERATION_MS:,} ms, after which ! stands: the language model alone, streamed. {ONE_OF_TWO}: only "
    "its first model fails. It has no other answer than a model's; whether a text is right, its caller must judge."
)
