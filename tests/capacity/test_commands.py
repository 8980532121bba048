"""The operators' commands, against plan_releases on moto and Service Quotas of our own making."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest

from capacity.__main__ import main
from capacity.quotas import compared, demands, named, table
from capacity.show import difference
from mangaassist.errors import MangaAssistError
from tests.handlers import capacity_cloud as cloud
from tests.handlers.capacity_cloud import CALENDAR, plan, schedules, upload

FUNCTION = ["--function", "plan-releases"]


@dataclass
class FakeMeta:
    region_name: str = "us-east-1"


@dataclass
class FakeLambda:
    """Invokes plan_releases as Lambda would."""

    meta: FakeMeta = field(default_factory=FakeMeta)

    def invoke(self, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 - boto3's
        assert FunctionName == "plan-releases:live"
        try:
            return {"Payload": io.BytesIO(json.dumps(plan(json.loads(Payload))).encode())}
        except MangaAssistError as error:
            told = {"errorType": type(error).__name__, "errorMessage": str(error)}
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(json.dumps(told).encode())}


@dataclass
class FakeQuotas:
    """The account's quotas by service."""

    quotas: dict[str, list[dict[str, Any]]]

    def get_paginator(self, _: str) -> "FakeQuotas":
        return self

    def paginate(self, ServiceCode: str) -> list[dict[str, Any]]:  # noqa: N803 - boto3's
        return [{"Quotas": self.quotas.get(ServiceCode, [])}]


def clients(service: str) -> Any:
    concurrency = {"QuotaCode": "L-B99A9384", "QuotaName": "Concurrent executions", "Value": 10.0}
    fakes = {"lambda": FakeLambda(), "service-quotas": FakeQuotas({"lambda": [concurrency]})}
    return fakes.get(service) or boto3.client(service)


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with cloud.cloud(monkeypatch, cloud.Present()):
        upload()
        yield


def test_given_good_and_bad_calendars_when_validated_then_each_problem_is_printed_and_the_code_is_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.ics"
    bad.write_bytes(CALENDAR.replace(b"DURATION:PT2H", b"DURATION:-PT2H").replace(b"MULTIPLIER:5.0", b"MULTIPLIER:500"))

    code = main(["validate", "data/releases/calendar.ics", str(bad), str(tmp_path / "none.ics")])

    printed = capsys.readouterr().out
    assert code == 1
    assert "releases in the coming year" in printed
    assert "event one-piece-chapter-us@releases.mangaassist.example" in printed
    assert "multiplier outside 1 to 20: 500" in printed
    assert "cannot be read" in printed


def test_given_a_good_calendar_when_validated_then_the_code_is_0() -> None:
    assert main(["validate", "data/releases/calendar.ics"]) == 0


def test_given_a_plan_when_it_is_shown_then_nothing_is_changed_until_it_is_applied(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["plan", *FUNCTION], clients) == 0
    shown = capsys.readouterr().out
    assert schedules() == {}
    assert main(["apply", *FUNCTION], clients) == 0

    assert "not applied: a dry run" in shown
    assert "+ 2026-12-06T13:00:00Z  mangaassist-prod-classifier set 6  One Piece, weekly chapter (Japan)" in shown
    assert schedules().keys() >= {"mangaassist-prod-classifier-20261206T1300Z-6"}


def test_given_a_calendar_of_its_own_when_planned_then_its_moves_are_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan()
    later = tmp_path / "later.ics"
    later.write_bytes(
        CALENDAR.replace(b"DTSTART;TZID=Asia/Tokyo:20261207T000000", b"DTSTART;TZID=Asia/Tokyo:20261206T230000")
    )

    assert main(["plan", *FUNCTION, "--calendar", str(later)], clients) == 0

    assert "> 2026-12-06T12:00:00Z  mangaassist-prod-classifier set 6" in capsys.readouterr().out


def test_given_a_broken_calendar_when_planned_then_its_problem_is_the_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.ics"
    broken.write_bytes(CALENDAR.replace(b"DURATION:PT2H", b"DURATION:-PT2H"))

    assert main(["plan", *FUNCTION, "--calendar", str(broken)], clients) == 1

    assert "CalendarError: event one-piece-chapter-jp" in capsys.readouterr().err


def test_given_an_account_of_few_executions_when_quotas_are_reported_then_the_exceeded_one_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = main(["quotas", *FUNCTION], clients)

    lines = capsys.readouterr().out.splitlines()
    (concurrency,) = [line for line in lines if "Concurrent executions" in line]
    assert code == 1
    assert concurrency.split()[-5:] == ["32", "10", "22", "this", "account"]
    assert any("ml.c5.xlarge for endpoint usage" in line and "unknown" in line for line in lines)


def test_given_documented_quotas_only_when_reported_then_the_source_is_named_and_nothing_is_exceeded(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["quotas", *FUNCTION, "--documented"], clients) == 0

    assert "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html" in capsys.readouterr().out


def test_given_fifty_thousand_sessions_of_a_turn_a_minute_then_the_default_concurrency_is_exceeded() -> None:
    quotas = table()
    wanted = named(quotas, {"sonnet": "S", "haiku": "H"}, ["ml.x.large"])

    findings = compared(wanted, demands(50_000, quotas.turn), {"ml.x.large": 320}, {}, "us-east-1")

    exceeded = {one.quota.service: one.excess for one in findings if one.excess}
    assert exceeded == {"lambda": 667}
    assert [one.quota.name for one in findings if one.limit is None][-1] == "ml.x.large for endpoint usage"


def test_given_a_region_that_aws_documents_no_figure_for_then_the_limit_is_unknown() -> None:
    quotas = table()

    findings = compared(quotas.quotas[:4], demands(60, quotas.turn), {}, {}, "ap-northeast-1")

    assert {one.quota.service for one in findings if one.limit is None} == {"events"}


def test_every_quota_has_a_demand_that_is_computed_and_a_source() -> None:
    known = {*demands(1, table().turn), "instances"}

    assert {quota.demand for quota in table().quotas} == known
    assert all(quota.source.startswith("https://docs.aws.amazon.com/") for quota in table().quotas)


def test_a_schedule_that_goes_and_comes_at_another_time_is_shown_as_moved() -> None:
    change = {"name": "f-20261206T1400Z-6", "at": "2026-12-06T14:00:00Z", "target": "f", "action": "set", "level": 6}

    lines = difference([{**change, "releases": ["One"]}], ["f-20261206T1300Z-6", "f-20261206T1300Z-6-check", "old"])

    assert lines == [
        "- f-20261206T1300Z-6-check",
        "- old",
        "> 2026-12-06T14:00:00Z  f set 6  One  (was 20261206T1300Z)",
    ]
