"""ApplyGuardrail by one plain rule: payment card numbers and e-mail addresses are blocked, all else passes.

Simulated: a real guardrail's topic, content and grounding policies have no stand-in here.
"""

import re
from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

BLOCKED_MESSAGE = "Sorry, the model cannot answer this question."
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
_UNIT_CHARACTERS = 1000


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Text(_Strict):
    text: str
    qualifiers: list[Literal["grounding_source", "query", "guard_content"]] = []


class _Block(_Strict):
    text: _Text


class GuardrailRequest(_Strict):
    """The body of ApplyGuardrail."""

    source: Literal["INPUT", "OUTPUT"]
    content: list[_Block] = Field(min_length=1)
    output_scope: Literal["INTERVENTIONS", "FULL"] = Field(default="INTERVENTIONS", alias="outputScope")


def assessed(request: GuardrailRequest, *, always_block: bool = False) -> dict[str, object]:
    """ApplyGuardrail's answer. Text given as a grounding source or as the query is not itself judged."""
    text = "\n".join(block.text.text for block in request.content if _judged(block.text))
    found = list(_sensitive(text))
    blocked = bool(found) or always_block
    policy = {"sensitiveInformationPolicy": {"piiEntities": found, "regexes": []}}
    length = {"guarded": len(text), "total": len(text)}
    return {
        "usage": _usage(text),
        "action": "GUARDRAIL_INTERVENED" if blocked else "NONE",
        "outputs": [{"text": BLOCKED_MESSAGE}] if blocked else [],
        "assessments": [policy] if found else [],
        "guardrailCoverage": {"textCharacters": length},
    }


def _judged(text: _Text) -> bool:
    return not text.qualifiers or "guard_content" in text.qualifiers


def _sensitive(text: str) -> Iterator[dict[str, object]]:
    for match in _EMAIL.findall(text):
        yield {"match": match, "type": "EMAIL", "action": "BLOCKED", "detected": True}
    for match in _CARD.findall(text):
        if _luhn(match):
            yield {"match": match, "type": "CREDIT_DEBIT_CARD_NUMBER", "action": "BLOCKED", "detected": True}


def _luhn(number: str) -> bool:
    """The check digit every payment card carries (ISO/IEC 7812-1)."""
    digits = [int(character) for character in reversed(number) if character.isdigit()]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _usage(text: str) -> dict[str, int]:
    units = -(-len(text) // _UNIT_CHARACTERS)
    return {
        "topicPolicyUnits": 0,
        "contentPolicyUnits": 0,
        "wordPolicyUnits": 0,
        "sensitiveInformationPolicyUnits": units,
        "sensitiveInformationPolicyFreeUnits": 0,
        "contextualGroundingPolicyUnits": 0,
    }
