"""The trace id on the wire, as boto3 sends it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from mangaassist.aws.clients import client
from mangaassist.aws.embeddings import Titan
from mangaassist.aws.sagemaker import Hosted, SageMakerModels

PATIENCE_MS = 20_000
PREDICTION = json.dumps({"predictions": [{"label": "general", "score": 0.9}]}).encode()


class _Raw:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: Any) -> list[bytes]:
        return [self._body]

    def read(self, *_: Any) -> bytes:
        return self._body


@pytest.fixture
def sent(aws: Any) -> Callable[..., dict[str, str]]:
    """Calls a service that answers with this body; the headers of what was sent."""

    def send(service: str, body: bytes, call: Callable[[], object]) -> dict[str, str]:
        headers: dict[str, str] = {}

        def answer(request: Any, **_: Any) -> AWSResponse:
            decoded = ((name, value) for name, value in request.headers.items())
            headers.update((name, value.decode() if isinstance(value, bytes) else value) for name, value in decoded)
            return AWSResponse(request.url, 200, {}, _Raw(body))

        client(service).meta.events.register_first(f"before-send.{service}", answer)
        call()
        return headers

    return send


@pytest.mark.parametrize(
    ("target", "attributes"),
    [
        ({}, "trace_id=t-1"),
        ({"CustomAttributes": "model=classifier"}, "model=classifier;trace_id=t-1"),
        ({"TargetModel": "models/classifier/model.tar.gz"}, "trace_id=t-1"),
    ],
)
def test_given_a_model_behind_an_endpoint_when_invoked_then_the_container_sees_the_trace_id(
    sent: Callable[..., dict[str, str]], target: Any, attributes: str
) -> None:
    models = SageMakerModels(Hosted("classifier", target), Hosted("reranker", {}))
    headers = sent(
        "sagemaker-runtime", PREDICTION, lambda: models.classify("hi", budget_ms=PATIENCE_MS, trace_id="t-1")
    )
    assert headers["X-Amzn-SageMaker-Inference-Id"] == "t-1"
    assert headers["X-Amzn-SageMaker-Custom-Attributes"] == attributes
    assert headers.get("X-Amzn-SageMaker-Target-Model") == target.get("TargetModel")


def test_given_a_query_when_embedded_then_bedrock_can_log_its_trace_id(sent: Callable[..., dict[str, str]]) -> None:
    titan = Titan("amazon.titan-embed-text-v2:0", 256)
    body = json.dumps({"embedding": [1.0] + [0.0] * 255}).encode()
    headers = sent("bedrock-runtime", body, lambda: titan.embed("hi", budget_ms=PATIENCE_MS, trace_id="t-1"))
    assert json.loads(headers["X-Amzn-Bedrock-Request-Metadata"]) == {"trace_id": "t-1"}
