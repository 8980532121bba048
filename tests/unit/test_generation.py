"""The language model's stream, whole and broken."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError, ResponseStreamingError

from mangaassist.aws import generation
from mangaassist.aws.attempts import latencies
from mangaassist.aws.generation import SENTENCE_MS, Generation, generate
from mangaassist.errors import GenerationError, GenerationThrottledError, GenerationTimeoutError
from mangaassist.policy.prompt import Prompt
from mangaassist.settings import settings
from mangaassist.tables import dependencies
from tests.handlers.conftest import ENVIRONMENT

PROMPT = Prompt(system="Be kind.", messages=[("user", "Hello?")], max_tokens=50)
PATIENCE_MS = 20_000
ENOUGH_MS = int(dependencies()["haiku"].p95_ms) + SENTENCE_MS
USAGE = {"metadata": {"usage": {"inputTokens": 12, "outputTokens": 5, "cacheReadInputTokens": 3}}}


def text(*parts: str) -> list[dict[str, Any]]:
    return [{"contentBlockDelta": {"delta": {"text": part}}} for part in parts]


def stop(reason: str) -> dict[str, Any]:
    return {"messageStop": {"stopReason": reason}}


@dataclass
class FakeBedrock:
    """Streams these events; an exception among them is raised, an Event is waited for."""

    events: list[Any]
    requests: list[dict[str, Any]] = field(default_factory=list)

    def converse_stream(self, **request: Any) -> dict[str, Any]:
        self.requests.append(request)
        return {"stream": self._stream()}

    def _stream(self) -> Iterator[Any]:
        for event in self.events:
            if isinstance(event, Exception):
                raise event
            if isinstance(event, threading.Event):
                event.wait(30)
            else:
                yield event


@pytest.fixture
def bedrock(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeBedrock]:
    fake = FakeBedrock([])
    for name, value in {**ENVIRONMENT, "CIRCUIT_BREAKERS": "off"}.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    latencies.cache_clear()
    monkeypatch.setattr(generation, "client", lambda _service: fake)
    yield fake
    settings.cache_clear()


def reply(budget_ms: int = PATIENCE_MS) -> Generation:
    return generate("haiku", "model-1", PROMPT, budget_ms=budget_ms, trace_id="trace-1")


def test_a_whole_reply_comes_with_the_usage_that_was_reported(bedrock: FakeBedrock) -> None:
    bedrock.events = [*text("We do ", "ship there."), stop("end_turn"), USAGE]

    generated = reply()

    assert (generated.text, generated.shortened) == ("We do ship there.", False)
    assert (generated.usage.input_tokens, generated.usage.cache_read_tokens) == (12, 3)
    assert not generated.usage.estimated


def test_the_request_is_bounded_and_can_be_traced(bedrock: FakeBedrock) -> None:
    bedrock.events = [*text("Yes."), stop("end_turn")]

    reply()

    assert bedrock.requests[0]["inferenceConfig"] == {"maxTokens": 50}
    assert bedrock.requests[0]["requestMetadata"]["trace_id"] == "trace-1"


def test_reasoning_is_not_part_of_the_reply(bedrock: FakeBedrock) -> None:
    thought = {"contentBlockDelta": {"delta": {"reasoningContent": {"text": "Hmm."}}}}
    bedrock.events = [thought, *text("Yes."), stop("end_turn")]

    assert reply().text == "Yes."


@pytest.mark.parametrize(
    "end", [[stop("max_tokens")], [], [ResponseStreamingError(error="reset")]], ids=["long", "ended", "broken"]
)
def test_a_reply_that_ends_early_is_its_whole_sentences(bedrock: FakeBedrock, end: list[Any]) -> None:
    bedrock.events = [*text("We do ship there. It tak"), *end]

    generated = reply()

    assert (generated.text, generated.shortened) == ("We do ship there.", True)
    assert generated.usage.estimated


def test_a_stream_that_stalls_is_cut_when_its_time_is_up(bedrock: FakeBedrock) -> None:
    stalled = threading.Event()
    bedrock.events = [*text("We do ship there. It tak"), stalled, stop("end_turn")]

    generated = reply(budget_ms=ENOUGH_MS)

    stalled.set()
    assert (generated.text, generated.shortened) == ("We do ship there.", True)


@pytest.mark.parametrize(
    ("events", "error"),
    [
        ([*text("It tak"), ResponseStreamingError(error="reset")], GenerationError),
        ([stop("end_turn")], GenerationError),
        ([*text("I cannot. Sorry."), stop("content_filtered")], GenerationError),
        ([*text("I cannot. Sorry."), stop("guardrail_intervened")], GenerationError),
        ([ClientError({"Error": {"Code": "ThrottlingException"}}, "ConverseStream")], GenerationThrottledError),
    ],
    ids=["no sentence", "nothing", "filtered", "guarded", "throttled"],
)
def test_what_is_no_reply_is_an_error(bedrock: FakeBedrock, events: list[Any], error: type[Exception]) -> None:
    bedrock.events = events

    with pytest.raises(error):
        reply()


def test_no_call_is_paid_for_without_time_to_read_it(bedrock: FakeBedrock) -> None:
    with pytest.raises(GenerationTimeoutError):
        reply(budget_ms=ENOUGH_MS - 1)

    assert bedrock.requests == []
