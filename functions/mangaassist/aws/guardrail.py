"""Bedrock Guardrails, applied to a reply that a language model wrote."""

from dataclasses import dataclass
from typing import Any

from mangaassist.aws.calls import NamedErrors, call_within
from mangaassist.aws.clients import client
from mangaassist.errors import GuardrailError, GuardrailTimeoutError

GUARDRAIL = NamedErrors(GuardrailError, GuardrailTimeoutError)


@dataclass(frozen=True)
class Guardrail:
    id: str
    version: str

    def allows(self, reply: str, *, budget_ms: int) -> bool:
        """Whether the guardrail lets the reply pass.

        Raises GuardrailError, GuardrailTimeoutError; an answer it does not know is an error too, never a pass.
        """

        def call() -> dict[str, Any]:
            answer: dict[str, Any] = client("bedrock-runtime").apply_guardrail(
                guardrailIdentifier=self.id,
                guardrailVersion=self.version,
                source="OUTPUT",
                content=[{"text": {"text": reply}}],
            )
            return answer

        action = call_within(budget_ms, call, GUARDRAIL).get("action")
        if action not in ("NONE", "GUARDRAIL_INTERVENED"):
            raise GuardrailError(f"unknown action {action!r}")
        return bool(action == "NONE")
