"""Alarms on virtual time: minutes pass, states change, actions fire, and only when they should."""

import asyncio
from itertools import pairwise

import pytest

from local.alarms import ActionFailedError, Transition, UnsupportedAlarmError
from local.clock.virtual import VirtualClock, run_virtually
from tests.local.alarms.fakes import Listener, alarm
from tests.local.alarms.scene import ALARM, FUNCTION, OK, POLICY, TOPIC, UNKNOWN, VARIANT, Scene, virtually


def test_given_a_new_alarm_when_data_comes_goes_and_breaches_then_its_state_follows() -> None:
    async def play(scene: Scene) -> None:
        assert next(iter(scene.watch))[1].state is UNKNOWN
        states = [await scene.minute(clicks) for clicks in (1, 11, 1, None, None, None, 11)]
        assert states == [OK, ALARM, OK, OK, OK, UNKNOWN, ALARM]
        assert [(change.before.state, change.after.state) for change in scene.watch.history] == [
            (UNKNOWN, OK),
            (OK, ALARM),
            (ALARM, OK),
            (OK, UNKNOWN),
            (UNKNOWN, ALARM),
        ]

    virtually(alarm())(play)


def test_given_actions_when_states_change_then_they_fire_once_and_not_while_a_state_lasts() -> None:
    async def play(scene: Scene) -> None:
        for clicks in (1, 11, 12, 13, 1):
            await scene.minute(clicks)
        assert [subject for _, subject, _ in scene.topics.published] == [
            'OK: "shop-clicks" in us-east-1',
            'ALARM: "shop-clicks" in us-east-1',
            'OK: "shop-clicks" in us-east-1',
        ]
        assert [function for function, _ in scene.functions.invoked] == [FUNCTION]
        assert scene.listener.heard == [("ClicksAlarm", OK), ("ClicksAlarm", ALARM), ("ClicksAlarm", OK)]
        assert scene.watch.history[1].outcomes == {TOPIC: "published as m-2", FUNCTION: "invoked"}

    virtually(alarm(AlarmActions=[TOPIC, FUNCTION], OKActions=[TOPIC]))(play)


def test_given_actions_that_are_disabled_when_the_state_changes_then_none_fires() -> None:
    async def play(scene: Scene) -> None:
        assert await scene.minute(11) is ALARM
        assert scene.topics.published == []

    virtually(alarm(AlarmActions=[TOPIC], ActionsEnabled=False))(play)


def test_given_an_action_that_fails_when_the_state_changes_then_that_is_its_outcome_and_the_others_fire() -> None:
    gone = TOPIC.replace("operators", "gone")

    async def play(scene: Scene) -> None:
        assert await scene.minute(11) is ALARM
        assert scene.watch.history[0].outcomes == {gone: "failed: Topic does not exist", TOPIC: "published as m-1"}

    virtually(alarm(AlarmActions=[gone, TOPIC]))(play)


def test_given_ten_idle_minutes_when_they_go_on_then_one_instance_goes_and_another_after_each_cooldown() -> None:
    """Scaling alone is asked for again every minute that the alarm lasts.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html
    """
    idle = alarm(
        EvaluationPeriods=10,
        ComparisonOperator="LessThanThreshold",
        TreatMissingData="breaching",
        AlarmActions=[POLICY],
    )

    async def play(scene: Scene) -> None:
        await scene.minute(20)
        states = [await scene.minute(5) for _ in range(10)]
        assert states == [OK] * 9 + [ALARM]
        assert scene.fleet.capacities[VARIANT] == 7
        assert scene.watch.history[-1].outcomes == {POLICY: "8 -> 7"}
        for _ in range(60):
            await scene.minute(5)
        assert scene.fleet.capacities[VARIANT] == 2
        activities = scene.scaler.activities
        assert {later.at - sooner.at for sooner, later in pairwise(activities)} == {300}
        assert await scene.minute(20) is OK

    virtually(idle)(play)


def test_given_silence_when_missing_data_breaches_then_the_alarm_comes_once_no_datapoint_is_looked_at() -> None:
    idle = alarm(EvaluationPeriods=10, ComparisonOperator="LessThanThreshold", TreatMissingData="breaching")

    async def play(scene: Scene) -> None:
        assert await scene.minute(20) is OK
        assert [await scene.minute(None) for _ in range(12)] == [OK] * 11 + [ALARM]

    virtually(idle)(play)


def test_given_a_period_of_five_minutes_when_evaluated_then_it_slides_by_the_minute() -> None:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html"""

    async def play(scene: Scene) -> None:
        states = [await scene.minute(clicks) for clicks in (0, 6, 5, 0, 0, 0, 0)]
        assert states == [OK, OK, ALARM, ALARM, ALARM, ALARM, OK]

    virtually(alarm(Period=300))(play)


def test_given_a_clock_when_the_watch_runs_then_it_gathers_and_evaluates_at_every_full_minute() -> None:
    async def play(scene: Scene) -> None:
        running = asyncio.create_task(scene.watch.run())
        begun = scene.clock.now()
        await asyncio.sleep(601)
        running.cancel()
        first = begun // 60 * 60 + 60
        assert scene.gathered == [first + 60 * minute for minute in range(10)]

    virtually(alarm())(play)


def test_given_an_evaluation_that_breaks_when_the_watch_runs_then_the_next_minute_is_evaluated(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def play(scene: Scene) -> None:
        failures = iter([RuntimeError("moto is gone")])

        async def gather(at: float) -> None:
            for failure in failures:
                raise failure

        scene.watch._gather = gather
        running = asyncio.create_task(scene.watch.run())
        await asyncio.sleep(121)
        running.cancel()
        assert "tried again" in caplog.text
        assert next(iter(scene.watch))[1].state is OK

    virtually(alarm(TreatMissingData="notBreaching"))(play)


def test_given_somebody_who_cannot_hear_when_states_change_then_everything_else_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Deaf(Listener):
        async def hear(self, transition: Transition) -> None:
            raise ActionFailedError("moto is gone")

    async def play(scene: Scene) -> None:
        scene.watch._audiences = (Deaf(), scene.listener)
        await scene.minute(11)
        assert scene.listener.heard == [("ClicksAlarm", ALARM)]
        assert "moto is gone" in caplog.text

    virtually(alarm())(play)


@pytest.mark.parametrize("field", ["AlarmActions", "OKActions", "InsufficientDataActions"])
def test_given_an_action_that_nothing_carries_out_when_watched_then_it_is_refused_by_alarm_and_field(
    field: str,
) -> None:
    async def play(clock: VirtualClock) -> None:
        Scene(clock, alarm(**{field: ["arn:aws:automate:us-east-1:ec2:stop"]}))

    with pytest.raises(UnsupportedAlarmError, match=f"ClicksAlarm: {field}"):
        run_virtually(play)
