"""Creating and filling OpenSearch indices over signed HTTP."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session
from botocore.session import Session

TIMEOUT_S = 60
_OK = 300
_NOT_FOUND = 404


class IngestError(Exception):
    """What was to be loaded was not taken."""


class SearchIndices:
    """An OpenSearch domain, written to."""

    def __init__(self, endpoint: str, aws: Session) -> None:
        self._endpoint = endpoint.rstrip("/")
        self._aws = aws
        self._http = URLLib3Session(timeout=TIMEOUT_S)

    def recreate(self, index: str, mapping: Mapping[str, Any]) -> None:
        """An empty index in place of the one there is."""
        self._send("DELETE", f"/{index}", b"", allowed=_NOT_FOUND)
        self._send("PUT", f"/{index}", json.dumps(mapping).encode())

    def fill(self, index: str, documents: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Put documents by id; raises IngestError when one is refused."""
        lines = (json.dumps(line) for i, fields in documents for line in ({"index": {"_id": i}}, fields))
        answer = json.loads(self._send("POST", f"/{index}/_bulk", ("\n".join(lines) + "\n").encode()))
        if answer["errors"]:
            refused = next(item["index"] for item in answer["items"] if "error" in item["index"])
            raise IngestError(f"{index}/{refused['_id']}: {refused['error']['reason']}")

    def refresh(self, index: str) -> None:
        """Make what was put searchable."""
        self._send("POST", f"/{index}/_refresh", b"")

    def _send(self, method: str, path: str, body: bytes, *, allowed: int = 200) -> bytes:
        kind = "application/x-ndjson" if path.endswith("_bulk") else "application/json"
        request = AWSRequest(method=method, url=self._endpoint + path, data=body, headers={"Content-Type": kind})
        SigV4Auth(self._aws.get_credentials(), "es", self._aws.get_config_variable("region")).add_auth(request)
        response = self._http.send(request.prepare())
        content: bytes = response.content
        if response.status_code >= _OK and response.status_code != allowed:
            raise IngestError(f"{method} {path}: {response.status_code} {content.decode(errors='replace')[:300]}")
        return content
