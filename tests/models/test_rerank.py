"""Each language's scorer ranks an answer over other texts, each pair on its own."""

from pathlib import Path

import pytest

from models.building import build_encoders
from models.rerank import CrossEncoder, Reranker, SecondEncoder
from models.rerank.build import build_reranker
from tests.models.conftest import BUILT_ENCODERS


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


@pytest.fixture(scope="module")
def second_encoder() -> SecondEncoder:
    (folder,) = build_encoders([SecondEncoder.name], BUILT_ENCODERS)
    return SecondEncoder(folder)


def test_given_a_japanese_answer_and_another_text_then_the_answer_scores_higher_again_and_again(
    second_encoder: SecondEncoder,
) -> None:
    passages = ["返品は三十日以内に受け付けます。", "海賊が海を旅する物語。"]
    answer, other = second_encoder.score("本を返品できますか", passages)
    assert answer > other
    assert second_encoder.score("本を返品できますか", passages[::-1]) == [other, answer]


def test_given_a_query_then_its_languages_scorer_answers(
    tmp_path: Path, cross_encoder: CrossEncoder, second_encoder: SecondEncoder
) -> None:
    reranker = Reranker.load(tmp_path, build_reranker(tmp_path, BUILT_ENCODERS))
    for query, passage in (("returns", "Books can be returned."), ("返品", "返品は三十日以内です。")):
        (score,) = reranker.score(query, [passage])
        expected = cross_encoder if query.isascii() else second_encoder
        assert score == pytest.approx(expected.score(query, [passage])[0])


def test_given_no_scorer_for_the_language_then_all_scores_are_equal(cross_encoder: CrossEncoder) -> None:
    assert Reranker({"en": cross_encoder}).score("返品", ["返品は三十日以内です。", "海賊の物語"]) == [0.0, 0.0]
