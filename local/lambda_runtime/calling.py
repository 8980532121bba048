"""Calls a handler as AWS's runtime client does: imports it, gives it a context, and marshals what comes of it."""

import importlib
import json
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from awslambdaric.lambda_runtime_marshaller import to_json

from local.lambda_runtime.errors import FunctionFailedError, exited, failure
from local.lambda_runtime.invocation import Invocation
from local.template import FunctionSpec

Handler = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Context:
    """The context object a handler is given; names as Lambda has them."""

    function_name: str
    invoked_function_arn: str
    memory_limit_in_mb: int
    aws_request_id: str
    deadline: float = field(repr=False)
    function_version: str = "$LATEST"
    log_stream_name: str = "local"
    client_context: None = None
    identity: None = None

    @property
    def log_group_name(self) -> str:
        return f"/aws/lambda/{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        return max(0, round((self.deadline - time.monotonic()) * 1000))


def handler_of(spec: FunctionSpec) -> Handler:
    """Import the handler; raises FunctionFailedError."""
    module, _, name = spec.handler.rpartition(".")
    try:
        handler: Handler = getattr(importlib.import_module(module.replace("/", ".")), name)
    except ImportError as error:
        message = f"Unable to import module '{module}': {error}"
        raise failure({"errorType": "Runtime.ImportModuleError", "errorMessage": message}) from error
    except AttributeError as error:
        message = f"Handler '{name}' missing on module '{module}'"
        raise failure({"errorType": "Runtime.HandlerNotFound", "errorMessage": message}) from error
    return handler


def call(handler: Handler, spec: FunctionSpec, invocation: Invocation) -> bytes:
    """The handler's answer as JSON; raises FunctionFailedError, whatever the handler raises."""
    context = Context(
        function_name=spec.name,
        invoked_function_arn=invocation.function_arn,
        memory_limit_in_mb=spec.memory_mb,
        aws_request_id=invocation.request_id,
        deadline=invocation.begun + invocation.timeout_s,
    )
    try:
        result = handler(json.loads(invocation.payload), context)
    except SystemExit as error:
        raise exited(invocation.request_id, error.code if isinstance(error.code, int) else 1) from error
    except BaseException as error:
        raise _raised(error, invocation.request_id) from error
    return _marshal(result, invocation.request_id)


def _raised(error: BaseException, request_id: str) -> FunctionFailedError:
    trace = traceback.format_list(traceback.extract_tb(error.__traceback__)[1:])
    document = {"errorMessage": str(error), "errorType": type(error).__name__, "requestId": request_id}
    return failure(document | {"stackTrace": trace})


def _marshal(result: Any, request_id: str) -> bytes:
    try:
        return str(to_json(result)).encode()
    except Exception as error:
        message = f"Unable to marshal response: {error}"
        raise failure(
            {"errorType": "Runtime.MarshalError", "errorMessage": message, "requestId": request_id}
        ) from error
