"""The template and the state machine's definition agree."""

import json
import re
from pathlib import Path
from typing import Any

from local.template import Deployment
from mangaassist.errors import Refusal

DEFINITION = Path("statemachine/chat_turn.asl.json")


def machine(template: dict[str, Any]) -> dict[str, Any]:
    properties: dict[str, Any] = template["Resources"]["ChatTurn"]["Properties"]
    return properties


def test_every_placeholder_of_the_definition_is_substituted_and_no_substitution_is_idle(
    template: dict[str, Any],
) -> None:
    placeholders = set(re.findall(r"\$\{(\w+)\}", DEFINITION.read_text(encoding="utf-8")))

    assert set(machine(template)["DefinitionSubstitutions"]) == placeholders


def test_a_substitution_is_the_alias_of_the_function_it_is_named_after(template: dict[str, Any]) -> None:
    for name, value in machine(template)["DefinitionSubstitutions"].items():
        assert value == {"Ref": f"{name.removesuffix('Arn')}.Alias"}


def test_the_definition_holds_no_arn() -> None:
    assert "arn:" not in DEFINITION.read_text(encoding="utf-8")


def test_the_workflow_is_express_and_ends_before_the_api_gives_up(deployment: Deployment, chat: dict[str, Any]) -> None:
    workflow = deployment.state_machines()["ChatTurn"]
    integration = chat["x-amazon-apigateway-integration"]

    assert workflow.kind == "EXPRESS"
    assert json.loads(workflow.definition)["TimeoutSeconds"] * 1000 < integration["timeoutInMillis"] <= 29_000


def test_every_refusal_has_a_status_and_no_other_error_has_one(chat: dict[str, Any]) -> None:
    answer = chat["x-amazon-apigateway-integration"]["responses"]["default"]["responseTemplates"]["application/json"]
    (written,) = re.findall(r"#set\(\$refusals = (\{.*?\})\)", answer)

    assert set(json.loads(written)) == {refusal.__name__ for refusal in Refusal.__subclasses__()}
