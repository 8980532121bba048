"""What a change of state says to others."""

import json

import pytest

from tests.local.alarms.fakes import alarm
from tests.local.alarms.scene import ALARM, FUNCTION, TOPIC, Scene, virtually


def test_given_a_transition_when_told_then_topic_and_function_get_the_documents_of_aws() -> None:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html"""

    async def play(scene: Scene) -> None:
        await scene.minute(1)
        await scene.minute(11)
        ((_, _, message),) = scene.topics.published
        told = json.loads(message)
        assert (told["AlarmName"], told["OldStateValue"], told["NewStateValue"]) == ("shop-clicks", "OK", "ALARM")
        assert told["Trigger"]["Statistic"] == "SUM"
        expected = (
            "Threshold Crossed: 1 out of the last 1 datapoint [11.0] was greater than the threshold (10.0)"
            " (minimum 1 datapoint for OK -> ALARM transition)."
        )
        assert told["NewStateReason"] == expected
        ((_, payload),) = scene.functions.invoked
        assert (payload["source"], payload["alarmArn"]) == ("aws.cloudwatch", told["AlarmArn"])
        data = payload["alarmData"]
        assert (data["state"]["value"], data["previousState"]["value"]) == ("ALARM", "OK")
        assert json.loads(data["state"]["reasonData"])["recentDatapoints"] == [11]
        (measured,) = data["configuration"]["metrics"]
        assert measured["metricStat"] == {
            "metric": {"namespace": "Shop", "name": "clicks", "dimensions": {}},
            "period": 60,
            "stat": "Sum",
        }

    virtually(alarm(AlarmActions=[TOPIC, FUNCTION]))(play)


@pytest.mark.parametrize(
    ("treatment", "reason"),
    [
        ("missing", "Unchecked: Initial alarm creation"),
        (
            "breaching",
            "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as"
            " [Breaching].",
        ),
        (
            "notBreaching",
            "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as"
            " [NonBreaching].",
        ),
    ],
)
def test_given_no_data_when_evaluated_then_the_reason_says_how_it_was_treated(treatment: str, reason: str) -> None:
    async def play(scene: Scene) -> None:
        await scene.minute(None)
        assert scene.watch.situation("ClicksAlarm").reason == reason

    virtually(alarm(TreatMissingData=treatment))(play)


def test_given_missing_data_beside_real_when_it_decides_then_the_reason_says_how_it_was_treated() -> None:
    async def play(scene: Scene) -> None:
        assert await scene.minute(11) is ALARM
        assert scene.watch.situation("ClicksAlarm").reason == (
            "Threshold Crossed: 1 out of the last 1 datapoint [11.0] was greater than the threshold (10.0)"
            " and 2 missing datapoints were treated as [Breaching]"
            " (minimum 3 datapoints for OK -> ALARM transition)."
        )

    virtually(alarm(EvaluationPeriods=3, TreatMissingData="breaching"))(play)
