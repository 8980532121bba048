"""The Bedrock stand-in through an unchanged boto3 client."""

import asyncio
import json
import math
from contextlib import closing
from typing import Any

import pytest
from botocore.eventstream import ChecksumMismatch
from botocore.exceptions import ClientError, EventStreamError, ReadTimeoutError
from urllib3.exceptions import ProtocolError
from urllib3.exceptions import ReadTimeoutError as StreamTimeoutError

from local.standins.fault_catalogue import Mode
from local.standins.faults import Fault, FaultBoard
from tests.local.standins.fakes import EMBEDDING, GUARDRAIL, SONNET

PROMPT = """<products><product id="one-piece-110-en"><title>One Piece, Vol. 110</title><price>$11.99</price>
<stock>12</stock><release_date>2025-08-05</release_date></product></products>
<passages><passage id="alaska" title="Do you ship to Alaska?">We ship to Alaska for $9.99 &amp; it takes 7 days.
</passage></passages><intent>{intent}</intent><language>{language}</language><question>{question}</question>"""


def asked(intent: str, question: str, language: str = "en", max_tokens: int = 200) -> dict[str, Any]:
    text = PROMPT.format(intent=intent, language=language, question=question)
    return {
        "modelId": SONNET,
        "system": [{"text": "You are the store's assistant."}],
        "messages": [{"role": "user", "content": [{"text": text}]}],
        "inferenceConfig": {"maxTokens": max_tokens},
    }


async def stream(bedrock: Any, **request: Any) -> list[dict[str, Any]]:
    def read() -> list[dict[str, Any]]:
        with closing(bedrock.converse_stream(**request)["stream"]) as events:
            return list(events)

    return await asyncio.to_thread(read)


async def titan(bedrock: Any, **body: Any) -> dict[str, Any]:
    def invoke() -> dict[str, Any]:
        answer = bedrock.invoke_model(modelId=EMBEDDING, body=json.dumps({"inputText": "manga", **body}))
        return dict(json.loads(answer["body"].read()))

    return await asyncio.to_thread(invoke)


async def refused(call: Any, *arguments: Any, **keywords: Any) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        await asyncio.to_thread(call, *arguments, **keywords)
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.parametrize("dimensions", [256, 512, 1024])
async def test_when_titan_is_asked_for_dimensions_then_a_unit_vector_of_them_comes(
    bedrock: Any, dimensions: int
) -> None:
    answer = await titan(bedrock, dimensions=dimensions, normalize=True)

    assert len(answer["embedding"]) == dimensions
    assert math.isclose(math.hypot(*answer["embedding"]), 1, abs_tol=1e-4)
    assert answer["embeddingsByType"]["float"] == answer["embedding"]
    assert answer["inputTextTokenCount"] > 0


async def test_when_titan_is_asked_for_other_dimensions_then_they_are_refused(bedrock: Any) -> None:
    body = json.dumps({"inputText": "manga", "dimensions": 300})

    assert await refused(bedrock.invoke_model, modelId=EMBEDDING, body=body) == ("ValidationException", 400)


async def test_when_a_reply_is_streamed_then_boto3_reads_every_event_in_order(bedrock: Any) -> None:
    events = await stream(bedrock, **asked("faq_policy", "Do you ship to Alaska?"))

    kinds = [next(iter(event)) for event in events]
    deltas = [event["contentBlockDelta"]["delta"]["text"] for event in events if "contentBlockDelta" in event]
    assert (kinds[0], kinds[-3:]) == ("messageStart", ["contentBlockStop", "messageStop", "metadata"])
    assert "".join(deltas) == "We ship to Alaska for $9.99 & it takes 7 days."
    assert len(deltas) > 5
    assert events[-1]["metadata"]["usage"]["outputTokens"] == len(deltas)


async def test_given_a_product_when_it_is_asked_for_then_its_own_facts_are_told_in_the_language_asked(
    bedrock: Any,
) -> None:
    answer = await asyncio.to_thread(bedrock.converse, **asked("purchase", "One Pieceを買いたい", "ja"))

    text = answer["output"]["message"]["content"][0]["text"]
    assert "One Piece, Vol. 110は$11.99です。在庫は12点です。" in text
    assert answer["stopReason"] == "end_turn"


async def test_when_nothing_in_the_prompt_fits_then_it_says_so_and_offers_an_agent(bedrock: Any) -> None:
    request = asked("faq_policy", "zzzz")
    request["messages"][0]["content"][0]["text"] = "<intent>faq_policy</intent><question>zzzz</question>"

    answer = await asyncio.to_thread(bedrock.converse, **request)

    assert "agent" in answer["output"]["message"]["content"][0]["text"]
    assert "composer" in answer["ResponseMetadata"]["HTTPHeaders"]["x-stand-in"]


async def test_given_few_tokens_when_a_reply_is_longer_then_it_stops_at_them(bedrock: Any) -> None:
    answer = await asyncio.to_thread(bedrock.converse, **asked("faq_policy", "Do you ship to Alaska?", max_tokens=4))

    assert (answer["stopReason"], answer["usage"]["outputTokens"]) == ("max_tokens", 4)


async def test_given_the_generation_in_use_when_temperature_is_set_then_it_is_refused(bedrock: Any) -> None:
    request = asked("faq_policy", "?")
    request["inferenceConfig"]["temperature"] = 0.2

    assert await refused(bedrock.converse, **request) == ("ValidationException", 400)


@pytest.mark.parametrize(
    ("mode", "code", "status"),
    [
        (Mode.ERROR, "InternalServerException", 500),
        (Mode.THROTTLE, "ThrottlingException", 429),
        (Mode.UNAVAILABLE, "ServiceUnavailableException", 503),
        (Mode.MODEL_ERROR, "ModelErrorException", 424),
    ],
)
async def test_given_a_fault_when_the_model_is_called_then_boto3_sees_awss_own_error(
    bedrock: Any, board: FaultBoard, mode: Mode, code: str, status: int
) -> None:
    board.switch_on(Fault(target="llm", mode=mode))

    assert await refused(bedrock.converse_stream, **asked("faq_policy", "?")) == (code, status)


@pytest.mark.parametrize(
    ("mode", "error"),
    [
        (Mode.CUT, ProtocolError),
        (Mode.STREAM_ERROR, EventStreamError),
        (Mode.MALFORMED, ChecksumMismatch),
    ],
)
async def test_given_a_break_half_way_when_streamed_then_the_client_is_told(
    bedrock: Any, board: FaultBoard, mode: Mode, error: type[Exception]
) -> None:
    board.switch_on(Fault(target="llm", mode=mode))

    with pytest.raises(error):
        await stream(bedrock, **asked("faq_policy", "Do you ship to Alaska?"))


@pytest.mark.parametrize(
    ("mode", "shows"),
    [
        (Mode.TRUNCATED, lambda reply: 0 < len(reply) < 40),
        (Mode.OVER_LONG, lambda reply: len(reply) > 1500),
        (Mode.EMPTY, lambda reply: reply == ""),
        (Mode.WRONG_PRICE, lambda reply: "$9.997" in reply),
        (Mode.WRONG_LANGUAGE, lambda reply: "円" in reply or "。" in reply),
    ],
)
async def test_given_a_fault_of_wording_when_streamed_then_the_reply_shows_it(
    bedrock: Any, board: FaultBoard, mode: Mode, shows: Any
) -> None:
    board.switch_on(Fault(target="llm", mode=mode))

    events = await stream(bedrock, **asked("faq_policy", "Do you ship to Alaska?"))

    assert shows("".join(e["contentBlockDelta"]["delta"]["text"] for e in events if "contentBlockDelta" in e))


@pytest.mark.parametrize("mode", [Mode.HANG, Mode.STALL])
async def test_given_a_hang_when_the_client_gives_up_then_it_times_out(
    bedrock: Any, board: FaultBoard, client: Any, mode: Mode
) -> None:
    board.switch_on(Fault(target="llm", mode=mode))
    impatient = client("bedrock-runtime", bedrock.meta.endpoint_url, read_timeout_s=0.2)

    with pytest.raises((ReadTimeoutError, StreamTimeoutError)):
        await stream(impatient, **asked("faq_policy", "Do you ship to Alaska?"))


async def test_given_faults_of_the_embedding_when_called_then_its_vector_shows_them(
    bedrock: Any, board: FaultBoard
) -> None:
    board.switch_on(Fault(target="embedding", mode=Mode.NAN))
    assert all(math.isnan(value) for value in (await titan(bedrock, dimensions=512))["embedding"])

    board.switch_on(Fault(target="embedding", mode=Mode.WRONG_DIMENSION))
    assert len((await titan(bedrock, dimensions=512))["embedding"]) == 256


@pytest.mark.parametrize(
    ("text", "action", "kind"),
    [
        ("Volume 110 is $11.99, order MA-48213, tracking 1234 5678 9012.", "NONE", None),
        ("Write to hana@example.com", "GUARDRAIL_INTERVENED", "EMAIL"),
        ("カード番号は4111-1111-1111-1111です", "GUARDRAIL_INTERVENED", "CREDIT_DEBIT_CARD_NUMBER"),
    ],
)
async def test_when_a_text_is_judged_then_cards_and_addresses_are_blocked(
    bedrock: Any, text: str, action: str, kind: str | None
) -> None:
    verdict = await asyncio.to_thread(guard, bedrock, text)

    found = [e["type"] for a in verdict["assessments"] for e in a["sensitiveInformationPolicy"]["piiEntities"]]
    assert (verdict["action"], found) == (action, [kind] if kind else [])


async def test_given_a_blocking_fault_when_a_harmless_text_is_judged_then_it_is_blocked(
    bedrock: Any, board: FaultBoard
) -> None:
    board.switch_on(Fault(target="guardrail", mode=Mode.BLOCK, times=1))

    first, second = [await asyncio.to_thread(guard, bedrock, "Hello") for _ in range(2)]

    assert (first["action"], second["action"]) == ("GUARDRAIL_INTERVENED", "NONE")


def guard(bedrock: Any, text: str) -> dict[str, Any]:
    return dict(
        bedrock.apply_guardrail(
            guardrailIdentifier=GUARDRAIL, guardrailVersion="1", source="OUTPUT", content=[{"text": {"text": text}}]
        )
    )
