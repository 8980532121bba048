"""Any arguments are either converted for boto3 or refused; nothing else ever happens."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.integrations import SdkCalls, check
from local.stepfunctions import JSON, ResourceError, StatesRuntimeError

names = st.sampled_from(
    ["TableName", "Key", "S", "SS", "NULL", "Entries", "Detail", "Time", "Payload", "StateMachineArn", "Item", "x"]
)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["", "漫画", "\ud800", "2026-11-23", "2026-11-23T20:00:00Z"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)
ACTIONS = [
    "dynamodb:putItem",
    "aws-sdk:dynamodb:transactWriteItems",
    "events:putEvents",
    "aws-sdk:eventbridge:putEvents",
    "aws-sdk:lambda:invoke",
    "states:startExecution",
    "aws-sdk:s3:putObject",
    "aws-sdk:sts:getCallerIdentity",
]


class Silent:
    """Clients that answer nothing."""

    def of(self, service: str) -> Any:
        return self

    def __getattr__(self, action: str) -> Any:
        return lambda **_: {}


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(ACTIONS), values)
def test_given_any_arguments_when_a_definition_is_loaded_then_they_are_fine_or_refused(
    action: str, arguments: JSON
) -> None:
    with suppress(ResourceError):
        check(action, arguments, False)


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(ACTIONS), values)
async def test_given_any_arguments_when_a_task_calls_then_it_answers_or_the_state_fails(
    action: str, arguments: JSON
) -> None:
    with suppress(StatesRuntimeError):
        assert isinstance(await SdkCalls(Silent()).call(action, arguments), dict)


@pytest.mark.parametrize("parameter", ["Entries", "Entries[0]/Detail"])
def test_given_what_is_computed_when_a_definition_is_loaded_then_it_is_not_looked_into(parameter: str) -> None:
    entry = {"Source": "s", "DetailType": "t", "Detail": {"x": ...}}
    check("events:putEvents", {"Entries": ... if parameter == "Entries" else [entry]}, False)
