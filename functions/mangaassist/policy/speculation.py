"""What starting retrieval beside classification was worth to a turn."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from mangaassist.contracts import Understanding, Usage
from mangaassist.policy.pricing import cost_usd

RETRIEVAL_FAILED = frozenset({"embed_query", "search_passages", "retrieve_passages"})
# Bytes of UTF-8: errs on the dear side, in Japanese as in English.
BYTES_PER_TOKEN = 3


@dataclass(frozen=True)
class Speculation:
    """Whether the retrieval was used or discarded; neither where it failed."""

    used: bool = False
    discarded: bool = False
    saved_ms: int = 0
    wasted_usd: float = 0.0


def speculation(
    understanding: Understanding,
    timings: Mapping[str, int],
    degraded: Collection[str],
    *,
    message: str,
    embedding_model_id: str,
) -> Speculation:
    """Used, it saves min(classification, retrieval and reranking); discarded, it wastes the query's embedding.

    The tokens of a discarded embedding are estimated: nobody waits for its answer. `timings` are milliseconds by step.
    """
    if not understanding.needs_retrieval:
        tokens = -(-len(message.encode()) // BYTES_PER_TOKEN)
        wasted = cost_usd(embedding_model_id, Usage(input_tokens=tokens, estimated=True))
        return Speculation(discarded=True, wasted_usd=wasted)
    if not RETRIEVAL_FAILED.isdisjoint(degraded):
        return Speculation()
    retrieval = timings.get("retrieve_passages", 0) + timings.get("rerank_passages", 0)
    return Speculation(used=True, saved_ms=min(timings.get("classify_intent", 0), retrieval))
