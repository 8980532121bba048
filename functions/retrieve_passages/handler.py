"""Retrieve passages: embed the question, then find the passages and the known reply nearest to it."""

from mangaassist.aws.embeddings import Titan
from mangaassist.aws.search import PassageIndex
from mangaassist.clock import TimeBudget
from mangaassist.contracts import Retrieval, TurnInput
from mangaassist.host import host
from mangaassist.policy.known_replies import is_near, matches
from mangaassist.settings import settings
from mangaassist.step import step
from mangaassist.tables import models
from mangaassist.telemetry import timed_model


@step("retrieve_passages", accepts=TurnInput, services=["bedrock-runtime"])
def handler(request: TurnInput, budget: TimeBudget) -> Retrieval:
    turn = request.turn
    model_id = settings().embedding_model_id
    titan = Titan(model_id, settings().embedding_dimensions)
    started = host().monotonic()
    with timed_model("embedding", turn.trace_id):
        vector = titan.embed(turn.message, budget_ms=budget.ms)
    embedding_ms = round((host().monotonic() - started) * 1000)
    index = PassageIndex(settings().search_endpoint, settings().embedding_space)
    nearest = index.nearest(vector, turn.locale, budget_ms=budget.ms)
    passages, reply = nearest.passages, nearest.known_reply
    is_known = matches(reply, model_id, turn.locale)
    return Retrieval(
        passages=passages,
        known_reply=reply if is_near(reply, model_id, turn.locale) else None,
        known_reply_matches=is_known,
        worth_reranking=len(passages) > 1 and not is_known and turn.locale in models().reranker.languages,
        index=nearest.index,
        embedding_ms=embedding_ms,
    )
