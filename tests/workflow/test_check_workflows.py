import json
from pathlib import Path
from typing import Any

import pytest

from local.check_workflows import main

DEFINITION = Path("statemachine/chat_turn.asl.json")


def broken(tmp_path: Path, change: dict[str, Any]) -> str:
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "One",
        "States": {"One": {"Type": "Pass", "End": True, **change}},
    }
    path = tmp_path / "broken.asl.json"
    path.write_text(json.dumps(definition))
    return str(path)


def test_the_deployed_definition_is_sound() -> None:
    assert main([str(DEFINITION)]) == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"Next": "Nowhere", "End": None}, "Nowhere"),
        ({"Output": "{% $sum( %}"}, "Output"),
        ({"Bogus": 1}, "Bogus"),
        ({"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sfn:nothing"}, "no action 'nothing'"),
    ],
)
def test_a_mistake_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: dict[str, Any], said: str
) -> None:
    assert main([broken(tmp_path, {key: value for key, value in change.items() if value is not None})]) == 1
    assert said in capsys.readouterr().out


def test_a_file_that_is_not_json_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "broken.asl.json"
    path.write_text("{")

    assert main([str(path)]) == 1
    assert str(path) in capsys.readouterr().out


def test_the_definition_holds_no_arn() -> None:
    assert "arn:" not in DEFINITION.read_text(encoding="utf-8")
