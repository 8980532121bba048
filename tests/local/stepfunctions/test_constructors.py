"""What is evaluated in Python is what the JSONata library says."""

from typing import Any

import jsonata
import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.stepfunctions.constructors import constructor
from local.stepfunctions.environment import Environment
from local.stepfunctions.errors import QueryError
from local.stepfunctions.json_types import JSON
from local.stepfunctions.jsonata_path import Part, plain_path
from local.stepfunctions.jsonata_query import Expression

SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.text("xyz", max_size=2)
MEMBERS = st.sampled_from(["a", "b", "c"])
DOCUMENTS = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(MEMBERS, inner, max_size=3), max_leaves=12
)
PATHS = st.lists(st.sampled_from([".a", ".b", ".c", "[0]", "[1]"]), max_size=3).map(lambda steps: "$v" + "".join(steps))
LEAVES = st.sampled_from(
    ["'text'", '"a, [b"', "12", "$exists($v.a)", "$v ~> $type", "$count($v.b) = 1 ? {'a': $v} : []"]
)
SOURCES = st.recursive(
    PATHS | LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.lists(inner, max_size=3).map(lambda items: f"$merge([{', '.join(items)}])")
        | st.dictionaries(MEMBERS, inner, max_size=3).map(
            lambda members: "{" + ", ".join(f"'{name}': {value}" for name, value in members.items()) + "}"
        )
    ),
    max_leaves=8,
)


def environment(value: JSON) -> Environment:
    return Environment({"v": value}, {}, None, dict, lambda: 0.0)


def from_library(source: str, value: JSON) -> Any:
    query = jsonata.Jsonata(source)
    query.set_output_convert_nulls(False)
    try:
        return query.evaluate(None, {"v": value})
    except jsonata.JsonataError:
        return jsonata.JsonataError


def from_expression(source: str, value: JSON) -> Any:
    try:
        return Expression("{% " + source + " %}", "State", "Output").evaluate(environment(value))
    except QueryError as error:
        return jsonata.UNDEFINED if "undefined" in str(error) else jsonata.JsonataError


@given(source=SOURCES, value=DOCUMENTS)
def test_given_any_constructors_over_any_data_then_the_value_is_that_of_the_library(source: str, value: JSON) -> None:
    assert from_expression(source, value) == from_library(source, value)


def leaf(source: str) -> Part:
    raise AssertionError(f"{source} was left to the library")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{'a': $v.a, 'text': \"x, y\"}", {"a": [1, 2], "text": "x, y"}),
        ("[$v.a, [$v.a], 'x']", [1, 2, [1, 2], "x"]),
        ("[$v.absent]", []),
        ("{'absent': $v.absent}", {}),
        ("$merge([$v, {'a': $v.a[1]}])", {"a": 2, "b": {"c": 3}}),
        ("$merge([$v.b, $v.absent])", {"c": 3}),
        ("$merge([])", {}),
    ],
)
def test_given_constructors_of_plain_paths_then_the_library_is_not_asked(source: str, expected: JSON) -> None:
    part = constructor(source, leaf)

    assert part is not None
    assert part(environment({"a": [1, 2], "b": {"c": 3}})) == expected


@pytest.mark.parametrize(
    "source",
    [
        "[1..3]",
        "[$v.a][0]",
        "{'a': 1}.a",
        "{$v.a: 1}",
        "{'a': 'x', 'a': 'y'}",
        "$merge($v.a)",
        "$merge([$v]).a",
        "[$v.a] /* all, [of] them */",
        "$sum([1, 2])",
        "'it\\'s'",
    ],
)
def test_given_anything_else_then_it_is_left_to_the_library(source: str) -> None:
    assert constructor(source, leaf) is None


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("$v.a[1]", 2),
        ("$v.items.n", [1, 2]),
        ("$v.one.n", 1),
        ("$v.absent", jsonata.UNDEFINED),
        ("$v.a.b.c", NotImplemented),
        ("$v.a[9]", NotImplemented),
    ],
)
def test_given_a_plain_path_then_it_is_walked(source: str, expected: JSON) -> None:
    value = {"a": [1, 2], "items": [{"n": 1}, {}, {"n": 2}], "one": [{"n": 1}]}
    part = plain_path(source)

    assert part is not None
    assert part(environment(value)) == expected


@pytest.mark.parametrize("source", ["$v", "$v.a"])
def test_given_a_path_to_an_object_then_it_is_passed_on_and_not_copied(source: str) -> None:
    inner = {"b": 1}
    value: dict[str, JSON] = {"a": inner}
    part = plain_path(source)

    assert part is not None
    assert part(environment(value)) is (value if source == "$v" else inner)


def test_given_a_part_that_fails_then_the_error_names_the_whole_expression() -> None:
    with pytest.raises(QueryError, match=r"\[\$v\.a, 1 \+ \$v\.b\]"):
        Expression("{% [$v.a, 1 + $v.b] %}", "State", "Output").evaluate(environment({"b": "x"}))
