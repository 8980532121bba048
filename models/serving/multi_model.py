"""SageMaker's contract for containers of multi-model endpoints.

https://docs.aws.amazon.com/sagemaker/latest/dg/mms-container-apis.html
"""

from pathlib import Path

from aiohttp import web
from pydantic import ValidationError

from models.errors import InvalidRequestError
from models.serving.contracts import LoadRequest, ModelStatus
from models.serving.http import json_body
from models.serving.registry import LoadedModel, Registry

_PAGE = 100
_NAME = "/models/{name}"


def routes(registry: Registry) -> list[web.RouteDef]:
    """Load, list, describe, unload and invoke the models of a registry."""
    handlers = _Handlers(registry)
    return [
        web.post("/models", handlers.load),
        web.get("/models", handlers.list),
        web.get(_NAME, handlers.describe),
        web.delete(_NAME, handlers.unload),
        web.post(f"{_NAME}/invoke", handlers.invoke),
    ]


class _Handlers:
    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    async def load(self, request: web.Request) -> web.Response:
        """Answers once the model is warm: the first invocation, which waits for this, meets no cold path after it."""
        body = await json_body(request)
        try:
            wanted = LoadRequest.model_validate_json(body)
        except ValidationError as error:
            raise InvalidRequestError('send a JSON object with "model_name" and "url", the folder') from error
        return web.json_response(_status(await self._registry.load(wanted.model_name, Path(wanted.url))))

    async def list(self, request: web.Request) -> web.Response:
        """Pages of 100; `next_page_token` is the place to go on from."""
        token = request.query.get("next_page_token", "0")
        if not token.isdecimal():
            raise InvalidRequestError(f"next_page_token {token!r} is none that this container gave")
        start, loaded = int(token), self._registry.models()
        page = {"models": [_status(model) for model in loaded[start : start + _PAGE]]}
        more = {"nextPageToken": str(start + _PAGE)} if len(loaded) > start + _PAGE else {}
        return web.json_response({**page, **more})

    async def describe(self, request: web.Request) -> web.Response:
        return web.json_response(_status(self._registry.get(request.match_info["name"])))

    async def unload(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        await self._registry.unload(name)
        return web.json_response({"modelName": name})

    async def invoke(self, request: web.Request) -> web.Response:
        body = await json_body(request)
        answer = await self._registry.answer(request.match_info["name"], body)
        return web.Response(body=answer, content_type="application/json")


def _status(model: LoadedModel) -> dict[str, str]:
    return ModelStatus(modelName=model.name, modelUrl=str(model.folder)).model_dump()
