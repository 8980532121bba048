"""Generate reply: the language model's answer from what was gathered."""

from mangaassist.aws.generation import generate
from mangaassist.clock import TimeBudget
from mangaassist.contracts import Draft, ReplyInput
from mangaassist.policy.pricing import cost_usd
from mangaassist.policy.products import lines_for
from mangaassist.policy.prompt import assemble
from mangaassist.settings import settings
from mangaassist.step import step
from mangaassist.telemetry import timed_model


@step("generate_reply", accepts=ReplyInput, services=["bedrock-runtime", "dynamodb"])
def handler(request: ReplyInput, budget: TimeBudget) -> Draft:
    turn, gathered, tier = request.turn, request.gathered, request.understanding.tier
    model_id = settings().haiku_model_id if tier == "haiku" else settings().sonnet_model_id
    with timed_model(tier, turn.trace_id, intent=request.understanding.intent) as timing:
        generation = generate(tier, model_id, assemble(request), budget_ms=budget.ms, trace_id=turn.trace_id)
        timing.usage, timing.first_token_ms = generation.usage, generation.first_token_ms
    return Draft(
        reply=generation.text,
        route=tier,
        products=lines_for(generation.text, [*gathered.products, *gathered.recommendations], turn.locale),
        sources=[passage.id for passage in gathered.passages],
        shortened=generation.shortened,
        model_id=model_id,
        usage=generation.usage,
        cost_usd=cost_usd(model_id, generation.usage),
        first_token_ms=generation.first_token_ms,
    )
