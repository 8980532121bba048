"""The language model: Claude on Bedrock, streamed, cut at a whole sentence when its time is up."""

import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from mangaassist.aws.attempts import latencies
from mangaassist.aws.breakers import guarded
from mangaassist.aws.calls import Dependency, error_code, require_time
from mangaassist.aws.clients import client
from mangaassist.contracts import Tier, Usage
from mangaassist.errors import GenerationError, GenerationThrottledError, GenerationTimeoutError
from mangaassist.host import Mailbox, host
from mangaassist.policy.prompt import PROMPT_VERSION, Prompt
from mangaassist.policy.sentences import whole_sentences

THROTTLED_CODES = frozenset({"ThrottlingException", "ServiceQuotaExceededException"})
CHARACTERS_PER_TOKEN = 3

# What a sentence takes, once the first token has come.
SENTENCE_MS = 200
MODELS: dict[Tier, Dependency] = {
    tier: Dependency(tier, GenerationError, GenerationTimeoutError, GenerationThrottledError)
    for tier in ("haiku", "sonnet")
}
COMPLETE = frozenset({"end_turn", "stop_sequence"})
# No reason at all is a stream that was cut. Every other reason is a refusal: what was written is not a reply.
ENDED_EARLY = frozenset({None, "max_tokens"})


@dataclass(frozen=True)
class Generation:
    """What came of one call. `shortened`: the text ends early, but at the end of a sentence."""

    text: str
    usage: Usage
    shortened: bool
    first_token_ms: int


@dataclass
class _Stream:
    """What has come of a stream so far."""

    parts: list[str] = field(default_factory=list)
    stop_reason: str | None = None
    usage: Usage | None = None
    first_token_at: float | None = None
    broken: GenerationError | None = None

    @property
    def text(self) -> str:
        return "".join(self.parts).strip()

    @property
    def has_failed(self) -> bool:
        """Whether the model is to blame: a refusal is none of its faults, nor is a reply longer than there was time."""
        if isinstance(self.broken, GenerationTimeoutError):
            return not whole_sentences(self.text)
        return self.broken is not None or (self.stop_reason in COMPLETE and not self.text)

    def take(self, event: dict[str, Any]) -> None:
        if "contentBlockDelta" in event:
            # A block of reasoning has deltas of another type: only text is the reply.
            text = event["contentBlockDelta"]["delta"].get("text", "")
            if text and self.first_token_at is None:
                self.first_token_at = host().monotonic()
            self.parts.append(text)
        elif "messageStop" in event:
            self.stop_reason = event["messageStop"]["stopReason"]
        elif "metadata" in event:
            self.usage = _usage(event["metadata"]["usage"])


def generate(tier: Tier, model_id: str, prompt: Prompt, *, budget_ms: int, trace_id: str) -> Generation:
    """The model's reply to a prompt.

    When the budget ends first, or the stream breaks, the whole sentences that have come are the reply. Raises
    GenerationTimeoutError or GenerationError when there is none, GenerationThrottledError when Bedrock throttles.
    """
    ends_at = host().monotonic() + budget_ms / 1000
    require_time(budget_ms, MODELS[tier], beyond_ms=SENTENCE_MS)
    with guarded(MODELS[tier], trace_id) as outcome:
        started = host().monotonic()
        stream = _streamed(ends_at, _request(model_id, prompt, trace_id))
        outcome.failed = stream.has_failed
        if stream.broken and not stream.text:
            raise stream.broken
    if stream.first_token_at is not None:
        latencies(tier).observe((stream.first_token_at - started) * 1000, host().monotonic())
    return _result(stream, prompt, started)


def _streamed(ends_at: float, request: dict[str, Any]) -> _Stream:
    """What came of the stream until it ended, broke, or the time was up."""
    stream = _Stream()
    try:
        for event in _events_within(ends_at, request):
            stream.take(event)
    except GenerationError as error:
        stream.broken = error
    return stream


def _result(stream: _Stream, prompt: Prompt, started: float) -> Generation:
    if stream.stop_reason not in COMPLETE | ENDED_EARLY:
        raise GenerationError(f"the model stopped with {stream.stop_reason}")
    complete = stream.broken is None and stream.stop_reason in COMPLETE
    text = stream.text if complete else whole_sentences(stream.text)
    if not text:
        raise stream.broken or GenerationError(f"no reply: the model stopped with {stream.stop_reason}")
    first_token_at = stream.first_token_at or started
    return Generation(
        text=text,
        usage=stream.usage or _estimate(prompt, stream.text),
        shortened=not complete,
        first_token_ms=round((first_token_at - started) * 1000),
    )


def _request(model_id: str, prompt: Prompt, trace_id: str) -> dict[str, Any]:
    return {
        "modelId": model_id,
        "system": [{"text": prompt.system}],
        "messages": [{"role": role, "content": [{"text": text}]} for role, text in prompt.messages],
        "inferenceConfig": {"maxTokens": prompt.max_tokens},
        "requestMetadata": {"trace_id": trace_id, "prompt_version": PROMPT_VERSION},
    }


def _events_within(ends_at: float, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The stream's events as they come, until the time ends.

    A thread reads the socket, since botocore's own timeouts are per client and whole seconds long.
    """
    events = host().mailbox()
    given_up = threading.Event()
    host().start(lambda: _read(request, events, given_up))
    try:
        while (event := _next(events, ends_at)) is not None:
            yield event
    finally:
        given_up.set()


def _read(request: dict[str, Any], events: Mailbox, given_up: threading.Event) -> None:
    if given_up.is_set():
        return
    try:
        response = client("bedrock-runtime").converse_stream(**request)
        for event in response["stream"]:
            if given_up.is_set():
                response["stream"].close()
                return
            events.put(event)
        events.put(None)
    except Exception as error:
        events.put(error)


def _next(events: Mailbox, ends_at: float) -> dict[str, Any] | None:
    try:
        event: dict[str, Any] | Exception | None = events.get(timeout=max(0.0, ends_at - host().monotonic()))
    except queue.Empty as error:
        raise GenerationTimeoutError("the budget ended before the reply did") from error
    if isinstance(event, Exception):
        raise _named(event) from event
    return event


def _named(error: Exception) -> GenerationError:
    text = f"{type(error).__name__} {error_code(error)}".strip()
    return GenerationThrottledError(text) if error_code(error) in THROTTLED_CODES else GenerationError(text)


def _usage(reported: dict[str, int]) -> Usage:
    return Usage(
        input_tokens=reported.get("inputTokens", 0),
        output_tokens=reported.get("outputTokens", 0),
        cache_read_tokens=reported.get("cacheReadInputTokens", 0),
        cache_write_tokens=reported.get("cacheWriteInputTokens", 0),
    )


def _estimate(prompt: Prompt, written: str) -> Usage:
    """A cut stream reports no usage: a token is counted for every three characters, which errs on the dear side."""
    sent = len(prompt.system) + sum(len(text) for _, text in prompt.messages)
    return Usage(
        input_tokens=sent // CHARACTERS_PER_TOKEN,
        output_tokens=len(written) // CHARACTERS_PER_TOKEN,
        estimated=True,
    )
