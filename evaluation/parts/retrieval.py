"""The order of retrieved passages on the judged queries: by cosine, by the reranker, and by both as a turn has it."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import get_args

from bench.results import Cell, Goal, Result, Say
from data.files import DATA
from data.schemas import JudgedQuery, Language, read_rows
from local.ingest.documents import documents
from local.standins.encoders import load_encoders
from mangaassist.contracts import Passage
from mangaassist.policy.ranking import RERANKED, by_both
from mangaassist.tables import models
from models.artefacts import RerankerManifest, read_manifest
from models.rerank import Reranker

QUERIES = DATA / "evaluation" / "queries.jsonl"
RERANKER = Path("build/models/reranker")
DEPTH = 10
ANSWERS = 2  # the grade from which a passage answers
COSINE, ALONE, BOTH = "cosine", "reranker alone", "both"
COLUMNS = ("order", "queries", "MRR@10", "nDCG@10", "nDCG@3")


@dataclass(frozen=True)
class Judged:
    """A query's nearest passages, nearest first, what the reranker says of the first, and the passages' grades."""

    nearest: Sequence[Passage]
    logits: Sequence[float]
    relevant: Mapping[str, int]


Order = Callable[[Judged], Sequence[Passage]]


def _alone(judged: Judged) -> list[Passage]:
    order = sorted(range(len(judged.logits)), key=judged.logits.__getitem__, reverse=True)
    return [*(judged.nearest[index] for index in order), *judged.nearest[len(order) :]]


def _both(judged: Judged) -> list[Passage]:
    candidates = len(judged.logits)
    return [*by_both(judged.nearest[:candidates], judged.logits), *judged.nearest[candidates:]]


ORDERS: Mapping[str, Order] = {COSINE: lambda judged: judged.nearest, ALONE: _alone, BOTH: _both}


async def measure(say: Say) -> Result:
    manifest = read_manifest(RERANKER)
    assert isinstance(manifest, RerankerManifest), f"{RERANKER} is not the reranker's directory"
    reranker = Reranker.load(RERANKER, manifest)
    rows: list[Sequence[Cell]] = []
    goals: list[Goal] = []
    for language in get_args(Language):
        judged = _judged(language, reranker, say)
        gains = {name: _row(f"{language}, {name}", judged, order) for name, order in ORDERS.items()}
        rows += gains.values()
        goals += _goals(language, gains)
    note = (
        f"The stand-in's encoders, {RERANKED} candidates, grades 1 to 3; MRR counts grades from {ANSWERS}. Where the "
        "fused order were no better, tables/models.toml would leave the language out."
    )
    return Result(columns=COLUMNS, rows=rows, goals=goals, notes=[note])


def _judged(language: Language, reranker: Reranker, say: Say) -> list[Judged]:
    queries = [query for query in read_rows(QUERIES, JudgedQuery) if query.language == language]
    kept = [document for document in documents(DATA) if document.index == f"passages-{language}"]
    encode = load_encoders()
    say(f"{language}: encoding {len(kept)} passages")
    passages = encode([document.embedded or "" for document in kept])
    cosines = encode([query.query for query in queries]) @ passages.T
    judged: list[Judged] = []
    for number, query in enumerate(queries):
        say(f"{language}: query {number} of {len(queries)}")
        best = (-cosines[number]).argsort()[:DEPTH]
        nearest = [Passage(**kept[index].fields, score=float(cosines[number][index])) for index in best]
        texts = [f"{passage.title}. {passage.text}" for passage in nearest[:RERANKED]]
        judged.append(Judged(nearest, reranker.score(query.query, texts), query.relevant))
    return judged


def _row(name: str, judged: Sequence[Judged], order: Order) -> list[Cell]:
    ranked = [([one.relevant.get(passage.id, 0) for passage in order(one)], one.relevant.values()) for one in judged]
    reciprocal = fmean(reciprocal_rank(grades) for grades, _ in ranked)
    return [name, len(judged), reciprocal, *(fmean(ndcg(grades, all_, k) for grades, all_ in ranked) for k in (10, 3))]


def _goals(language: Language, gains: Mapping[str, Sequence[Cell]]) -> list[Goal]:
    """Reranking is paid for where it betters the order, by nDCG@10, and nowhere else."""
    position = COLUMNS.index("nDCG@10")
    better, plain = (float(gains[name][position] or 0) for name in (BOTH, COSINE))
    if language not in models().reranker.languages:
        return []
    return [Goal(f"{language}: nDCG@10 of both over that of cosine", better / plain, 1.0, "×", at_least=True)]


def reciprocal_rank(grades: Sequence[int]) -> float:
    """1 / rank of the first passage that answers, 0 where none does."""
    return next((1 / rank for rank, grade in enumerate(grades, 1) if grade >= ANSWERS), 0.0)


def ndcg(grades: Sequence[int], relevant: Iterable[int], depth: int) -> float:
    """Normalised discounted cumulative gain with gains 2^grade - 1 (Järvelin and Kekäläinen, 2002)."""
    ideal = sorted(relevant, reverse=True)
    return _gain(grades[:depth]) / _gain(ideal[:depth])


def _gain(grades: Sequence[int]) -> float:
    return sum((2.0**grade - 1) / math.log2(place + 1) for place, grade in enumerate(grades, 1))
