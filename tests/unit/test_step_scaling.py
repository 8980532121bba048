"""Given a plan, step scaling finds nothing to add to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mangaassist.policy.demand import instances
from mangaassist.policy.step_scaling import PlanFightsScalingError, PlannedLoad, fights, refuse_fights

THRESHOLD = 200.0


def load(peak: float, planned: int, ceiling: int = 20) -> PlannedLoad:
    return PlannedLoad("mangaassist-prod-classifier", "One Piece", peak, planned, ceiling)


@given(peak=st.floats(1, 3_000), headroom=st.floats(1, 3), figure=st.floats(50, 1_000))
def test_given_the_same_figure_for_both_when_planned_then_they_never_fight(
    peak: float, headroom: float, figure: float
) -> None:
    planned = instances(peak, per_instance=figure, headroom=headroom)

    assert fights([load(peak, planned, ceiling=1_000)], figure) == []


def test_given_a_plan_with_a_figure_above_the_threshold_then_it_is_refused_and_every_release_is_named() -> None:
    thin = [load(2_000, 5), load(2_000, 10), PlannedLoad("mangaassist-prod-reranker", "Frieren", 900, 4, 20)]

    with pytest.raises(PlanFightsScalingError) as refused:
        refuse_fights(thin, THRESHOLD)

    assert "One Piece on mangaassist-prod-classifier: 400 on each of 5" in str(refused.value)
    assert "Frieren on mangaassist-prod-reranker: 225 on each of 4" in str(refused.value)
    assert "each of 10" not in str(refused.value)


@pytest.mark.parametrize(("planned", "fighting"), [(9, True), (10, False), (11, False)])
def test_step_scaling_adds_only_above_its_threshold(planned: int, fighting: bool) -> None:
    assert bool(fights([load(2_000, planned)], THRESHOLD)) is fighting


def test_given_a_fleet_at_its_ceiling_then_nobody_can_add_to_it_and_nobody_fights() -> None:
    refuse_fights([load(9_000, 20, ceiling=20)], THRESHOLD)
