"""The deployed template, read as CloudFormation and SAM read it."""

from pathlib import Path

import pytest

from local.template import Deployment, TemplateError, UnresolvableError, UnsupportedError
from local.template.globals import merge
from local.template.intrinsics import NO_VALUE, Resolver
from local.template.model import Overrides

TEMPLATE = Path(__file__).parent / "fixtures" / "template.yaml"
ACCOUNT = "123456789012"


@pytest.fixture
def deployment() -> Deployment:
    return Deployment(TEMPLATE, Overrides(parameters={"Issuer": "https://issuer"}))


def test_given_globals_when_a_function_is_read_then_they_are_merged_and_resolved(deployment: Deployment) -> None:
    echo = deployment.functions()["Echo"]
    assert echo.environment == {
        "TABLE": "mangaassist-local-Things",
        "BUS": "things-dev",
        "DEBUG": "true",
        "GREETING": "dev-us-east-1",
    }
    assert (echo.timeout_s, echo.memory_mb, echo.reserved_concurrency, echo.alias) == (5.0, 256, 2, "live")
    assert echo.task_root == TEMPLATE.parent / "functions"


def test_given_a_false_condition_when_functions_are_listed_then_the_resource_does_not_exist(
    deployment: Deployment,
) -> None:
    assert "OnlyInProduction" not in deployment.functions()
    with pytest.raises(UnresolvableError, match="OnlyInProduction does not exist"):
        deployment.attribute("OnlyInProduction", "Arn")


def test_given_an_alias_when_it_is_referred_to_then_both_spellings_give_its_arn(deployment: Deployment) -> None:
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:mangaassist-local-Echo:live"
    assert deployment.ref("Echo.Alias") == arn
    assert deployment.ref("EchoAliaslive") == arn
    assert arn in deployment.functions()["Echo"].arns


def test_given_substitutions_when_a_machine_is_read_then_its_definition_holds_the_arns(deployment: Deployment) -> None:
    machine = deployment.state_machines()["Machine"]
    assert deployment.ref("Echo.Alias") in machine.definition
    assert "${" not in machine.definition
    assert machine.kind == "EXPRESS"


def test_given_a_parameter_without_value_when_it_is_needed_then_it_is_named() -> None:
    deployment = Deployment(TEMPLATE)
    assert deployment.functions()
    with pytest.raises(UnresolvableError, match="Issuer"):
        deployment.ref("Issuer")


def test_given_an_unknown_override_when_the_template_is_read_then_it_is_refused() -> None:
    with pytest.raises(TemplateError, match="Isuer"):
        Deployment(TEMPLATE, Overrides(parameters={"Isuer": "x"}))


def test_given_an_attribute_nobody_knows_when_it_is_asked_for_then_it_is_refused(deployment: Deployment) -> None:
    with pytest.raises(UnresolvableError, match=r"Things\.Colour"):
        deployment.attribute("Things", "Colour")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ({"Fn::Sub": ["${A}-${!Literal}-${Stage}", {"A": {"Ref": "Stage"}}]}, "dev-${Literal}-dev"),
        ({"Fn::Join": ["/", ["a", {"Ref": "AWS::NoValue"}, "b"]]}, "a/b"),
        ({"Fn::If": ["InProduction", "yes", {"Ref": "AWS::NoValue"}]}, NO_VALUE),
        ({"kept": 1, "dropped": {"Fn::If": ["InProduction", 1, {"Ref": "AWS::NoValue"}]}}, {"kept": 1}),
        ({"Fn::Select": [1, {"Ref": "Tokens"}]}, "b"),
        ({"Fn::Select": ["0", {"Fn::Split": ["-", "x-y"]}]}, "x"),
        ({"Fn::And": [{"Condition": "HasIssuer"}, {"Fn::Not": [{"Condition": "InProduction"}]}]}, True),
        ({"Fn::FindInMap": ["Sizes", "test", "Memory", {"DefaultValue": 7}]}, 7),
        ({"Condition": {"StringEquals": {"a": "b"}}}, {"Condition": {"StringEquals": {"a": "b"}}}),
        ({"Fn::GetAtt": ["Things", "Arn"]}, f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/mangaassist-local-Things"),
    ],
)
def test_given_an_intrinsic_function_when_it_is_resolved_then_it_answers_as_cloudformation(
    deployment: Deployment, expression: object, value: object
) -> None:
    assert Resolver(deployment).resolve(expression) == value


def test_given_a_function_nobody_implements_when_it_is_resolved_then_it_is_refused(deployment: Deployment) -> None:
    with pytest.raises(UnsupportedError, match="Fn::Transform"):
        Resolver(deployment).resolve({"Fn::Transform": {"Name": "AWS::Include"}})


def test_given_an_import_without_local_value_when_it_is_resolved_then_it_is_refused(deployment: Deployment) -> None:
    with pytest.raises(UnresolvableError, match="shared-bus"):
        Resolver(deployment).resolve({"Fn::ImportValue": "shared-bus"})


def test_given_globals_and_own_values_when_merged_then_mappings_merge_and_lists_join_and_functions_replace() -> None:
    common = {"a": {"x": 1, "y": 2}, "l": [1], "f": {"Ref": "A"}}
    own = {"a": {"y": 3}, "l": [2], "f": {"Ref": "B"}}
    assert merge(common, own) == {"a": {"x": 1, "y": 3}, "l": [1, 2], "f": {"Ref": "B"}}
