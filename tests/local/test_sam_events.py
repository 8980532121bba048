"""Rules and schedules that SAM makes of the events of functions and state machines."""

from typing import Any

import pytest

from local.template import Deployment, UnsupportedError
from local.template.sam_events import RULE, SCHEDULE, generated

TARGET = "arn:aws:lambda:us-east-1:123456789012:function:f:live"
RETRY = {"MaximumRetryAttempts": 3}
DEAD = {"Arn": "arn:aws:sqs:us-east-1:123456789012:dead"}


def _made(kind: str, **properties: Any) -> tuple[str, dict[str, Any]]:
    (made,) = generated("F", TARGET, {"Event": {"Type": kind, "Properties": properties}})
    assert made.logical_id == "FEvent"
    return made.type, dict(made.properties)


def test_given_a_pattern_when_made_then_it_is_a_rule_whose_target_has_the_deliverys_properties() -> None:
    pattern = {"source": ["s"]}
    event = {"Pattern": pattern, "EventBusName": "b", "RetryPolicy": RETRY, "DeadLetterConfig": DEAD, "Input": "{}"}
    made = _made("EventBridgeRule", **event, Target={"Id": "t"}, RuleName="named")
    target = {"Id": "t", "Arn": TARGET, "Input": "{}", "RetryPolicy": RETRY, "DeadLetterConfig": DEAD}
    assert made == (RULE, {"Name": "named", "EventPattern": pattern, "EventBusName": "b", "Targets": [target]})


@pytest.mark.parametrize(("given", "state"), [({"Enabled": False}, "DISABLED"), ({"State": "ENABLED"}, "ENABLED")])
def test_given_a_schedule_when_made_then_it_is_a_rule_in_the_state_it_says(given: dict[str, Any], state: str) -> None:
    made = _made("Schedule", Schedule="rate(1 day)", Name="named", **given)
    targets = [{"Id": "FEventTarget", "Arn": TARGET}]
    rule = {"Name": "named", "ScheduleExpression": "rate(1 day)", "State": state, "Targets": targets}
    assert made == (RULE, rule)


def test_given_a_schedule_of_the_second_kind_when_made_then_it_is_one_of_eventbridge_scheduler() -> None:
    event = {"ScheduleExpression": "cron(0 3 * * ? *)", "ScheduleExpressionTimezone": "UTC", "RetryPolicy": RETRY}
    made = _made("ScheduleV2", **event, GroupName="g", State="DISABLED", Input='"x"')
    assert made == (
        SCHEDULE,
        {
            "Name": "FEvent",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {"Arn": TARGET, "Input": '"x"', "RetryPolicy": RETRY},
            "GroupName": "g",
            "ScheduleExpression": "cron(0 3 * * ? *)",
            "ScheduleExpressionTimezone": "UTC",
            "State": "DISABLED",
        },
    )


def test_given_a_queue_that_sam_would_make_when_made_then_it_is_refused_with_what_to_do() -> None:
    with pytest.raises(UnsupportedError, match="by its Arn"):
        _made("ScheduleV2", ScheduleExpression="rate(1 day)", DeadLetterConfig={"Type": "SQS"})


def test_given_an_event_of_an_api_when_made_then_there_is_no_resource() -> None:
    assert list(generated("F", TARGET, {"Get": {"Type": "Api", "Properties": {"Path": "/", "Method": "get"}}})) == []


def test_given_a_rule_of_the_template_and_one_of_an_event_when_listed_then_both_are_there(
    deployment: Deployment,
) -> None:
    rules = {rule.logical_id: rule for rule in deployment.resources(RULE)}
    assert set(rules) == {"Rule", "EchoMade"}
    assert rules["EchoMade"].name == "mangaassist-local-EchoMade"
    assert rules["EchoMade"].properties["Targets"][0]["Arn"] == deployment.ref("Echo.Alias")
