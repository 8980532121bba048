"""What a hedge costs is in the turn's cost."""

import io
import json
from collections.abc import Collection
from concurrent.futures import Future
from typing import Any

import pytest

from mangaassist.aws import embeddings
from mangaassist.aws.embeddings import Titan
from mangaassist.host import hosted_by
from tests.unit.hosts import ManualHost

TOKENS = 7


class Late(ManualHost):
    """Its first call is late, if it is asked whether it has ended before a second one began."""

    def first_of(self, calls: "Collection[Future[Any]]", timeout: float) -> "set[Future[Any]]":
        return set() if len(calls) == 1 else super().first_of(calls, timeout)


class FakeBedrock:
    """Answers with one unit vector, and notes how often."""

    def __init__(self) -> None:
        self.calls = 0

    def invoke_model(self, **_: Any) -> dict[str, Any]:
        self.calls += 1
        answer = {"embedding": [1.0] + [0.0] * 255, "inputTextTokenCount": TOKENS}
        return {"body": io.BytesIO(json.dumps(answer).encode())}


@pytest.mark.parametrize(("host", "calls"), [(ManualHost(), 1), (Late(), 2)], ids=["in time", "late"])
def test_given_an_embedding_then_the_tokens_of_every_call_that_was_made_for_it_are_paid_for(
    aws: Any, monkeypatch: pytest.MonkeyPatch, host: ManualHost, calls: int
) -> None:
    bedrock = FakeBedrock()
    monkeypatch.setattr(embeddings, "client", lambda _service: bedrock)
    monkeypatch.setattr(embeddings, "_metadata", lambda *_: {})

    with hosted_by(host):
        embedded = Titan("amazon.titan-embed-text-v2:0", 256).embed("hello", budget_ms=10_000, trace_id="t-1")

    assert (bedrock.calls, embedded.tokens) == (calls, TOKENS * calls)
