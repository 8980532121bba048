"""Rules that the chat turn's definition keeps, whatever it comes to say."""

import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mangaassist import errors
from mangaassist.policy.routing import understand
from mangaassist.tables import intents, messages
from tests.unit.builders import turn
from tests.workflow import test_routes

DEFINITION = json.loads(Path("statemachine/chat_turn.asl.json").read_text(encoding="utf-8"))

# Raised by Step Functions, by Lambda, or by the definition itself.
NAMES_OF_AWS = {
    "States.ALL",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
}
DELIBERATE = {"SpeculationDiscarded"}
OUR_ERRORS = {name for name, value in vars(errors).items() if inspect.isclass(value)}


def states_of(machine: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, state in machine["States"].items():
        yield name, state
        for branch in state.get("Branches", []):
            yield from states_of(branch)


STATES = dict(states_of(DEFINITION))
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}


def test_every_state_has_a_name_of_its_own() -> None:
    assert len(list(states_of(DEFINITION))) == len(STATES)


@pytest.mark.parametrize("name", TASKS)
def test_a_task_is_bounded_in_time_and_caught(name: str) -> None:
    assert TASKS[name]["TimeoutSeconds"] <= 4
    caught = [error for catcher in TASKS[name].get("Catch", []) for error in catcher["ErrorEquals"]]
    assert caught[-1:] == ["States.ALL"] or name == "Open turn", (
        "only the last catcher, and always the last, is States.ALL"
    )
    assert caught.count("States.ALL") <= 1


def test_what_leaves_the_opened_turn_is_caught_around_all() -> None:
    caught = [error for catcher in DEFINITION["States"]["Answer turn"]["Catch"] for error in catcher["ErrorEquals"]]

    assert caught[-1] == "States.ALL"
    assert set(caught[:-1]) == {cls.__name__ for cls in errors.Refusal.__subclasses__()}


def test_every_error_that_is_caught_or_retried_exists() -> None:
    named = {
        error
        for state in STATES.values()
        for rule in [*state.get("Catch", []), *state.get("Retry", [])]
        for error in rule["ErrorEquals"]
    }

    assert named <= NAMES_OF_AWS | DELIBERATE | OUR_ERRORS


def test_only_errors_of_lambda_itself_are_retried_and_once() -> None:
    for state in TASKS.values():
        for rule in state.get("Retry", []):
            assert all(error.startswith("Lambda.") for error in rule["ErrorEquals"])
            assert rule["MaxAttempts"] == 1


def test_choices_are_questions_and_tasks_are_not() -> None:
    assert all(name.endswith("?") == (state["Type"] == "Choice") for name, state in STATES.items())


def test_no_error_of_ours_wears_a_name_of_step_functions() -> None:
    fails = [state for state in STATES.values() if state["Type"] == "Fail"]

    assert not [state for state in fails if state["Error"].startswith("States.")]


def test_the_assumed_intent_is_the_one_that_the_table_falls_back_to() -> None:
    assumed = STATES["Assume the general intent"]["Output"]["understanding"]
    expected = understand(intents().fallback, 1.0, turn()).model_dump()

    assert {**assumed, "tier": expected["tier"], "confidence": 1.0} == expected


def test_the_last_resort_speaks_with_the_words_of_the_tables() -> None:
    apology, said = messages().standby["apology"], STATES["Apologise"]["Output"]["reply"]

    assert f"'{apology.ja}'" in said
    assert f"'{apology.en}'" in said


def test_every_scenario_of_a_turn_is_walked() -> None:
    scenarios = {path.stem for path in Path("events/chat_turn").glob("*.json")}

    assert scenarios == test_routes.ROUTES.keys() | test_routes.REFUSALS.keys()
