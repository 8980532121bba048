"""The cross-encoder ranks an answer over other texts, each pair on its own."""

import pytest

from models.rerank import CrossEncoder


@pytest.fixture(scope="module")
def cross_encoder() -> CrossEncoder:
    return CrossEncoder()


def test_given_an_answer_and_another_text_then_the_answer_scores_higher(cross_encoder: CrossEncoder) -> None:
    query = "Can I send a book back?"
    answer, other = cross_encoder.score(
        query, ["Books can be returned within thirty days.", "A pirate sails the seas."]
    )
    assert answer > other


def test_given_more_passages_then_a_pairs_score_stays_the_same(cross_encoder: CrossEncoder) -> None:
    passages = ["Books can be returned within thirty days.", "word " * 2000]
    together = cross_encoder.score("returns", passages)
    assert cross_encoder.score("returns", passages[:1])[0] == pytest.approx(together[0], abs=1e-5)


def test_given_no_passages_then_there_are_no_scores(cross_encoder: CrossEncoder) -> None:
    assert cross_encoder.score("returns", []) == []
