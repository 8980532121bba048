"""Every function folder is deployed, from one asset, with the settings it reads."""

import re
from pathlib import Path
from typing import Any

import pytest

from local.template import Deployment
from local.template.specs import ResourceSpec
from mangaassist.capacity_settings import CapacitySettings, PlanningSettings
from mangaassist.policy.deadline import STEP_BUDGETS
from mangaassist.settings import Settings

FOLDERS = sorted(path.parent.name for path in Path("functions").glob("*/handler.py"))
SHARED = "mangaassist"

# Read by Powertools rather than by Settings. STAGE and REVISION say in the console what is deployed.
OF_TOOLS = {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_LOG_LEVEL", "STAGE", "REVISION"}
OUTSIDE_THE_TURN = {"authorize_caller", "plan_releases", "scale_capacity", "settle_turns"}
OF_CAPACITY = {"plan_releases": PlanningSettings, "scale_capacity": CapacitySettings}


def variables(model: type[Any]) -> set[str]:
    return {name.upper() for name in model.model_fields}


def test_every_function_folder_is_in_the_template_and_nothing_else_is(functions: dict[str, ResourceSpec]) -> None:
    folders = {path.name for path in Path("functions").iterdir() if path.is_dir() and path.name != "__pycache__"}

    assert set(functions) == folders - {SHARED}
    assert set(functions) == set(FOLDERS)


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_functions_names_share_a_stem(folder: str, functions: dict[str, ResourceSpec]) -> None:
    spec = functions[folder]

    assert spec.properties["Handler"] == f"{folder}.handler.handler"
    assert spec.logical_id == "".join(word.capitalize() for word in folder.split("_")) + "Function"
    assert spec.properties["Description"].endswith(".")


def test_all_functions_are_built_once_from_one_asset(template: dict[str, Any], deployment: Deployment) -> None:
    resources = [item for item in template["Resources"].values() if item["Type"] == "AWS::Serverless::Function"]

    assert {item["Metadata"]["BuildMethod"] for item in resources} == {"python-uv"}
    assert {spec.task_root for spec in deployment.functions().values()} == {Path("functions").resolve()}
    assert template["Globals"]["Function"]["Runtime"] == "python3.13"
    assert template["Globals"]["Function"]["Architectures"] == ["arm64"]


def test_every_function_publishes_the_alias_that_callers_use(deployment: Deployment) -> None:
    assert {spec.alias for spec in deployment.functions().values()} == {"live"}


def test_a_changed_parameter_reaches_the_alias_with_a_new_revision(
    template: dict[str, Any], functions: dict[str, ResourceSpec]
) -> None:
    assert template["Globals"]["Function"]["Environment"]["Variables"]["REVISION"] == {"Ref": "Revision"}
    for spec in functions.values():
        written = template["Resources"][spec.logical_id]["Properties"]
        assert written["VersionDescription"] == {"Ref": "Revision"}


def test_the_shared_environment_is_what_settings_read(template: dict[str, Any]) -> None:
    shared = template["Globals"]["Function"]["Environment"]["Variables"]

    assert set(shared) - OF_TOOLS == variables(Settings)


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_functions_own_environment_is_what_its_settings_read_beyond_the_shared(
    folder: str, template: dict[str, Any], functions: dict[str, ResourceSpec]
) -> None:
    resource = template["Resources"][functions[folder].logical_id]
    own = set(resource["Properties"].get("Environment", {}).get("Variables", {}))
    model = OF_CAPACITY.get(folder)

    assert own == (variables(model) - variables(Settings) - OF_TOOLS if model else set())


@pytest.mark.parametrize("folder", sorted(STEP_BUDGETS))
def test_a_functions_time_limit_is_a_backstop_behind_its_own_budget(
    folder: str, functions: dict[str, ResourceSpec], deployment: Deployment
) -> None:
    timeout_s = deployment.functions()[functions[folder].logical_id].timeout_s

    assert timeout_s.is_integer()
    assert STEP_BUDGETS[folder].cap_ms < timeout_s * 1000 <= 5_000


@pytest.mark.parametrize("folder", sorted(OUTSIDE_THE_TURN))
def test_a_function_outside_the_turn_has_a_time_limit_of_a_minute_at_most(
    folder: str, functions: dict[str, ResourceSpec], deployment: Deployment
) -> None:
    assert deployment.functions()[functions[folder].logical_id].timeout_s <= 60


def test_every_step_of_a_turn_has_a_budget(functions: dict[str, ResourceSpec]) -> None:
    assert set(STEP_BUDGETS) == set(functions) - OUTSIDE_THE_TURN


def test_every_parameter_is_explained_grouped_and_used(template: dict[str, Any]) -> None:
    groups = template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    grouped = [name for group in groups for name in group["Parameters"]]
    text = Path("template.yaml").read_text(encoding="utf-8")

    assert sorted(grouped) == sorted(template["Parameters"])
    for name, parameter in template["Parameters"].items():
        assert parameter["Description"].endswith(".")
        assert re.search(rf"(!Ref |\$\{{){name}\b", text), f"{name} is not used"
