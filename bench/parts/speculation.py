"""What it costs to retrieve before the intent is known, and what it saves."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bench.latencies import function_seconds
from bench.results import Cell, Goal, Result, Say
from bench.samples import of_rounds
from bench.service import deployed
from bench.timed_functions import TimedFunctions, exactly, opening
from local.stepfunctions import StateMachine
from local.template import Deployment

ROUNDS: Final = 3
TURNS: Final = 6
SLOW_S: Final = 0.8
CLASSIFIER_S: Final = (0.025, 0.05, 0.1)
CLASSIFY, RETRIEVE = "classify_intent", "retrieve_passages"


@dataclass(frozen=True)
class Case:
    """A route with the times of some functions, in seconds."""

    label: str
    route: str
    seconds: Mapping[str, float]


INSTANT: Final = Case("template, retrieval at once", "template", {RETRIEVE: 0.0})
SLOW: Final = Case(f"template, retrieval takes {SLOW_S * 1000:.0f} ms", "template", {RETRIEVE: SLOW_S})


async def measure(say: Say) -> Result:
    pairs = [(_in_sequence(seconds), _speculated(seconds)) for seconds in CLASSIFIER_S]
    cases = [INSTANT, SLOW, *(case for pair in pairs for case in pair)]
    p50 = await _medians(cases, say)
    return Result(
        columns=("turn", "p50, ms", "saved, ms"),
        rows=[[case.label, p50[case.label], None] for case in (INSTANT, SLOW)] + _savings(pairs, p50),
        goals=[Goal("template, slow over instant retrieval", p50[SLOW.label] / p50[INSTANT.label], 1.05, "×")],
        notes=[
            "The deployed workflow with functions that only wait, in real time. A turn that discards its retrieval "
            "leaves the function to end on its own, as Lambda does."
        ],
    )


def _speculated(classifier: float) -> Case:
    return Case(f"llm, classifier {classifier * 1000:.0f} ms, side by side", "llm", {CLASSIFY: classifier})


def _in_sequence(classifier: float) -> Case:
    """Retrieval that begins once the classifier has answered ends later by the classifier's time."""
    seconds = {CLASSIFY: classifier, RETRIEVE: classifier + function_seconds(RETRIEVE)}
    return Case(f"llm, classifier {classifier * 1000:.0f} ms, in sequence", "llm", seconds)


def _savings(pairs: Sequence[tuple[Case, Case]], p50: Mapping[str, float]) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for sequence, speculated in pairs:
        before, after = p50[sequence.label], p50[speculated.label]
        rows += [[sequence.label, before, None], [speculated.label, after, before - after]]
    return rows


async def _medians(cases: Sequence[Case], say: Say) -> dict[str, float]:
    """Milliseconds of a turn by the case's label: the median over rounds of the median of each."""
    deployment = deployed()
    turns = {case.label: _Turns(case, deployment) for case in cases}
    rounds: dict[str, list[list[float]]] = {case.label: [] for case in cases}
    for number in range(ROUNDS + 1):
        for label, case_turns in turns.items():
            say(f"round {number} of {ROUNDS}: {label}")
            measured = [await case_turns.take() for _ in range(TURNS)]
            if number:  # the first round warms up
                rounds[label].append(measured)
    return {label: of_rounds(measured, 0.5) for label, measured in rounds.items()}


class _Turns:
    """Turns of one case through the deployed workflow."""

    def __init__(self, case: Case, deployment: Deployment) -> None:
        (spec,) = (one for one in deployment.state_machines().values() if one.kind == "EXPRESS")
        self._machine = StateMachine.compile(json.loads(spec.definition), name=spec.name)
        self._functions = TimedFunctions(deployment.functions().values(), wait=exactly, others=case.seconds)
        self._opening = opening(case.route)

    async def take(self) -> float:
        started = time.perf_counter()
        record = await self._machine.run(self._opening, self._functions.invoke)
        assert record.status == "SUCCEEDED", record.cause
        return (time.perf_counter() - started) * 1000
