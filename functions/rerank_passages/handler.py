"""Rerank passages: the cross-encoder's order fused with the cosine order."""

from mangaassist.aws.sagemaker import SageMakerModels
from mangaassist.clock import TimeBudget
from mangaassist.contracts import Ranked, RerankInput
from mangaassist.policy.ranking import RERANKED, fused
from mangaassist.settings import settings
from mangaassist.step import step
from mangaassist.telemetry import timed_model


@step("rerank_passages", accepts=RerankInput, services=["sagemaker-runtime", "dynamodb"])
def handler(request: RerankInput, budget: TimeBudget) -> Ranked:
    turn = request.turn
    models = SageMakerModels.of(settings())
    candidates = request.passages[:RERANKED]
    texts = [f"{passage.title}. {passage.text}" for passage in candidates]
    with timed_model("reranker", turn.trace_id, before_intent=True) as timing:
        logits = models.rerank(turn.message, texts, budget_ms=budget.ms, trace_id=turn.trace_id)
    return Ranked(passages=fused(candidates, logits), scoring_ms=timing.ms)
