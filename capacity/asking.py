"""plan_releases, invoked as its operators may: it plans with its own settings, rights and history."""

import json
from collections.abc import Callable
from typing import Any

from capacity.errors import FunctionError

Invoke = Callable[..., dict[str, Any]]


def ask(invoke: Invoke, function: str, *, dry_run: bool, calendar: str | None = None) -> dict[str, Any]:
    """The plan's difference and reasons; raises FunctionError with what the function says is wrong."""
    from botocore.exceptions import BotoCoreError, ClientError

    request = {"dry_run": dry_run, **({"calendar": calendar} if calendar is not None else {})}
    try:
        answer = invoke(FunctionName=f"{function}:live", Payload=json.dumps(request, ensure_ascii=False).encode())
    except (BotoCoreError, ClientError) as error:
        raise FunctionError(
            f"{function} cannot be invoked: {error}. --function names the output PlanReleasesFunctionName"
        ) from error
    payload: dict[str, Any] = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise FunctionError(f"{payload.get('errorType')}: {payload.get('errorMessage')}")
    return payload
