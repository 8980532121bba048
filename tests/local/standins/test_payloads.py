"""What faults make of bodies."""

import json
from typing import Any

import pytest

from local.standins.fault_catalogue import Mode
from local.standins.faults import Fault
from local.standins.payloads import bent

CLASSIFIED = {"predictions": [{"label": "general", "score": 0.9}]}
RANKED = {"scores": [2.0, 1.0]}
EMBEDDED = {"embedding": [0.6, 0.8], "inputTextTokenCount": 3}
FOUND = {"responses": [{"hits": {"hits": [{"_id": "a", "_score": 0.9}]}}, {"hits": {"hits": []}}]}


@pytest.mark.parametrize(
    ("target", "mode", "answer", "expected"),
    [
        ("classifier", Mode.SCORES_MISSING, CLASSIFIED, {"predictions": [{"label": "general"}]}),
        ("reranker", Mode.SCORES_MISSING, RANKED, {"scores": [2.0]}),
        ("reranker", Mode.OVER_LONG, RANKED, {"scores": [2.0, 1.0, 2.0, 1.0]}),
        ("embedding", Mode.WRONG_DIMENSION, EMBEDDED, {"embedding": [0.6], "inputTextTokenCount": 3}),
        (
            "search",
            Mode.SCORES_MISSING,
            FOUND,
            {"responses": [{"hits": {"hits": [{"_id": "a", "_score": None}]}}, {"hits": {"hits": []}}]},
        ),
        ("guardrail", Mode.WRONG_SCHEMA, {"action": "NONE"}, {"unexpected": True}),
        ("classifier", Mode.SLOW, CLASSIFIED, CLASSIFIED),
    ],
)
def test_given_an_answer_when_a_fault_bends_it_then_the_rest_stays(
    target: str, mode: Mode, answer: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert json.loads(bent(json.dumps(answer).encode(), Fault(target=target, mode=mode))) == expected


@pytest.mark.parametrize("mode", [Mode.MALFORMED, Mode.TRUNCATED_JSON, Mode.EMPTY])
def test_given_a_fault_of_the_wire_when_it_bends_an_answer_then_no_json_is_left(mode: Mode) -> None:
    body = bent(json.dumps(RANKED).encode(), Fault(target="reranker", mode=mode))

    with pytest.raises(json.JSONDecodeError):
        json.loads(body)


@pytest.mark.parametrize("target", ["classifier", "reranker", "embedding"])
def test_given_no_numbers_when_a_model_answers_then_the_body_says_nan(target: str) -> None:
    answer = {**CLASSIFIED, **RANKED, **EMBEDDED}

    assert b"NaN" in bent(json.dumps(answer).encode(), Fault(target=target, mode=Mode.NAN))


def test_given_no_fault_when_a_body_passes_then_it_is_the_same() -> None:
    assert bent(b"\x00", None) == b"\x00"
