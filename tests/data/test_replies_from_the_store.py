"""The store's own words are never refused by the rules for replies."""

import json
from pathlib import Path

import pytest

from mangaassist.contracts import CheckReplyInput, Gathered, Locale
from mangaassist.policy.guardrails import broken_rules
from tests.unit.builders import draft, passage, turn

POLICIES = Path(__file__).parents[2] / "data" / "policies"
TEXTS = {"faq.jsonl": "answer", "policies.jsonl": "text"}


@pytest.mark.parametrize("locale", ["en", "ja"])
def test_a_reply_that_repeats_a_passage_breaks_no_rule(locale: Locale) -> None:
    rows = [
        json.loads(line)[field][locale]
        for name, field in TEXTS.items()
        for line in (POLICIES / name).read_text(encoding="utf-8").splitlines()
    ]

    requests = (
        CheckReplyInput(turn=turn(locale=locale), draft=draft(text), gathered=Gathered(passages=[passage(text=text)]))
        for text in rows
    )
    refused = {request.draft.reply: broken_rules(request) for request in requests if broken_rules(request)}

    assert rows
    assert refused == {}
