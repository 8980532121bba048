"""What a target is sent.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
"""

import json
from typing import Any

import pytest

from local.events.inputs import Input

EVENT: dict[str, Any] = {
    "id": "e-1",
    "source": "store",
    "detail-type": "Placed",
    "time": "2026-11-24T03:00:00Z",
    "detail": {"order": "o-7", "quote": 'a "b"', "items": [{"id": 1}, {"id": 2}], "count": 2},
}
RULE = {"aws.events.rule-name": "r", "aws.events.rule-arn": "arn:r"}


def _sent(**target: Any) -> str:
    return Input.of(target).text(EVENT, RULE)


def _transformed(template: str, **paths: str) -> str:
    return _sent(InputTransformer={"InputTemplate": template, "InputPathsMap": paths})


def test_given_no_input_when_sent_then_it_is_the_whole_event() -> None:
    assert json.loads(_sent()) == EVENT


def test_given_a_constant_when_sent_then_nothing_of_the_event_is() -> None:
    assert _sent(Input='{"always": "<this>"}') == '{"always": "<this>"}'


@pytest.mark.parametrize(
    ("path", "sent"),
    [("$.detail.order", "o-7"), ("$.detail-type", "Placed"), ("$.detail.items[1]", {"id": 2}), ("$.detail.no", None)],
)
def test_given_an_input_path_when_sent_then_it_is_that_part(path: str, sent: Any) -> None:
    assert json.loads(_sent(InputPath=path)) == sent


def test_given_a_json_template_when_sent_then_variables_are_json_outside_quotes_and_text_within() -> None:
    template = '{"order": <order>, "all": <items>, "n": <count>, "said": "<order>: <quote>", "flat": "<items>"}'
    paths = {"order": "$.detail.order", "items": "$.detail.items", "count": "$.detail.count", "quote": "$.detail.quote"}
    assert json.loads(_transformed(template, **paths)) == {
        "order": "o-7",
        "all": [{"id": 1}, {"id": 2}],
        "n": 2,
        "said": 'o-7: a "b"',
        "flat": "[{id: 1}, {id: 2}]",
    }


def test_given_a_text_template_when_sent_then_its_variables_stand_in_it() -> None:
    assert _transformed('"order <order> came"', order="$.detail.order") == '"order o-7 came"'


def test_given_a_path_that_leads_nowhere_when_sent_then_its_variable_is_empty() -> None:
    assert json.loads(_transformed('{"a": <gone>, "b": "<gone>!"}', gone="$.detail.gone")) == {"a": "", "b": "!"}


def test_given_predefined_variables_when_sent_then_they_speak_of_the_rule_and_the_event() -> None:
    template = (
        '{"rule": <aws.events.rule-name>, "arn": "<aws.events.rule-arn>", "event": <aws.events.event.json>,'
        ' "head": <aws.events.event>, "at": <aws.events.event.ingestion-time>}'
    )
    sent = json.loads(_transformed(template))
    assert (sent["rule"], sent["arn"], sent["event"], sent["at"]) == ("r", "arn:r", EVENT, EVENT["time"])
    assert sent["head"] == {name: value for name, value in EVENT.items() if name != "detail"}
