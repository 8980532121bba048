"""Bedrock Guardrails, applied to a reply that a language model wrote."""

from dataclasses import dataclass

from mangaassist.aws.breakers import call_model
from mangaassist.aws.calls import Dependency
from mangaassist.aws.clients import client
from mangaassist.errors import GuardrailError, GuardrailTimeoutError

GUARDRAIL = Dependency("guardrail", GuardrailError, GuardrailTimeoutError)


@dataclass(frozen=True)
class Guardrail:
    id: str
    version: str

    def allows(self, reply: str, *, budget_ms: int, trace_id: str) -> bool:
        """Whether the guardrail lets the reply pass.

        Raises GuardrailError, GuardrailTimeoutError; an answer it does not know is an error too, never a pass.
        """

        return call_model(budget_ms, lambda: self._allows(reply), GUARDRAIL, trace_id=trace_id)

    def _allows(self, reply: str) -> bool:
        action = (
            client("bedrock-runtime")
            .apply_guardrail(
                guardrailIdentifier=self.id,
                guardrailVersion=self.version,
                source="OUTPUT",
                content=[{"text": {"text": reply}}],
            )
            .get("action")
        )
        if action not in ("NONE", "GUARDRAIL_INTERVENED"):
            raise GuardrailError(f"unknown action {action!r}")
        return bool(action == "NONE")
