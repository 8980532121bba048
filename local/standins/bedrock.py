"""Bedrock Runtime on loopback: InvokeModel (Titan embeddings), Converse, ConverseStream, ApplyGuardrail.

Simulated: the models are not AWS's. Each answer names what stood in for the model in its `x-stand-in` header.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import unquote

from aiohttp import web
from pydantic import BaseModel, ValidationError

from local.standins.converse import StreamCutError, converse_body, converse_events
from local.standins.converse_request import ConverseRequest
from local.standins.event_stream import CONTENT_TYPE
from local.standins.fault_catalogue import Mode
from local.standins.faults import Fault, FaultBoard
from local.standins.guardrail import GuardrailRequest, assessed
from local.standins.language_model import Ended, LanguageModel, ModelFailedError, whole
from local.standins.payloads import bent
from local.standins.shapes import BEDROCK, rest_json
from local.standins.titan import Encode, TitanRequest, embedded
from local.standins.transport import Handler, drop, failed, misbehave, new_app
from local.standins.wording import spoken

STAND_IN = "x-stand-in"
_ENCODER = {STAND_IN: "local sentence encoder, zero-padded; not Titan"}
_RULE = {STAND_IN: "card numbers and e-mail addresses; not a guardrail"}
# These faults leave the answer whole and bend what it says, or break a stream half-way.
_BENDING = frozenset({Mode.EMPTY, Mode.MALFORMED, Mode.WRONG_SCHEMA})
# Models of this generation refuse the sampling parameters.
_NO_SAMPLING = "-5"

Body = TypeVar("Body", bound=BaseModel)


class _InvalidRequestError(Exception):
    """The request's body is not what the API takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BedrockModels:
    """The ids served: the embedding model, the language models, the guardrail."""

    embedding: str
    language: frozenset[str]
    guardrail: str


def bedrock_app(
    models: BedrockModels, encode: Encode, language_model: LanguageModel, board: FaultBoard
) -> web.Application:
    """The service, with one language model behind all ids of one."""
    service = _Bedrock(models, encode, language_model, board)
    app = new_app()
    app.middlewares.append(_worded)
    app.add_routes(
        [
            web.post("/model/{model}/invoke", service.invoke),
            web.post("/model/{model}/converse", service.converse),
            web.post("/model/{model}/converse-stream", service.converse_stream),
            web.post("/guardrail/{guardrail}/version/{version}/apply", service.apply_guardrail),
        ]
    )
    return app


class _Bedrock:
    def __init__(self, models: BedrockModels, encode: Encode, language_model: LanguageModel, board: FaultBoard) -> None:
        self._models = models
        self._encode = encode
        self._language_model = language_model
        self._board = board
        self._who = {STAND_IN: language_model.stand_in}

    async def invoke(self, request: web.Request) -> web.Response:
        if _model(request) != self._models.embedding:
            raise _InvalidRequestError("The provided model identifier is invalid.")
        fault = self._board.take("embedding", await request.text())
        shown = await misbehave(request, fault, BEDROCK)
        if shown is not None:
            return shown
        asked = await _parsed(request, TitanRequest)
        answer = await asyncio.to_thread(embedded, self._encode, asked)
        return _json(answer, fault, _ENCODER)

    async def converse(self, request: web.Request) -> web.Response:
        started = time.monotonic()
        fault = self._llm_fault(request)
        shown = await misbehave(request, None if fault and fault.mode is Mode.EMPTY else fault, BEDROCK)
        if shown is not None:
            return shown
        try:
            reply = await whole(await self._speech(request, fault))
        except ModelFailedError as error:
            return failed(rest_json(424, "ModelErrorException", str(error)))
        return web.json_response(converse_body(reply, started), headers=self._who)

    async def converse_stream(self, request: web.Request) -> web.StreamResponse:
        started = time.monotonic()
        fault = self._llm_fault(request)
        shown = await misbehave(request, None if fault and fault.mode in _BENDING else fault, BEDROCK)
        if shown is not None:
            return shown
        speech = await self._speech(request, fault)
        response = web.StreamResponse(headers={"Content-Type": CONTENT_TYPE, **self._who})
        await response.prepare(request)
        try:
            async for part in converse_events(speech, fault, started):
                await response.write(part)
        except (StreamCutError, ConnectionResetError):  # the second: whoever asked has given up
            drop(request)
        return response

    async def apply_guardrail(self, request: web.Request) -> web.Response:
        if request.match_info["guardrail"] != self._models.guardrail:
            return failed(rest_json(404, "ResourceNotFoundException", "The guardrail does not exist."))
        fault = self._board.take("guardrail", await request.text())
        shown = await misbehave(request, fault, BEDROCK)
        if shown is not None:
            return shown
        asked = await _parsed(request, GuardrailRequest)
        always = fault is not None and fault.mode is Mode.BLOCK
        return _json(assessed(asked, always_block=always), fault, _RULE)

    def _llm_fault(self, request: web.Request) -> Fault | None:
        return self._board.take("llm", _model(request))

    async def _speech(self, request: web.Request, fault: Fault | None) -> AsyncIterator[str | Ended]:
        model = _model(request)
        if model not in self._models.language:
            raise _InvalidRequestError("The provided model identifier is invalid.")
        asked = await _parsed(request, ConverseRequest)
        _check(model, asked)
        return spoken(self._language_model, asked, fault)


def _check(model: str, asked: ConverseRequest) -> None:
    if asked.messages[0].role != "user" or asked.messages[-1].role != "user":
        raise _InvalidRequestError("A conversation must start and end with a user message.")
    sampling = asked.inference.temperature is not None or asked.inference.top_p is not None
    if sampling and model.endswith(_NO_SAMPLING):
        raise _InvalidRequestError("temperature and top_p are not supported by this model.")


def _model(request: web.Request) -> str:
    return unquote(request.match_info["model"])


async def _parsed(request: web.Request, kind: type[Body]) -> Body:
    try:
        return kind.model_validate_json(await request.read())
    except ValidationError as error:
        first = error.errors()[0]
        raise _InvalidRequestError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error


@web.middleware
async def _worded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """An invalid request as Bedrock words it."""
    try:
        return await handler(request)
    except _InvalidRequestError as error:
        return failed(rest_json(400, "ValidationException", str(error)))


def _json(answer: Mapping[str, object], fault: Fault | None, who: Mapping[str, str]) -> web.Response:
    """The answer as the fault makes it."""
    body = bent(json.dumps(answer).encode(), fault)
    return web.Response(body=body, content_type="application/json", headers=who)
