from typing import Any

import pytest

from bench.faults.ways import Answered, way_of

CALM = {"reply": "Yes.", "route": "sonnet", "sources": ["a"], "products": [], "degraded": []}


@pytest.mark.parametrize(
    ("changed", "way"),
    [
        ({}, "="),
        ({"degraded": ["rerank_passages"], "sources": ["b"]}, "f"),
        ({"degraded": ["shortened"]}, "s"),
        ({"degraded": ["check_reply", "withheld"]}, "w"),
        ({"degraded": ["generate_reply"], "route": "handover"}, "h"),
        ({"reply": "No."}, "u"),
        ({"sources": []}, "u"),
    ],
)
def test_given_an_answer_when_it_is_held_against_a_calm_day_then_its_way_is_told(
    changed: dict[str, Any], way: str
) -> None:
    assert way_of({**CALM, **changed}, CALM) == way


def test_given_a_busy_machine_when_every_answer_lacks_something_then_that_is_no_way() -> None:
    busy = {**CALM, "degraded": ["rerank_passages"]}

    assert way_of(busy, busy) == "="


def test_given_an_answer_after_its_time_when_it_is_shown_then_it_is_marked() -> None:
    assert Answered(3_001, "f").cell == "3001 f!"
    assert Answered(2_400, "x", latest_ms=2_350).cell == "2400 x!"
    assert Answered(2_999.6, "=").cell == "3000 ="
