"""Check reply: whether a draft may be sent. A draft of a language model keeps the rules and passes the guardrail."""

from mangaassist.aws.guardrail import Guardrail
from mangaassist.clock import TimeBudget
from mangaassist.contracts import CheckReplyInput, Turn, Verdict
from mangaassist.policy.guardrails import broken_rules
from mangaassist.settings import settings
from mangaassist.step import step
from mangaassist.telemetry import record_withheld, timed_model

INTERVENED = "guardrail_intervened"


@step("check_reply", accepts=CheckReplyInput, services=["bedrock-runtime", "dynamodb"])
def handler(request: CheckReplyInput, budget: TimeBudget) -> Verdict:
    reasons = broken_rules(request)
    if reasons:
        return _withheld(reasons, request.turn)
    guardrail = Guardrail(settings().guardrail_id, settings().guardrail_version)
    with timed_model("guardrail", request.turn.trace_id, intent=request.intent):
        allowed = guardrail.allows(request.draft.reply, budget_ms=budget.ms, trace_id=request.turn.trace_id)
    return Verdict(allowed=True) if allowed else _withheld([INTERVENED], request.turn)


def _withheld(reasons: list[str], turn: Turn) -> Verdict:
    record_withheld(reasons, trace_id=turn.trace_id)
    return Verdict(allowed=False, reasons=reasons)
