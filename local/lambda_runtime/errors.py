"""How an invocation fails, and the documents Lambda describes it with."""

import json
import signal
from typing import Any

REQUEST_LIMIT_BYTES = 6 * 1024 * 1024
TIMED_OUT = "Sandbox.Timedout"
RESPONSE_LIMIT_BYTES = 6 * 1024 * 1024 + 100


class LambdaRuntimeError(RuntimeError):
    """The runtime itself cannot do what it was asked."""


class UnknownFunctionError(LambdaRuntimeError):
    """No function has this name or ARN."""


class FunctionFailedError(Exception):
    """An invocation that failed: `error` is Lambda's error type, `cause` the JSON document or message with it."""

    def __init__(self, error: str, cause: str) -> None:
        super().__init__(f"{error}: {cause}")
        self.error = error
        self.cause = cause


def failure(document: dict[str, Any]) -> FunctionFailedError:
    """The failure behind an error document: errorType, errorMessage and perhaps requestId and stackTrace."""
    return FunctionFailedError(str(document.get("errorType") or "Unhandled"), json.dumps(document, ensure_ascii=False))


def timed_out(request_id: str, seconds: float) -> FunctionFailedError:
    message = f"RequestId: {request_id} Error: Task timed out after {seconds:.2f} seconds"
    return failure({"errorType": TIMED_OUT, "errorMessage": message})


def exited(request_id: str, code: int) -> FunctionFailedError:
    how = f"signal: {(signal.strsignal(-code) or str(-code)).lower()}" if code < 0 else f"exit status {code}"
    message = f"RequestId: {request_id} Error: Runtime exited with error: {how}"
    return failure({"errorType": "Runtime.ExitError", "errorMessage": message})


def throttled(request_id: str) -> FunctionFailedError:
    cause = f"Rate Exceeded. (Service: Lambda, Status Code: 429, Request ID: {request_id})"
    return FunctionFailedError("Lambda.TooManyRequestsException", cause)


def request_too_large(size: int) -> FunctionFailedError:
    return FunctionFailedError(
        "Lambda.RequestTooLargeException", f"{size} byte payload is too large for the RequestResponse invocation type"
    )


def response_too_large(size: int) -> FunctionFailedError:
    message = (
        f"Response payload size ({size} bytes) exceeded maximum allowed payload size ({RESPONSE_LIMIT_BYTES} bytes)."
    )
    return failure({"errorType": "Function.ResponseSizeTooLarge", "errorMessage": message})
