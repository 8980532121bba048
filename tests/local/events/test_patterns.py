"""Event patterns, row by row as EventBridge documents them.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
"""

import json
from typing import Any

import pytest

from local.events import InvalidPatternError
from local.events.patterns import compile_pattern

EVENT: dict[str, Any] = {
    "source": "store.orders",
    "detail-type": "Order Placed",
    "resources": ["arn:1", "arn:2"],
    "detail": {
        "state": "Running",
        "price": 300,
        "exact": 300.0,
        "gift": True,
        "note": None,
        "empty": "",
        "none": [],
        "address": "10.0.0.7",
        "path": "a/b/c.png",
        "star": "2*3",
        "items": [{"id": "x", "count": 1}, {"id": "y", "count": 5}],
        "deep": {"er": {"leaf": "L"}},
    },
}

MATCHING = [
    {"source": ["store.orders"]},
    {"source": ["other", "store.orders"], "detail-type": ["Order Placed"]},
    {"resources": ["arn:2"]},
    {"detail": {"deep": {"er": {"leaf": ["L"]}}}},
    {"detail": {"gift": [True], "note": [None], "empty": [""], "price": [300]}},
    {"detail": {"state": [{"prefix": "Run"}]}},
    {"detail": {"state": [{"prefix": {"equals-ignore-case": "RUN"}}]}},
    {"detail": {"path": [{"suffix": ".png"}]}},
    {"detail": {"path": [{"suffix": {"equals-ignore-case": ".PNG"}}]}},
    {"detail": {"state": [{"equals-ignore-case": "RUNNING"}]}},
    {"detail": {"state": [{"anything-but": "Stopped"}]}},
    {"detail": {"state": [{"anything-but": ["Stopped", "Overloaded"]}]}},
    {"detail": {"price": [{"anything-but": [100, 200]}]}},
    {"detail": {"state": [{"anything-but": {"prefix": "Sto"}}]}},
    {"detail": {"state": [{"anything-but": {"suffix": ["ed", "ly"]}}]}},
    {"detail": {"state": [{"anything-but": {"equals-ignore-case": ["STOPPED"]}}]}},
    {"detail": {"path": [{"anything-but": {"wildcard": "*/lib/*"}}]}},
    {"resources": [{"anything-but": "arn:1"}]},
    {"detail": {"price": [{"numeric": [">", 0, "<=", 300]}]}},
    {"detail": {"exact": [{"numeric": ["=", 300]}]}},
    {"detail": {"address": [{"cidr": "10.0.0.0/24"}]}},
    {"detail": {"path": [{"wildcard": "a/*/c.*"}]}},
    {"detail": {"star": [{"wildcard": "2\\*3"}]}},
    {"detail": {"state": [{"exists": True}]}},
    {"detail": {"missing": [{"exists": False}]}},
    {"detail": {"deep": {"other": [{"exists": False}]}}},
    {"detail": {"deep": [{"exists": False}]}},
    {"detail": {"none": [{"exists": False}]}},
    {"detail": {"missing": {"leaf": [{"exists": False}]}}},
    {"detail": {"items": {"id": ["y"], "count": [5]}}},
    {"detail": {"$or": [{"state": ["Stopped"]}, {"price": [{"numeric": [">=", 300]}]}]}},
    {"$or": [{"source": ["other"]}, {"detail": {"gift": [True]}}]},
    {"detail": {"state": ["Stopped", {"prefix": "Run"}]}},
]

NOT_MATCHING = [
    {"source": ["store"]},
    {"source": ["store.orders"], "detail-type": ["Order Shipped"]},
    {"detail": {"gift": [1]}},
    {"detail": {"price": [True]}},
    {"detail": {"price": ["300"]}},
    {"detail": {"price": [300.0]}},
    {"detail": {"missing": ["x"]}},
    {"detail": {"deep": ["L"]}},
    {"detail": {"state": [{"prefix": "run"}]}},
    {"detail": {"price": [{"prefix": "3"}]}},
    {"detail": {"state": [{"anything-but": "Running"}]}},
    {"detail": {"missing": [{"anything-but": "Running"}]}},
    {"detail": {"state": [{"anything-but": {"prefix": "Run"}}]}},
    {"detail": {"price": [{"numeric": [">", 0, "<", 300]}]}},
    {"detail": {"gift": [{"numeric": ["=", 1]}]}},
    {"detail": {"address": [{"cidr": "10.0.1.0/24"}]}},
    {"detail": {"state": [{"cidr": "10.0.1.0/24"}]}},
    {"detail": {"path": [{"wildcard": "a/*.gif"}]}},
    {"detail": {"star": [{"wildcard": "2\\*4"}]}},
    {"detail": {"state": [{"exists": False}]}},
    {"detail": {"missing": [{"exists": True}]}},
    {"detail": {"deep": [{"exists": True}]}},
    {"detail": {"items": {"id": ["x"], "count": [5]}}},
    {"detail": {"$or": [{"state": ["Stopped"]}, {"price": [1]}]}},
]

REFUSED = [
    ("not JSON", "nonsense"),
    ("is not an object", "[]"),
    ("must be an object or an array", '{"source": "store"}'),
    ("Empty arrays", '{"source": []}'),
    ("Empty objects", '{"detail": {}}'),
    ("Empty objects", "{}"),
    ("unrecognized match type", '{"source": [{"like": "x"}]}'),
    ("one operator", '{"source": [{"prefix": "x", "suffix": "y"}]}'),
    ("exists", '{"source": [{"exists": "yes"}]}'),
    ("numeric", '{"detail": {"n": [{"numeric": [">"]}]}}'),
    ("numeric", '{"detail": {"n": [{"numeric": ["~", 1]}]}}'),
    ("CIDR", '{"detail": {"n": [{"cidr": "10.0.0"}]}}'),
    ("prefix takes a text", '{"detail": {"n": [{"prefix": 1}]}}'),
    ("consecutive wildcard", '{"detail": {"n": [{"wildcard": "a**"}]}}'),
    ("escape", '{"detail": {"n": [{"wildcard": "a\\\\b"}]}}'),
    ("anything-but", '{"detail": {"n": [{"anything-but": [true]}]}}'),
    ("anything-but", '{"detail": {"n": [{"anything-but": {"cidr": "10.0.0.0/8"}}]}}'),
    ("at least two", '{"$or": [{"source": ["x"]}]}'),
    ("objects only", '{"$or": [{"source": ["x"]}, 1]}'),
    ("no arrays", '{"source": [["x"]]}'),
]


@pytest.mark.parametrize("pattern", MATCHING, ids=json.dumps)
def test_given_a_pattern_that_the_event_fulfils_when_matched_then_it_matches(pattern: dict[str, Any]) -> None:
    assert compile_pattern(json.dumps(pattern)).matches(EVENT)


@pytest.mark.parametrize("pattern", NOT_MATCHING, ids=json.dumps)
def test_given_a_pattern_that_the_event_does_not_fulfil_when_matched_then_it_does_not_match(
    pattern: dict[str, Any],
) -> None:
    assert not compile_pattern(json.dumps(pattern)).matches(EVENT)


@pytest.mark.parametrize(("reason", "pattern"), REFUSED)
def test_given_a_pattern_that_eventbridge_refuses_when_compiled_then_the_reason_is_named(
    reason: str, pattern: str
) -> None:
    with pytest.raises(InvalidPatternError, match=reason):
        compile_pattern(pattern)
