import pytest
from hypothesis import given
from hypothesis import strategies as st

from mangaassist.policy.ranking import KEPT, fused, standardized, top_by_cosine
from tests.unit.builders import passage

FINITE = st.floats(-50, 50)


def test_without_the_reranker_the_three_nearest_by_cosine_are_kept() -> None:
    passages = [passage(str(score), score) for score in (0.2, 0.9, 0.5, 0.7)]

    assert [kept.id for kept in top_by_cosine(passages)] == ["0.9", "0.7", "0.5"]


def test_the_cross_encoder_outvotes_a_small_difference_of_cosine() -> None:
    passages = [passage("near", 0.81), passage("right", 0.80), passage("far", 0.30)]

    assert fused(passages, [-4.0, 6.0, -9.0])[0].id == "right"


def test_a_constant_score_does_not_change_the_order() -> None:
    passages = [passage("a", 0.9), passage("b", 0.5)]

    assert [kept.id for kept in fused(passages, [1.0, 1.0])] == ["a", "b"]


def test_a_missing_score_is_an_error() -> None:
    with pytest.raises(ValueError, match="shorter"):
        fused([passage("a"), passage("b")], [1.0])


@given(st.lists(FINITE, min_size=1, max_size=20))
def test_standardised_scores_have_zero_mean(values: list[float]) -> None:
    assert sum(standardized(values)) == pytest.approx(0, abs=1e-6)


@given(st.lists(st.tuples(FINITE, FINITE), max_size=20))
def test_fusion_keeps_passages_it_was_given_and_repeats_none(scores: list[tuple[float, float]]) -> None:
    passages = [passage(str(index), cosine) for index, (cosine, _) in enumerate(scores)]

    kept = fused(passages, [logit for _, logit in scores])

    assert len({passage.id for passage in kept}) == len(kept) == min(KEPT, len(passages))
