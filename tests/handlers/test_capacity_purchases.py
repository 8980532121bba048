"""Throughput that is bought for releases and given back, and concurrency that grows with them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mangaassist.aws import concurrency, throughput
from mangaassist.aws.concurrency import Reserved, Warm
from mangaassist.aws.scaling import Bounds
from mangaassist.aws.throughput import Throughput
from mangaassist.policy.capacity import Target, ThroughputError
from tests.handlers import capacity_cloud as cloud
from tests.handlers.capacity_cloud import plan, scale, upload

# ruff: noqa: N803 - the fakes have the names of boto3's arguments


@pytest.fixture
def present() -> cloud.Present:
    return cloud.Present()


@pytest.fixture
def _aws(monkeypatch: pytest.MonkeyPatch, present: cloud.Present) -> Iterator[None]:
    with cloud.cloud(monkeypatch, present):
        upload()
        yield


@dataclass
class FakeBedrock:
    """Bedrock's provisioned throughput: names are unique, and what is bought is there at once unless it is slow."""

    status: str = "InService"
    held: dict[str, dict[str, Any]] = field(default_factory=dict)
    bought: int = 0

    def get_paginator(self, _: str) -> "FakeBedrock":
        return self

    def paginate(self, nameContains: str) -> list[dict[str, Any]]:
        found = [item for name, item in self.held.items() if nameContains in name]
        return [{"provisionedModelSummaries": [{**item, "status": self.status} for item in found]}]

    def create_provisioned_model_throughput(self, *, provisionedModelName: str, modelId: str, modelUnits: int) -> None:
        assert provisionedModelName not in self.held
        self.bought += modelUnits
        self.held[provisionedModelName] = {
            "provisionedModelName": provisionedModelName,
            "provisionedModelArn": f"arn:aws:bedrock:us-east-1:123456789012:provisioned-model/{provisionedModelName}",
            "modelArn": modelId,
            "desiredModelUnits": modelUnits,
            "creationTime": datetime(2026, 12, 1, tzinfo=UTC) + timedelta(seconds=len(self.held)),
        }

    def delete_provisioned_model_throughput(self, *, provisionedModelId: str) -> None:
        del self.held[provisionedModelId.rsplit("/", 1)[1]]


@pytest.fixture
def bedrock(monkeypatch: pytest.MonkeyPatch) -> FakeBedrock:
    fake = FakeBedrock()
    monkeypatch.setattr(throughput, "operations_client", lambda _: fake)
    return fake


SONNET = Throughput(Target("mangaassist-prod-sonnet", "throughput", 0, 6), "anthropic.claude")


def test_given_throughput_when_it_is_ordered_twice_then_it_is_bought_once(bedrock: FakeBedrock) -> None:
    for _ in range(2):
        SONNET.set(4)

    assert (SONNET.level(), bedrock.bought) == (4, 4)


def test_given_a_greater_release_over_another_when_it_ends_then_only_what_it_added_is_given_back(
    bedrock: FakeBedrock,
) -> None:
    levels = []
    for level in (2, 6, 2, 0):
        SONNET.set(level)
        levels.append(SONNET.level())

    assert levels == [2, 6, 2, 0]
    assert bedrock.held == {}


def test_given_more_than_the_ceiling_when_it_is_ordered_then_nothing_is_bought(bedrock: FakeBedrock) -> None:
    with pytest.raises(ThroughputError, match="ceiling of 6"):
        SONNET.set(7)

    assert bedrock.held == {}


def test_given_throughput_that_is_still_created_then_it_is_paid_for_and_not_ready(bedrock: FakeBedrock) -> None:
    SONNET.set(2)
    bedrock.status = "Creating"

    assert (SONNET.level(), SONNET.ready(2)) == (2, False)


def test_given_another_stages_throughput_then_it_is_left_alone(bedrock: FakeBedrock) -> None:
    other = Throughput(Target("mangaassist-prod-sonnet-two", "throughput", 0, 6), "anthropic.claude")
    other.set(3)
    SONNET.set(0)

    assert other.level() == 3


@pytest.mark.usefixtures("_aws")
def test_given_prime_day_when_planned_then_throughput_is_ordered_three_days_before_and_a_day_before_a_chapter(
    monkeypatch: pytest.MonkeyPatch, present: cloud.Present, bedrock: FakeBedrock
) -> None:
    for name, value in {"THROUGHPUT_MODEL_ID": "anthropic.claude", "MODEL_UNIT_TOKENS": "100000"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MAXIMUM_MODEL_UNITS", "20")
    cloud.forget()
    monkeypatch.setattr(throughput, "operations_client", lambda _: bedrock)
    present.now = datetime(2027, 7, 5, 3, tzinfo=UTC)
    plan()

    orders = [one for one in cloud.inputs() if one["target"] == "mangaassist-prod-sonnet" and one["action"] == "set"]
    prime_day = next(one for one in orders if "Prime Day (Japan)" in one["releases"])
    assert prime_day["at"] == "2027-07-08T15:00:00Z"
    present.now = datetime(2027, 7, 8, 15, tzinfo=UTC)
    assert scale(prime_day)["level"] == prime_day["level"] == bedrock.bought


@dataclass
class FakeLambda:
    """Concurrency by function; provisioned concurrency takes its time."""

    reserved: dict[str, int] = field(default_factory=dict)
    warm: dict[str, int] = field(default_factory=dict)
    status: str = "READY"

    def get_function_concurrency(self, FunctionName: str) -> dict[str, int]:
        return {"ReservedConcurrentExecutions": self.reserved[FunctionName]} if FunctionName in self.reserved else {}

    def put_function_concurrency(self, FunctionName: str, ReservedConcurrentExecutions: int) -> None:
        self.reserved[FunctionName] = ReservedConcurrentExecutions

    def get_provisioned_concurrency_config(self, FunctionName: str, Qualifier: str) -> dict[str, Any]:
        assert Qualifier == "live"
        wanted = self.warm[FunctionName]
        come = wanted if self.status == "READY" else 0
        return {
            "RequestedProvisionedConcurrentExecutions": wanted,
            "AvailableProvisionedConcurrentExecutions": come,
            "Status": self.status,
        }

    def put_provisioned_concurrency_config(
        self,
        FunctionName: str,
        Qualifier: str,
        ProvisionedConcurrentExecutions: int,
    ) -> None:
        assert Qualifier == "live"
        self.warm[FunctionName] = ProvisionedConcurrentExecutions


def test_given_concurrency_when_it_is_ordered_then_every_function_of_the_turn_has_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fake = FakeLambda({"open": 20, "save": 30}, {"open": 5, "save": 5})
    monkeypatch.setattr(concurrency, "operations_client", lambda _: fake)
    reserved = Reserved(Target("reserved", "reserved", 20, 100), ("open", "save"))
    warm = Warm(Target("warm", "warm", 5, 100), ("open", "save"))
    assert (reserved.level(), warm.level()) == (20, 5)

    reserved.set(60)
    warm.set(15)

    assert (fake.reserved, fake.warm) == ({"open": 60, "save": 60}, {"open": 15, "save": 15})
    assert reserved.ready(60)
    fake.status = "IN_PROGRESS"
    assert not warm.ready(15)


@pytest.mark.usefixtures("_aws")
def test_given_concurrency_parameters_when_a_chapter_comes_then_it_is_multiplied_and_returns(
    monkeypatch: pytest.MonkeyPatch, present: cloud.Present
) -> None:
    fake = FakeLambda(dict.fromkeys(("open-turn", "save-turn"), 20))
    monkeypatch.setenv("RESERVED_CONCURRENCY", "20")
    cloud.forget()
    monkeypatch.setattr(concurrency, "operations_client", lambda _: fake)
    plan()

    sunday = [one for one in cloud.inputs() if one["target"] == "mangaassist-prod-reserved" and "12-06" in one["at"]]
    seen = []
    for one in sunday:
        present.now = datetime.fromisoformat(one["at"])
        scale(one)
        seen.append(fake.reserved["save-turn"])

    assert max(seen) == 60
    assert seen[-1] == 20
    assert cloud.bounds() == [Bounds(2, 8), Bounds(2, 8)]
