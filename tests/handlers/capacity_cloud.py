"""What the tests of capacity stand on: moto with endpoints, calendar and schedules, a present that can be chosen."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from mangaassist import capacity_settings
from mangaassist.aws import operations
from mangaassist.aws.scaling import Bounds, Fleet
from mangaassist.policy.capacity import Target
from plan_releases import handler as plan_releases
from scale_capacity import handler as scale_capacity

ENDPOINTS = ("mangaassist-prod-classifier", "mangaassist-prod-reranker")
GROUP, BUCKET, KEY = "releases", "operations", "releases/calendar.ics"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "POWERTOOLS_SERVICE_NAME": "mangaassist",
    "POWERTOOLS_METRICS_NAMESPACE": "MangaAssist",
    "STAGE": "prod",
    "CLASSIFIER_ENDPOINT": ENDPOINTS[0],
    "RERANKER_ENDPOINT": ENDPOINTS[1],
    "ENDPOINT_VARIANT": "primary",
    "MINIMUM_INSTANCES": "2",
    "MAXIMUM_INSTANCES": "8",
    "THROUGHPUT_MODEL_ID": "",
    "MAXIMUM_MODEL_UNITS": "1",
    "TURN_FUNCTIONS": '["open-turn", "save-turn"]',
    "RESERVED_CONCURRENCY": "0",
    "PROVISIONED_CONCURRENCY": "0",
    "MAXIMUM_CONCURRENCY": "100",
    "CALENDAR_BUCKET": BUCKET,
    "CALENDAR_KEY": KEY,
    "SCHEDULE_GROUP": GROUP,
    "SCHEDULE_ROLE_ARN": "arn:aws:iam::123456789012:role/scheduler",
    "SCHEDULE_DEAD_LETTER_ARN": "arn:aws:sqs:us-east-1:123456789012:dead-letters",
    "SCALE_CAPACITY_ARN": "arn:aws:lambda:us-east-1:123456789012:function:scale-capacity:live",
    "RELEASE_LEAD_MINUTES": "120",
    "INSTANCE_INVOCATIONS": "200",
    "CAPACITY_HEADROOM": "1.25",
    "MODEL_UNIT_TOKENS": "0",
}
CALENDAR = Path("data/releases/calendar.ics").read_bytes()


class Present:
    """What both functions take for now."""

    def __init__(self) -> None:
        self.now = datetime(2026, 12, 3, 3, tzinfo=UTC)

    def clock(self) -> type[datetime]:
        present = self

        class Clock(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]  # a plain datetime, as it is compared
                return present.now.astimezone(tz)

        return Clock


@contextmanager
def cloud(monkeypatch: pytest.MonkeyPatch, present: Present, **environment: str) -> Iterator[None]:
    """moto, with the functions' environment."""
    for name, value in {**ENVIRONMENT, **environment}.items():
        monkeypatch.setenv(name, value)
    for function in (plan_releases, scale_capacity):
        monkeypatch.setattr(function, "datetime", present.clock())
    forget()
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket=BUCKET)
        boto3.client("scheduler").create_schedule_group(Name=GROUP)
        for endpoint in ENDPOINTS:
            _register(endpoint)
        yield
    forget()


def forget() -> None:
    """Settings and clients are read anew."""
    for kept in (
        operations.operations_client,
        capacity_settings.capacity_settings,
        capacity_settings.planning_settings,
    ):
        kept.cache_clear()


def fleet(endpoint: str = ENDPOINTS[0]) -> Fleet:
    return Fleet(Target(endpoint, "fleet", 2, 8), "primary")


def bounds() -> list[Bounds]:
    return [fleet(endpoint).bounds() for endpoint in ENDPOINTS]


def upload(calendar: bytes = CALENDAR) -> None:
    boto3.client("s3").put_object(Bucket=BUCKET, Key=KEY, Body=calendar)


def event(path: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(Path(f"events/{path}.json").read_text(encoding="utf-8"))
    return read


def plan(event: dict[str, Any] | None = None) -> dict[str, Any]:
    return plan_releases.handler(event or {}, None)


def scale(event: dict[str, Any]) -> dict[str, Any]:
    return scale_capacity.handler(event, None)


def schedules() -> dict[str, dict[str, Any]]:
    """What stands, by name."""
    scheduler = boto3.client("scheduler")
    pages = scheduler.get_paginator("list_schedules").paginate(GroupName=GROUP)
    names = [entry["Name"] for page in pages for entry in page["Schedules"]]
    found = {name: scheduler.get_schedule(GroupName=GROUP, Name=name) for name in names}
    return {name: {key: item[key] for key in item.keys() - {"ResponseMetadata"}} for name, item in found.items()}


def inputs() -> list[dict[str, Any]]:
    """What the schedules send, in the order in which they are due."""
    sent = [json.loads(item["Target"]["Input"]) for item in schedules().values()]
    return sorted(sent, key=lambda one: (one["at"], one["target"], one["action"]))


def records(prefix: str = "releases/changes/") -> list[str]:
    """The keys of what was recorded."""
    answer = boto3.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=prefix)
    return [item["Key"] for item in answer.get("Contents", [])]


def _register(endpoint: str) -> None:
    sagemaker = boto3.client("sagemaker")
    sagemaker.create_model(ModelName=endpoint, ExecutionRoleArn="arn:aws:iam::123456789012:role/model")
    sagemaker.create_endpoint_config(
        EndpointConfigName=endpoint,
        ProductionVariants=[
            {
                "VariantName": "primary",
                "ModelName": endpoint,
                "InstanceType": "ml.c5.xlarge",
                "InitialInstanceCount": 2,
                "InitialVariantWeight": 1,
            }
        ],
    )
    sagemaker.create_endpoint(EndpointName=endpoint, EndpointConfigName=endpoint)
    boto3.client("application-autoscaling").register_scalable_target(
        ServiceNamespace="sagemaker",
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        ResourceId=f"endpoint/{endpoint}/variant/primary",
        MinCapacity=2,
        MaxCapacity=8,
    )
