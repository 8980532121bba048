"""One request to the API, as API Gateway describes it to templates and authorizers."""

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Call:
    """A request that found its operation. Times are epoch milliseconds."""

    api_id: str
    stage: str
    region: str
    account: str
    method: str
    resource: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    path_parameters: Mapping[str, str]
    body: str
    source_ip: str
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    received_ms: int = field(default_factory=lambda: int(time.time() * 1000))

    @property
    def method_arn(self) -> str:
        place = f"arn:aws:execute-api:{self.region}:{self.account}:{self.api_id}"
        return f"{place}/{self.stage}/{self.method}{self.path}"

    @property
    def content_type(self) -> str:
        """Without parameters; API Gateway takes JSON when none is given."""
        lower = {name.lower(): value for name, value in self.headers.items()}
        return lower.get("content-type", "application/json").partition(";")[0].strip().lower()

    def context(self) -> dict[str, Any]:
        """$context, without what the authorizer adds."""
        lower = {name.lower(): value for name, value in self.headers.items()}
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
            "protocol": "HTTP/1.1",
            "identity": {"sourceIp": self.source_ip, "userAgent": lower.get("user-agent", "")},
        }

    def parameters(self) -> dict[str, Mapping[str, str]]:
        """By place, as $input.params() has them."""
        return {"path": self.path_parameters, "querystring": self.query, "header": self.headers}
