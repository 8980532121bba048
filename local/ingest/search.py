"""OpenSearch indices over signed HTTP. An index is filled under a name with its version; the plain name is an alias."""

import json
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session
from botocore.session import Session

from local.ingest.outcome import LENGTH

TIMEOUT_S = 60
ATTEMPTS = 6
FIRST_WAIT_S = 0.25
BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE})


class IngestError(Exception):
    """What was to be loaded was not taken."""


class SearchIndices:
    """An OpenSearch domain, written to; `wait` is told the seconds to wait when it is busy."""

    def __init__(self, endpoint: str, aws: Session, wait: Callable[[float], None] = time.sleep) -> None:
        self._endpoint = endpoint.rstrip("/")
        self._aws = aws
        self._wait = wait
        self._http = URLLib3Session(timeout=TIMEOUT_S)

    def serves(self, alias: str, index: str) -> bool:
        """Whether searches of the alias reach this index."""
        return index in self._send("GET", f"/_alias/{alias}", allowed=HTTPStatus.NOT_FOUND)

    def create(self, index: str, mapping: Mapping[str, Any]) -> bool:
        """Make an index unless it is there; whether it is new."""
        if index in self._names():
            return False
        self._send("PUT", f"/{index}", mapping)
        return True

    def missing(self, index: str, ids: Sequence[str]) -> set[str]:
        """Which of these documents the index does not hold."""
        answer = self._send("POST", f"/{index}/_mget?_source=false", {"ids": list(ids)})
        return {document["_id"] for document in answer["docs"] if not document["found"]}

    def put(self, index: str, documents: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Put documents by id; raises IngestError when one is refused."""
        lines = (json.dumps(line) for i, fields in documents for line in ({"index": {"_id": i}}, fields))
        answer = self._send("POST", f"/{index}/_bulk", ("\n".join(lines) + "\n").encode())
        if answer["errors"]:
            refused = next(item["index"] for item in answer["items"] if "error" in item["index"])
            raise IngestError(f"{index}/{refused['_id']}: {refused['error']['reason']}")

    def switch(self, alias: str, index: str) -> int:
        """In one step, let the alias name this index and drop those of other versions; how many were dropped."""
        self._send("POST", f"/{index}/_refresh")
        version = re.compile(rf"{re.escape(alias)}(-[0-9a-f]{{{LENGTH}}})?")
        others = [name for name in self._names() if version.fullmatch(name) and name != index]
        actions: list[dict[str, Any]] = [{"remove_index": {"index": name}} for name in others]
        self._send("POST", "/_aliases", {"actions": [*actions, {"add": {"index": index, "alias": alias}}]})
        return len(others)

    def _names(self) -> set[str]:
        return {one["index"] for one in self._send("GET", "/_cat/indices?format=json")}

    def _send(self, method: str, path: str, body: Mapping[str, Any] | bytes = b"", *, allowed: int = 200) -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = "application/x-ndjson" if path.endswith("_bulk") else "application/json"
        for attempt in range(1, ATTEMPTS + 1):
            request = AWSRequest(method=method, url=self._endpoint + path, data=data, headers={"Content-Type": kind})
            SigV4Auth(self._aws.get_credentials(), "es", self._aws.get_config_variable("region")).add_auth(request)
            response = self._http.send(request.prepare())
            if response.status_code not in BUSY or attempt == ATTEMPTS:
                break
            self._wait(FIRST_WAIT_S * 2**attempt)
        if response.status_code >= HTTPStatus.MULTIPLE_CHOICES and response.status_code != allowed:
            said = response.content.decode(errors="replace")[:300]
            raise IngestError(f"{method} {path}: {response.status_code} {said}")
        return json.loads(response.content or b"{}")
