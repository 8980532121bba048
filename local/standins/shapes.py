"""How each AWS service words a failure: status, error type and body."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from local.standins.fault_catalogue import Mode


@dataclass(frozen=True, slots=True)
class Failure:
    """An error answer of a service."""

    status: int
    code: str
    body: Mapping[str, object]

    def payload(self) -> bytes:
        """The body as JSON."""
        return json.dumps(dict(self.body)).encode()

    def headers(self) -> dict[str, str]:
        """The headers AWS's clients read the error type from."""
        return {"x-amzn-ErrorType": self.code, "Content-Type": "application/json"}


def rest_json(status: int, code: str, message: str, key: str = "message", **more: object) -> Failure:
    """A failure of a REST-JSON service (Bedrock, SageMaker)."""
    return Failure(status, code, {key: message, **more})


def json_rpc(status: int, code: str, message: str) -> Failure:
    """A failure of a JSON-RPC service (DynamoDB, EventBridge, SSM, Secrets Manager)."""
    return Failure(status, code, {"__type": code, "message": message})


def opensearch(status: int, kind: str, reason: str) -> Failure:
    """A failure as OpenSearch words it."""
    cause = {"type": kind, "reason": reason}
    return Failure(status, kind, {"error": {"root_cause": [cause], **cause}, "status": status})


_INTERNAL = "The system encountered an unexpected error during processing. Try your request again."
_UNAVAILABLE = "Service is temporarily unavailable. Try again."
_TOO_MANY = "Too many requests, please wait before trying again."
_EXPIRED = "The security token included in the request is expired"

BEDROCK: Mapping[Mode, Failure] = MappingProxyType(
    {
        Mode.ERROR: rest_json(500, "InternalServerException", _INTERNAL),
        Mode.UNAVAILABLE: rest_json(503, "ServiceUnavailableException", _UNAVAILABLE),
        Mode.THROTTLE: rest_json(429, "ThrottlingException", _TOO_MANY),
        Mode.MODEL_ERROR: rest_json(424, "ModelErrorException", "The model failed.", originalStatusCode=500),
        Mode.EXPIRED_CREDENTIALS: rest_json(403, "ExpiredTokenException", _EXPIRED),
    }
)
SAGEMAKER: Mapping[Mode, Failure] = MappingProxyType(
    {
        Mode.ERROR: rest_json(500, "InternalFailure", _INTERNAL, key="Message"),
        Mode.UNAVAILABLE: rest_json(503, "ServiceUnavailable", _UNAVAILABLE, key="Message"),
        Mode.THROTTLE: rest_json(400, "ThrottlingException", "Rate exceeded", key="Message"),
        Mode.EXPIRED_CREDENTIALS: rest_json(403, "ExpiredTokenException", _EXPIRED),
        Mode.MODEL_ERROR: rest_json(
            424,
            "ModelError",
            'Received server error (500) from primary with message "".',
            key="Message",
            OriginalStatusCode=500,
            OriginalMessage="",
            LogStreamArn="",
        ),
    }
)
OPENSEARCH: Mapping[Mode, Failure] = MappingProxyType(
    {
        Mode.ERROR: opensearch(500, "search_phase_execution_exception", "all shards failed"),
        Mode.UNAVAILABLE: opensearch(503, "cluster_manager_not_discovered_exception", "no cluster manager"),
        Mode.THROTTLE: opensearch(429, "rejected_execution_exception", "rejected execution: queue capacity reached"),
        # The domain's access policy answers before OpenSearch does.
        Mode.EXPIRED_CREDENTIALS: rest_json(403, "ExpiredTokenException", _EXPIRED),
    }
)
DYNAMODB: Mapping[Mode, Failure] = MappingProxyType(
    {
        Mode.ERROR: json_rpc(500, "InternalServerError", "Internal server error"),
        Mode.UNAVAILABLE: json_rpc(503, "ServiceUnavailable", _UNAVAILABLE),
        Mode.THROTTLE: json_rpc(400, "ProvisionedThroughputExceededException", "The table's throughput is exceeded."),
        Mode.EXPIRED_CREDENTIALS: json_rpc(400, "ExpiredTokenException", _EXPIRED),
    }
)
OTHER_JSON_RPC: Mapping[Mode, Failure] = MappingProxyType(
    {
        Mode.ERROR: json_rpc(500, "InternalException", _INTERNAL),
        Mode.UNAVAILABLE: json_rpc(503, "ServiceUnavailable", _UNAVAILABLE),
        Mode.THROTTLE: json_rpc(400, "ThrottlingException", "Rate exceeded"),
        Mode.EXPIRED_CREDENTIALS: json_rpc(400, "ExpiredTokenException", _EXPIRED),
    }
)
