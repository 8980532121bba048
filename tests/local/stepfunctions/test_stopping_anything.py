"""Whatever the branches do when one fails, all end at that moment."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.local.stepfunctions.scenarios import (
    catch,
    execute,
    fail,
    machine_of,
    parallel,
    wait,
)

Steps = list[Any]
"""A branch: seconds to wait, or a list of branches that run side by side."""

seconds = st.integers(0, 5)
branches: st.SearchStrategy[Steps] = st.recursive(
    st.lists(seconds, min_size=1, max_size=4),
    lambda inner: st.lists(seconds | st.lists(inner, min_size=1, max_size=3), min_size=1, max_size=3),
    max_leaves=12,
)


def states_of(steps: Steps, names: Iterator[int], last: dict[str, Any]) -> dict[str, Any]:
    """The states of a branch, one after the other, with `last` behind them."""
    states: dict[str, Any] = {}
    for step in steps:
        name = f"S{next(names)}"
        if isinstance(step, int):
            states[name] = wait(step)
        else:
            states[name] = parallel(*(states_of(branch, names, {"Type": "Succeed"}) for branch in step))
    states[f"S{next(names)}"] = last
    ordered = list(states)
    for name, following in pairwise(ordered):
        states[name] = {**{key: value for key, value in states[name].items() if key != "End"}, "Next": following}
    return states


@settings(deadline=None)
@given(branches, st.lists(branches, min_size=1, max_size=3))
def test_given_any_branches_when_one_fails_then_all_end_at_that_moment_and_none_starts_a_state_later(
    failing: Steps, others: list[Steps]
) -> None:
    names = iter(range(1000))
    side_by_side = [states_of(failing, names, fail("Broken"))]
    side_by_side += [states_of(steps, names, wait(250)) for steps in others]
    definition = machine_of({"P": parallel(*side_by_side, Catch=catch("Caught")), "Caught": wait(10)})
    record = execute(definition, {}, {}).record

    around, *inside, caught = record.events
    failed_at = around.left or 0
    assert (record.status, around.status, caught.name, caught.entered) == ("SUCCEEDED", "caught", "Caught", failed_at)
    assert all(event.entered <= failed_at and (event.left or 0) <= failed_at for event in inside)
    assert [event.name for event in inside if event.status == "failed"] == [list(side_by_side[0])[-1]]
    assert {event.status for event in inside} <= {"succeeded", "failed", "aborted"}
