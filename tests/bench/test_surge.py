"""The replay of a surge in virtual time: what each strategy makes of it."""

import itertools
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from bench.parts.surge import Modelled, Row, goals, modelled
from bench.results import Result
from bench.surge.release import Setting, hours_before
from bench.surge.strategies import Strategy
from local.settings import deployment_parameters
from local.template import Deployment

ENDS = 17.0
TRACKING, STEPS, PLAN = "tracking", "steps", "plan"


@cache
def setting(figure: str = "200") -> Setting:
    others = {"EndpointTopology": "dedicated", "InstanceInvocations": figure}
    parameters = deployment_parameters(issuer="https://issuer", search_endpoint="https://search", others=others)
    return Setting(Deployment(Path("template.yaml"), parameters))


@cache
def compared() -> dict[str, Strategy]:
    return {one.name: one for one in setting().strategies()}


@cache
def replayed(rise: float) -> dict[str, Row]:
    scene = setting().scene(rise=rise, ends=ENDS)
    rows = modelled(setting(), list(compared().values()), scene, Modelled(0.012), f"rise {rise:g}")
    return {row.strategy: row for row in rows}


def test_target_tracking_waits_for_three_minutes_above_and_fifteen_below_ninety_percent() -> None:
    high, low = compared()[TRACKING].alarms

    assert (high.settings.threshold, high.settings.evaluation_periods, high.rises) == (200, 3, True)
    assert (low.settings.threshold, low.settings.evaluation_periods, low.rises) == (180, 15, False)
    assert high.metric == low.metric == compared()[STEPS].alarms[0].metric


def test_the_strategies_are_the_templates_own_and_follow_its_parameters() -> None:
    other = {one.name: one for one in setting("900").strategies()}

    assert [policy.name for policy in compared()[STEPS].policies] == ["classifier-scale-up", "classifier-scale-down"]
    assert {alarm.logical_id for alarm in other[STEPS].alarms} == {"ClassifierBusyAlarm", "ClassifierIdleAlarm"}
    assert [float(alarm.settings.threshold) for alarm in other[TRACKING].alarms] == [900, 810]


def test_the_plan_stands_two_hours_before_the_release_and_leaves_step_scaling_nothing_to_add() -> None:
    scene, plan = setting().scene(rise=1, ends=20), compared()[PLAN]
    levels = [plan.minimum_at(scene.moment(minute)) for minute in (-121, -119, 0, 119)]

    assert levels[0] == 2
    assert len(set(levels[1:])) == 1
    assert setting().peak / levels[1] < setting().planned_for
    assert hours_before(plan, scene, setting().figures.lead) == pytest.approx(levels[1] * 118 / 60)
    assert hours_before(compared()[STEPS], scene, setting().figures.lead) == pytest.approx(4 * 118 / 60)


def test_given_target_tracking_when_traffic_triples_at_once_then_a_fifth_is_refused_for_about_eight_minutes() -> None:
    high = replayed(1)[TRACKING].high

    assert 7 <= high.refusing_minutes <= 11
    assert max(high.refused_by_minute().values()) == pytest.approx(0.2, abs=0.05)


def test_given_step_scaling_when_traffic_triples_at_once_then_fewer_are_refused_and_with_the_plan_none() -> None:
    refused = [replayed(1)[name].high.share("refused") for name in (TRACKING, STEPS, PLAN)]

    assert refused[0] > refused[1] > refused[2] == 0
    assert {request.fate for request in replayed(1)[PLAN].outcome.requests} == {"answered"}


def test_given_a_rise_of_fifteen_minutes_then_step_scaling_alone_nearly_holds_and_tracking_does_not() -> None:
    refused = {name: row.high.share("refused") for name, row in replayed(15).items()}

    assert refused[STEPS] < 0.01 < refused[TRACKING]
    assert refused[PLAN] == 0


def test_standing_early_costs_more_and_no_strategy_leaves_its_bounds() -> None:
    hours = {name: row.instance_hours for name, row in replayed(1).items()}

    assert hours[PLAN] > hours[STEPS]
    assert hours[PLAN] > hours[TRACKING]
    assert all(2 <= row.outcome.most_instances <= 20 for row in replayed(1).values())


def test_given_a_release_that_is_over_when_the_plan_ends_then_what_traffic_does_not_need_is_let_go() -> None:
    scene = replace(setting().scene(rise=1, ends=ENDS), begins=170.0, ends=190.0, standing=13)
    rows = modelled(setting(), list(compared().values()), scene, Modelled(0.012), "night")
    hours = {row.strategy: row.outcome.instance_hours for row in rows}

    assert hours[STEPS] == pytest.approx(13 * 20 / 60, rel=0.001), "51 invocations on each are no reason to remove one"
    assert hours[PLAN] == pytest.approx((13 * 10 + 5 * 10) / 60, rel=0.02)
    assert all(row.outcome.share("answered") == 1 for row in rows)


def test_every_request_is_accounted_for() -> None:
    scene = setting().scene(rise=1, ends=ENDS)
    sent = [len(row.outcome.requests) for row in replayed(1).values()]
    due = len(list(scene.surge.arrivals(scene.begins, scene.ends, share=1 / 15, seed=scene.seed)))

    assert sent == [due] * 3


def test_given_a_plan_under_which_requests_are_refused_then_its_binding_goals_are_missed() -> None:
    rows = list(itertools.chain(replayed(1).values(), replayed(15).values()))
    broken = [Row(row.name, PLAN, row.outcome, row.instance_hours) for row in rows]

    assert Result((), (), goals(rows)).failed == []
    assert len(Result((), (), goals(broken)).failed) >= 3
