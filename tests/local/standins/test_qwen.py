"""Converse and ConverseStream with the optional language model behind them, through an unchanged boto3 client."""

import asyncio
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from botocore.exceptions import ClientError, EventStreamError

from local.qwen.speech import Qwen
from local.standins.bedrock import BedrockModels, bedrock_app
from local.standins.fault_catalogue import Mode
from local.standins.faults import Fault, FaultBoard
from tests.local.standins.fake_llama import FakeLlama
from tests.local.standins.fakes import EMBEDDING, GUARDRAIL, SONNET, letters

TOKENS = ["We", " ship", " to", " Alaska", " for", " $9", ".", "99", "."]
QUESTION = "<passages>ship</passages><language>en</language><question>Do you ship to Alaska?</question>"
ASKED: dict[str, Any] = {
    "modelId": SONNET,
    "system": [{"text": "You are the store's assistant."}],
    "messages": [
        {"role": "user", "content": [{"text": "Hello"}]},
        {"role": "assistant", "content": [{"text": "Hello!"}]},
        {"role": "user", "content": [{"text": QUESTION}]},
    ],
    "inferenceConfig": {"maxTokens": 60, "stopSequences": ["END"]},
}
Start = Callable[[FakeLlama], Any]


@pytest.fixture
def bedrock_with(served: Callable[[Any], Any], client: Callable[..., Any], board: FaultBoard) -> Start:
    async def start(llama: FakeLlama) -> Any:
        model = Qwen(await served(llama.application()))
        models = BedrockModels(embedding=EMBEDDING, language=frozenset({SONNET}), guardrail=GUARDRAIL)
        return client("bedrock-runtime", await served(bedrock_app(models, letters, model, board)))

    return start


def read_into(seen: list[dict[str, Any]], bedrock: Any) -> None:
    """What comes before an error counts."""
    with closing(bedrock.converse_stream(**ASKED)["stream"]) as events:
        for event in events:
            seen.append(event)


async def stream(bedrock: Any) -> list[dict[str, Any]]:
    seen: list[dict[str, Any]] = []
    await asyncio.to_thread(read_into, seen, bedrock)
    return seen


def said(events: list[dict[str, Any]]) -> list[str]:
    return [event["contentBlockDelta"]["delta"]["text"] for event in events if "contentBlockDelta" in event]


async def test_when_the_model_speaks_then_its_tokens_and_counts_are_streamed(bedrock_with: Start) -> None:
    events = await stream(await bedrock_with(FakeLlama(TOKENS)))

    assert [text for text in said(events) if text] == TOKENS
    assert events[-2]["messageStop"]["stopReason"] == "end_turn"
    assert events[-1]["metadata"]["usage"] == {
        "inputTokens": 20,
        "outputTokens": 9,
        "cacheReadInputTokens": 30,
        "totalTokens": 59,
    }


async def test_given_pings_while_the_model_reads_when_streamed_then_the_client_gets_signs_of_life(
    bedrock_with: Start,
) -> None:
    events = await stream(await bedrock_with(FakeLlama(TOKENS)))

    assert said(events)[:3] == ["", "", "We"]


async def test_when_the_model_is_asked_then_it_gets_the_conversation_and_the_limits(bedrock_with: Start) -> None:
    llama = FakeLlama(TOKENS)

    await stream(await bedrock_with(llama))

    (sent,) = llama.sent
    assert [message["role"] for message in sent["messages"]] == ["system", "user", "assistant", "user"]
    assert sent["messages"][-1]["content"] == QUESTION
    assert (sent["max_tokens"], sent["stop"], sent["temperature"]) == (60, ["END"], 0)


async def test_when_the_model_is_asked_for_a_whole_reply_then_it_comes_and_names_who_stood_in(
    bedrock_with: Start,
) -> None:
    bedrock = await bedrock_with(FakeLlama(TOKENS, finish="length"))

    answer = await asyncio.to_thread(bedrock.converse, **ASKED)

    assert answer["output"]["message"]["content"] == [{"text": "We ship to Alaska for $9.99."}]
    assert answer["stopReason"] == "max_tokens"
    assert "Qwen" in answer["ResponseMetadata"]["HTTPHeaders"]["x-stand-in"]


@pytest.mark.parametrize(
    ("mode", "shown"),
    [
        (Mode.EMPTY, ""),
        (Mode.TRUNCATED, "We ship to Alas"),
        (Mode.WRONG_PRICE, "We ship to Alaska for $9.997. It costs $1.23."),
    ],
)
async def test_given_a_fault_of_wording_when_the_model_speaks_then_its_words_are_bent(
    bedrock_with: Start, board: FaultBoard, mode: Mode, shown: str
) -> None:
    board.switch_on(Fault(target="llm", mode=mode))

    assert "".join(said(await stream(await bedrock_with(FakeLlama(TOKENS))))) == shown


async def test_given_the_fault_of_another_language_then_the_model_is_asked_for_it_without_the_passages(
    bedrock_with: Start, board: FaultBoard
) -> None:
    llama = FakeLlama(TOKENS)
    board.switch_on(Fault(target="llm", mode=Mode.WRONG_LANGUAGE))

    await stream(await bedrock_with(llama))

    asked = llama.sent[0]["messages"][-1]["content"]
    assert asked == "<language>ja</language><question>Do you ship to Alaska?</question>"


async def test_given_a_break_half_way_when_the_model_speaks_then_half_of_it_comes(
    bedrock_with: Start, board: FaultBoard
) -> None:
    board.switch_on(Fault(target="llm", mode=Mode.STREAM_ERROR))
    bedrock = await bedrock_with(FakeLlama(TOKENS))
    seen: list[dict[str, Any]] = []

    with pytest.raises(EventStreamError):
        await asyncio.to_thread(read_into, seen, bedrock)
    assert said(seen) == TOKENS[:4]


@pytest.mark.parametrize("llama", [FakeLlama(TOKENS, ends=False), FakeLlama([], status=500)])
async def test_given_a_model_that_fails_when_called_then_boto3_sees_awss_own_errors(
    bedrock_with: Start, llama: FakeLlama
) -> None:
    bedrock = await bedrock_with(llama)

    with pytest.raises(EventStreamError, match="modelStreamErrorException"):
        await stream(bedrock)
    with pytest.raises(ClientError, match="ModelErrorException"):
        await asyncio.to_thread(bedrock.converse, **ASKED)
