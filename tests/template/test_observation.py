"""What operators see: every alarm has a runbook, every metric that is looked at is one that somebody emits."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from mangaassist.telemetry.declared import NAMESPACE, SERVICE, UNITS, dimension_sets

OPERATIONS = Path("docs/operations.md").read_text(encoding="utf-8")
RUNBOOK = re.compile(r"Runbook: docs/operations\.md#(?P<anchor>[a-z]+)$")
SEARCH = re.compile(r"SEARCH\('\{(?P<namespace>[^,}]+),(?P<dimensions>[^}]*)\} .*?MetricName=\"(?P<name>\w+)\"")
FUNCTION_ALARMS = {"FunctionName", "Resource"}
# What AWS's services emit, by their user guides: metric names and sets of dimensions that are looked at here.
ENDPOINT = {"EndpointName", "VariantName"}
API = {"ApiName", "Stage"}
AWS: Mapping[str, tuple[set[str], list[set[str]]]] = {
    "AWS/ApiGateway": ({"5XXError", "4XXError", "Latency"}, [API]),
    "AWS/Bedrock": ({"InvocationThrottles"}, [{"ModelId"}]),
    "AWS/Lambda": ({"Errors", "Throttles", "ConcurrentExecutions"}, [set(), FUNCTION_ALARMS]),
    "AWS/SageMaker": ({"InvocationsPerInstance", "ConcurrentRequestsPerModel"}, [ENDPOINT]),
    "AWS/SQS": (
        {"ApproximateNumberOfMessagesVisible", "ApproximateNumberOfMessagesNotVisible"},
        [{"QueueName"}],
    ),
    "AWS/States": ({"ExecutionsFailed", "ExecutionsSucceeded", "ExecutionsTimedOut"}, [{"StateMachineArn"}]),
}
Looked = tuple[str, str, frozenset[str]]
Template = dict[str, Any]


def of_type(template: Template, kind: str) -> dict[str, Any]:
    """Every resource of a type, whatever its condition, by its logical id."""
    return {name: resource for name, resource in template["Resources"].items() if resource["Type"] == kind}


def alarms(template: Template) -> dict[str, Any]:
    return {name: alarm["Properties"] for name, alarm in of_type(template, "AWS::CloudWatch::Alarm").items()}


def of_alarm(alarm: Mapping[str, Any]) -> Looked:
    dimensions = frozenset(dimension["Name"] for dimension in alarm.get("Dimensions", []))
    return alarm["Namespace"], alarm["MetricName"], dimensions


def of_dashboard(template: Template) -> Iterator[Looked]:
    for widget in widgets(template):
        for row in widget["properties"].get("metrics", []):
            if not isinstance(row[0], dict):
                namespace, name, *rest = [part for part in row if isinstance(part, str)]
                yield namespace, name, frozenset(rest[::2])
            elif row[0]["expression"].startswith("SEARCH"):
                found = SEARCH.match(row[0]["expression"])
                assert found, row[0]["expression"]
                yield found["namespace"], found["name"], frozenset(found["dimensions"].split(","))


def widgets(template: Template) -> list[dict[str, Any]]:
    (dashboard,) = of_type(template, "AWS::CloudWatch::Dashboard").values()
    found: list[dict[str, Any]] = json.loads(dashboard["Properties"]["DashboardBody"]["Fn::Sub"])["widgets"]
    return found


def is_emitted(looked: Looked) -> bool:
    namespace, name, dimensions = looked
    if namespace == NAMESPACE:
        return SERVICE in dimensions and dimensions - {SERVICE} in dimension_sets(name)
    names, sets = AWS[namespace]
    return name in names and set(dimensions) in sets


def anchors() -> set[str]:
    headings = re.findall(r"^#+ (.+)$", OPERATIONS, flags=re.MULTILINE)
    return {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_alarm_leads_to_its_runbook(template: Template) -> None:
    for name, alarm in alarms(template).items():
        description = alarm["AlarmDescription"]
        found = RUNBOOK.search(description if isinstance(description, str) else description["Fn::Sub"])
        assert found, f"{name}: end its AlarmDescription with Runbook: docs/operations.md#HEADING"
        assert found["anchor"] in anchors(), f"{name}: docs/operations.md has no heading #{found['anchor']}"
        assert name.lower().removesuffix("alarm").endswith(found["anchor"])


def test_every_runbook_is_of_an_alarm(template: Template) -> None:
    alarm_names = [name.lower().removesuffix("alarm") for name in alarms(template)]
    section = OPERATIONS.partition("\n## Alarms\n")[2].partition("\n## ")[0]
    headings = re.findall(r"^### (\w+)$", section, flags=re.MULTILINE)
    assert headings
    assert [one for one in headings if not any(name.endswith(one.lower()) for name in alarm_names)] == []


def test_every_metric_that_an_alarm_watches_is_emitted(template: Template) -> None:
    unknown = {name: looked for name, alarm in alarms(template).items() if not is_emitted(looked := of_alarm(alarm))}
    assert unknown == {}


def test_every_metric_on_the_dashboard_is_emitted(template: Template) -> None:
    looked = list(of_dashboard(template))
    assert len(looked) > 30
    assert [one for one in looked if not is_emitted(one)] == []


@pytest.mark.parametrize("name", sorted(UNITS))
def test_every_declared_metric_is_explained(name: str) -> None:
    assert f"`{name}`" in OPERATIONS.partition("\n## Metrics\n")[2].partition("\n## ")[0]


def test_expressions_of_the_dashboard_name_metrics_of_their_widget(template: Template) -> None:
    for widget in widgets(template):
        rows = widget["properties"].get("metrics", [])
        ids = {row[-1].get("id") for row in rows if isinstance(row[-1], dict)}
        for row in rows:
            if isinstance(row[0], dict) and not row[0]["expression"].startswith("SEARCH"):
                assert set(re.findall(r"[a-z]\w*", row[0]["expression"])) <= ids


def test_widgets_do_not_overlap(template: Template) -> None:
    taken: set[tuple[int, int]] = set()
    for widget in widgets(template):
        columns = range(widget["x"], widget["x"] + widget["width"])
        area = {(x, y) for x in columns for y in range(widget["y"], widget["y"] + widget["height"])}
        assert not taken & area, widget["properties"]
        assert max(x for x, _ in area) < 24
        taken |= area


def test_a_saved_query_finds_a_whole_turn_by_its_trace_id(template: Template) -> None:
    queries = {query["Properties"]["Name"]["Fn::Sub"]: query["Properties"] for query in saved(template)}
    turn = queries["mangaassist-${StageName}/turn"]
    assert [parameter["Name"] for parameter in turn["Parameters"]] == ["trace_id"]
    assert "{{trace_id}}" in turn["QueryString"]
    groups = of_type(template, "AWS::Logs::LogGroup")
    assert {group["Ref"] for group in turn["LogGroupNames"]} == groups.keys()


def test_saved_queries_read_fields_that_the_functions_print(template: Template) -> None:
    for query in saved(template):
        metrics = re.findall(r"(\w+)\.0\b", query["Properties"]["QueryString"])
        assert set(metrics) <= UNITS.keys()


def saved(template: Template) -> list[dict[str, Any]]:
    return list(of_type(template, "AWS::Logs::QueryDefinition").values())
