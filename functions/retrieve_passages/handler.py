"""Retrieve passages: embed the question, then find the passages and the known reply nearest to it."""

from mangaassist.aws.embeddings import Titan
from mangaassist.aws.search import PassageIndex
from mangaassist.clock import TimeBudget
from mangaassist.contracts import Retrieval, TurnInput, Usage
from mangaassist.policy.known_replies import is_near, matches
from mangaassist.policy.pricing import cost_usd
from mangaassist.settings import settings
from mangaassist.step import step
from mangaassist.tables import models
from mangaassist.telemetry import timed_model


@step("retrieve_passages", accepts=TurnInput, services=["bedrock-runtime", "dynamodb"])
def handler(request: TurnInput, budget: TimeBudget) -> Retrieval:
    turn = request.turn
    model_id = settings().embedding_model_id
    titan = Titan(model_id, settings().embedding_dimensions)
    with timed_model("embedding", turn.trace_id, before_intent=True) as timing:
        embedded = titan.embed(turn.message, budget_ms=budget.ms, trace_id=turn.trace_id)
    index = PassageIndex(settings().search_endpoint, settings().embedding_space)
    nearest = index.nearest(embedded.vector, turn.locale, budget_ms=budget.ms, trace_id=turn.trace_id)
    passages, reply = nearest.passages, nearest.known_reply
    is_known = matches(reply, model_id, turn.locale)
    return Retrieval(
        passages=passages,
        known_reply=reply if is_near(reply, model_id, turn.locale) else None,
        known_reply_matches=is_known,
        worth_reranking=len(passages) > 1 and not is_known and turn.locale in models().reranker.languages,
        index=nearest.index,
        embedding_ms=timing.ms,
        cost_usd=cost_usd(model_id, Usage(input_tokens=embedded.tokens)),
    )
