"""Handlers against moto: the real adapters, clients and items, no network."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from moto import mock_aws

from mangaassist.aws import attempts, breakers, clients
from mangaassist.settings import settings
from open_turn import handler as open_turn

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "POWERTOOLS_SERVICE_NAME": "chat",
    "POWERTOOLS_METRICS_NAMESPACE": "MangaAssist",
    "SESSIONS_TABLE": "sessions",
    "CATALOGUE_TABLE": "catalogue",
    "CUSTOMERS_TABLE": "customers",
    "BREAKERS_TABLE": "breakers",
    "EVENT_BUS": "mangaassist",
    "UNSETTLED_TURNS_QUEUE": "https://sqs.us-east-1.amazonaws.com/123456789012/unsettled-turns",
    "SESSION_SECRET_ID": "session-secret",
    "MODE_PARAMETER": "/mangaassist/mode",
    "CLASSIFIER_ENDPOINT": "classifier",
    "RERANKER_ENDPOINT": "reranker",
    "CLASSIFIER_TARGET": "{}",
    "RERANKER_TARGET": "{}",
    "EMBEDDING_MODEL_ID": "amazon.titan-embed-text-v2:0",
    "EMBEDDING_DIMENSIONS": "512",
    "SONNET_MODEL_ID": "global.anthropic.claude-sonnet-5-5",
    "HAIKU_MODEL_ID": "global.anthropic.claude-haiku-5-5",
    "GUARDRAIL_ID": "guardrail",
    "GUARDRAIL_VERSION": "1",
    "SEARCH_ENDPOINT": "http://search.invalid",
    "TURN_DEADLINE_MS": "60000",
    "TOKEN_ISSUER": "",
    "TOKEN_AUDIENCE": "",
    "DEBUG_REPLIES": "true",
    "CIRCUIT_BREAKERS": "on",
}


TABLES: dict[str, tuple[str, ...]] = {
    "sessions": ("session_id", "item"),
    "customers": ("customer_id", "item"),
    "catalogue": ("product_id",),
    "breakers": ("model",),
}


@dataclass(frozen=True)
class Lambda:
    """A context with time enough."""

    remaining_ms: int = 30_000

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining_ms


@pytest.fixture
def context() -> Lambda:
    return Lambda()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The pipeline's stores, empty, in moto; yields boto3."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    _forget()
    with mock_aws():
        _make_tables()
        boto3.client("secretsmanager").create_secret(Name="session-secret", SecretString="s3cret")
        boto3.client("ssm").put_parameter(Name="/mangaassist/mode", Value="normal", Type="String")
        boto3.client("events").create_event_bus(Name="mangaassist")
        boto3.client("sqs").create_queue(QueueName="unsettled-turns")
        yield boto3
    _forget()


def _forget() -> None:
    for kept in (
        attempts.latencies,
        breakers.breaker_of,
        clients.client,
        settings,
        open_turn._session_secret,
        open_turn._mode_parameter,
    ):
        kept.cache_clear()


def _make_tables() -> None:
    for table, keys in TABLES.items():
        make_table(table, keys)


def make_table(table: str, keys: tuple[str, ...]) -> None:
    boto3.client("dynamodb").create_table(
        TableName=table,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
    )
