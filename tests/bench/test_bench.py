"""What the benchmark makes of its figures."""

import io
from typing import Any

import pytest
from rich.console import Console

from bench.answers import opening
from bench.engines.twin import twin, ways
from bench.engines.workflow import InstantFunctions, definition, way
from bench.parts import PARTS, soak
from bench.results import Goal, Part, Result
from bench.samples import of_rounds, percentile
from bench.show import WIDTH, show, summary
from bench.soaking import Reading
from local.stepfunctions import StateMachine

READING = Reading(turns=0, rss_mib=100.0, threads=10, processes=0, files=5, tasks=0, records=200)


def state_names(definition: dict[str, Any]) -> set[str]:
    inner = [state_names(branch) for state in definition["States"].values() for branch in state.get("Branches", ())]
    return set(definition["States"]).union(*inner)


async def test_the_twin_takes_the_same_way_as_the_deployed_workflow() -> None:
    real = StateMachine.compile(definition(), name="real")
    twin_machine = StateMachine.compile(twin(definition()), name="twin")
    functions = InstantFunctions()

    first = await real.run(opening(), functions)
    second = await twin_machine.run(await way(), functions)

    assert (first.status, second.status) == ("SUCCEEDED", "SUCCEEDED")
    assert {(event.name, event.path) for event in first.events} == {(event.name, event.path) for event in second.events}


def test_the_twin_has_every_state_of_the_workflow() -> None:
    assert state_names(twin(definition())) == state_names(definition())
    assert set(ways(definition(), set()).values()) <= state_names(definition())


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50), (0.99, 99), (1.0, 100)])
def test_a_percentile_is_a_sample_by_nearest_rank(share: float, expected: float) -> None:
    assert percentile([float(number) for number in range(100, 0, -1)], share) == expected


def test_a_figure_is_the_median_of_its_rounds() -> None:
    assert of_rounds([[1.0, 2.0], [50.0, 60.0], [3.0, 4.0]], 1.0) == 4.0


@pytest.mark.parametrize(
    "leak",
    [{"rss_mib": 111.0}, {"threads": 30}, {"processes": 1}, {"files": 6}, {"tasks": 1}, {"records": 201}],
    ids=lambda leak: next(iter(leak)),
)
def test_a_leak_misses_a_binding_goal(leak: dict[str, Any]) -> None:
    steady = [READING] * 10
    grown = [READING] * 8 + [Reading(**{**vars_of(READING), **leak})] * 2

    assert [goal for goal in soak.goals(steady, 0, 20) if not goal.is_met] == []
    missed = Result(columns=(), rows=(), goals=soak.goals(grown, 0, 20)).failed
    assert len(missed) == 1


def vars_of(reading: Reading) -> dict[str, Any]:
    return {name: getattr(reading, name) for name in reading.__dataclass_fields__}


def test_a_wrong_turn_misses_a_binding_goal() -> None:
    assert len(Result(columns=(), rows=(), goals=soak.goals([READING] * 10, 1, 20)).failed) == 1


def test_a_table_is_at_most_eighty_columns_wide_and_says_what_was_missed() -> None:
    goals = [Goal("overhead", 2.5, 1.0, "ms"), Goal("ratio", 60.0, 50.0, "×", at_least=True)]
    result = Result(columns=("engine", "p50", "p99"), rows=[("ours", 0.5512, None)], goals=goals, notes=["n" * 200])
    out = io.StringIO()

    show(Console(file=out, width=WIDTH), Part("p", "Title", lambda _: pytest.fail("not called")), result)

    text = out.getvalue()
    assert max(map(len, text.splitlines())) <= WIDTH
    assert "missed  overhead: 2.50 ms (≤ 1)" in text
    assert "met     ratio: 60 × (≥ 50)" in text
    assert "0.551" in text


def test_the_parts_have_their_own_names() -> None:
    assert all(name == part.name and part.title for name, part in PARTS.items())


def test_the_summary_has_every_goal_and_every_part_that_was_not_measured() -> None:
    out = Console(file=io.StringIO(), width=WIDTH)
    goals = [Goal("fast enough", 0.5, 1.0, "ms"), Goal("often enough", 3.0, 4.0, at_least=True)]

    summary(out, {"first": Result(columns=(), rows=(), goals=goals), "second": "no such package"})

    assert isinstance(out.file, io.StringIO)
    lines = [line.split() for line in out.file.getvalue().splitlines()]
    assert ["first", "fast", "enough", "0.500", "ms", "≤", "1", "met"] in lines
    assert ["first", "often", "enough", "3", "≥", "4", "missed"] in lines
    assert ["second", "not", "measured", "missed"] in lines
