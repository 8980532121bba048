"""Classify intent: what the message wants, and what the intents table says follows from it."""

from mangaassist.aws.sagemaker import SageMakerModels
from mangaassist.clock import TimeBudget
from mangaassist.contracts import TurnInput, Understanding
from mangaassist.policy.routing import understand
from mangaassist.settings import settings
from mangaassist.step import step
from mangaassist.telemetry import timed_model


@step("classify_intent", accepts=TurnInput, services=["sagemaker-runtime", "dynamodb"])
def handler(request: TurnInput, budget: TimeBudget) -> Understanding:
    turn = request.turn
    models = SageMakerModels.of(settings())
    with timed_model("classifier", turn.trace_id) as timing:
        prediction = models.classify(turn.message, budget_ms=budget.ms, trace_id=turn.trace_id)
        understanding = understand(prediction.label, prediction.score, turn)
        timing.intent = understanding.intent
    return understanding
