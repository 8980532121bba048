"""One request to the API, as API Gateway describes it to templates and authorizers."""

import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Multiple = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Call:
    """A request. Headers and query parameters with every value they were sent with; `received_ms` since the epoch."""

    api_id: str
    stage: str
    region: str
    account: str
    method: str
    resource: str
    path: str
    all_headers: Multiple
    all_query: Multiple
    path_parameters: Mapping[str, str]
    source_ip: str
    received_ms: int
    body: str = ""
    protocol: str = "HTTP/1.1"
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def headers(self) -> dict[str, str]:
        """Of a header that was sent more than once, the last."""
        return _last(self.all_headers)

    @property
    def query(self) -> dict[str, str]:
        """Of a parameter that was sent more than once, the last."""
        return _last(self.all_query)

    @property
    def method_arn(self) -> str:
        place = f"arn:aws:execute-api:{self.region}:{self.account}:{self.api_id}"
        return f"{place}/{self.stage}/{self.method}{self.path}"

    @property
    def content_type(self) -> str:
        """Without parameters; API Gateway takes JSON when none is given."""
        return (self.header("content-type") or "application/json").partition(";")[0].strip().lower()

    def header(self, name: str) -> str:
        """A header however its name is written; empty when there is none."""
        found = [values[-1] for key, values in self.all_headers.items() if key.lower() == name.lower()]
        return found[-1] if found else ""

    def context(self) -> dict[str, Any]:
        """$context, without what later steps add."""
        moment = time.gmtime(self.received_ms / 1000)
        return {
            "accountId": self.account,
            "apiId": self.api_id,
            "stage": self.stage,
            "requestId": self.request_id,
            "extendedRequestId": self.request_id,
            "requestTimeEpoch": self.received_ms,
            "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", moment),
            "httpMethod": self.method,
            "resourcePath": self.resource,
            "path": f"/{self.stage}{self.path}",
            "protocol": self.protocol,
            "identity": {"sourceIp": self.source_ip, "userAgent": self.header("user-agent")},
        }

    def parameters(self) -> dict[str, Mapping[str, str]]:
        """By place, as $input.params() has them."""
        return {"path": self.path_parameters, "querystring": self.query, "header": self.headers}


def _last(multiple: Multiple) -> dict[str, str]:
    return {name: values[-1] for name, values in multiple.items()}
