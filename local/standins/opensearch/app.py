"""The HTTP face of the search stand-in. Signatures (SigV4) are not checked."""

import json
from typing import Any

from aiohttp import web

from local.standins.faults import Fault, FaultBoard
from local.standins.opensearch.errors import OpenSearchError, ParsingError
from local.standins.opensearch.store import Store, error_body
from local.standins.payloads import bent
from local.standins.shapes import OPENSEARCH
from local.standins.transport import Handler, misbehave, new_app

_SEARCHES = frozenset({"_search", "_msearch"})


def opensearch_app(board: FaultBoard) -> web.Application:
    """An empty cluster. Faults meet searches only: loading goes on."""
    service = _OpenSearch(Store())
    app = new_app()
    app.middlewares.extend([_faulty(board), _worded])
    app.add_routes(
        [
            web.get("/_cat/indices", service.list),
            web.get("/_alias/{index}", service.aliased),
            web.post("/_aliases", service.change_aliases),
            web.post("/_bulk", service.bulk),
            web.post("/_msearch", service.multi_search),
            web.put("/{index}", service.create),
            web.head("/{index}", service.exists),
            web.delete("/{index}", service.delete),
            web.post("/{index}/_bulk", service.bulk),
            web.post("/{index}/_msearch", service.multi_search),
            web.post("/{index}/_search", service.search),
            web.get("/{index}/_search", service.search),
            web.get("/{index}/_count", service.count),
            web.post("/{index}/_count", service.count),
            web.get("/{index}/_mapping", service.mapping),
            web.post("/{index}/_mget", service.multi_get),
            web.post("/{index}/_refresh", service.refresh),
            web.put("/{index}/_doc/{id}", service.put),
            web.get("/{index}/_doc/{id}", service.get),
            web.delete("/{index}/_doc/{id}", service.remove),
        ]
    )
    return app


class _OpenSearch:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def list(self, _: web.Request) -> web.Response:
        return web.json_response([{"index": name} for name in self._store.names()])

    async def create(self, request: web.Request) -> web.Response:
        self._store.create(_name(request), await _body(request))
        return web.json_response({"acknowledged": True, "shards_acknowledged": True, "index": _name(request)})

    async def exists(self, request: web.Request) -> web.Response:
        self._store.index(_name(request))
        return web.Response()

    async def delete(self, request: web.Request) -> web.Response:
        self._store.delete(_name(request))
        return web.json_response({"acknowledged": True})

    async def aliased(self, request: web.Request) -> web.Response:
        index = self._store.aliased(_name(request))
        return web.json_response({index: {"aliases": {_name(request): {}}}})

    async def change_aliases(self, request: web.Request) -> web.Response:
        self._store.change_aliases(await _body(request))
        return web.json_response({"acknowledged": True})

    async def mapping(self, request: web.Request) -> web.Response:
        return web.json_response(self._store.meta(_name(request)))

    async def multi_get(self, request: web.Request) -> web.Response:
        return web.json_response({"docs": self._store.found(_name(request), await _body(request))})

    async def refresh(self, request: web.Request) -> web.Response:
        self._store.index(_name(request))
        return web.json_response({"_shards": {"total": 1, "successful": 1, "failed": 0}})

    async def bulk(self, request: web.Request) -> web.Response:
        return web.json_response(self._store.bulk(await request.read(), request.match_info.get("index")))

    async def search(self, request: web.Request) -> web.Response:
        return web.json_response(self._store.search(_name(request), await _body(request)))

    async def multi_search(self, request: web.Request) -> web.Response:
        responses = list(self._store.multi_search(await request.read(), request.match_info.get("index")))
        return web.json_response({"took": 0, "responses": responses})

    async def count(self, request: web.Request) -> web.Response:
        return web.json_response(self._store.count(_name(request), await _body(request)))

    async def put(self, request: web.Request) -> web.Response:
        new = self._store.index(_name(request)).put(request.match_info["id"], await _body(request))
        result = "created" if new else "updated"
        return web.json_response({"_id": request.match_info["id"], "result": result}, status=201 if new else 200)

    async def get(self, request: web.Request) -> web.Response:
        identifier = request.match_info["id"]
        document = self._store.index(_name(request)).documents.get(identifier)
        found = {"found": True, "_source": document} if document is not None else {"found": False}
        return web.json_response(
            {"_index": _name(request), "_id": identifier, **found}, status=200 if document else 404
        )

    async def remove(self, request: web.Request) -> web.Response:
        there = self._store.index(_name(request)).remove(request.match_info["id"])
        return web.json_response({"result": "deleted" if there else "not_found"}, status=200 if there else 404)


def _name(request: web.Request) -> str:
    return request.match_info["index"]


async def _body(request: web.Request) -> dict[str, Any]:
    raw = await request.read()
    parsed = json.loads(raw) if raw else {}
    if not isinstance(parsed, dict):
        raise ParsingError("request body is required to be an object")
    return parsed


@web.middleware
async def _worded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every refusal as OpenSearch words it, an unknown path or parameter included."""
    try:
        _no_parameters(request)
        return await handler(request)
    except OpenSearchError as error:
        return _refusal(error)
    except json.JSONDecodeError as error:
        return _refusal(ParsingError(f"request body is not JSON: {error}"))
    except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
        return _refusal(ParsingError(f"no handler found for uri [{request.path}] and method [{request.method}]"))


def _no_parameters(request: web.Request) -> None:
    for name in request.query:
        if name not in {"refresh", "format", "_source"}:
            raise ParsingError(f"request [{request.path}] contains unrecognized parameter: [{name}]")


def _refusal(error: OpenSearchError) -> web.Response:
    return web.json_response(error_body(error), status=error.status)


def _faulty(board: FaultBoard) -> Any:
    @web.middleware
    async def meet(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.rpartition("/")[2] not in _SEARCHES or not board.concerns("search"):
            return await handler(request)
        call = (await request.read()).decode(errors="replace")
        fault = board.take("search", call)
        shown = await misbehave(request, fault, OPENSEARCH)
        return shown or _bent(await handler(request), fault)

    return meet


def _bent(answer: web.StreamResponse, fault: Fault | None) -> web.StreamResponse:
    if fault is None or not isinstance(answer, web.Response) or not isinstance(answer.body, bytes):
        return answer
    return web.Response(body=bent(answer.body, fault), status=answer.status, content_type="application/json")
