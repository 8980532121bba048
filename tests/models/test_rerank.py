"""Each language's scorer ranks an answer over other texts, each pair on its own."""

import pytest

from models.artefacts import RerankerManifest
from models.rerank import CrossEncoder, Reranker, SecondEncoder
from models.rerank.reranker import WEIGHTS
from models.weights import E5_SMALL

needs_e5 = pytest.mark.skipif(not E5_SMALL.runs_here(), reason="multilingual-e5-small runs on x86-64 Linux only")


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


@needs_e5
def test_given_a_japanese_answer_and_another_text_then_the_answer_scores_higher_again_and_again() -> None:
    encoder = SecondEncoder()
    passages = ["返品は三十日以内に受け付けます。", "海賊が海を旅する物語。"]
    answer, other = encoder.score("本を返品できますか", passages)
    assert answer > other
    assert encoder.score("本を返品できますか", passages[::-1]) == [other, answer]


@needs_e5
def test_given_a_query_then_its_languages_scorer_answers() -> None:
    reranker = Reranker.load(manifest())
    for query, passage in (("returns", "Books can be returned."), ("返品", "返品は三十日以内です。")):
        (score,) = reranker.score(query, [passage])
        expected = CrossEncoder() if query.isascii() else SecondEncoder()
        assert score == pytest.approx(expected.score(query, [passage])[0])


def test_given_no_scorer_for_the_language_then_all_scores_are_equal(cross_encoder: CrossEncoder) -> None:
    assert Reranker({"en": cross_encoder}).score("返品", ["返品は三十日以内です。", "海賊の物語"]) == [0.0, 0.0]


def manifest() -> RerankerManifest:
    return RerankerManifest(version="1", weights={language: package.name for language, package in WEIGHTS.items()})
