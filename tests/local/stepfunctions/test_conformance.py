"""The engine answers as AWS did: every recorded state machine, compared field by field.

The recordings are not part of the repository; where they are absent the tests are skipped.
"""

import asyncio
import importlib.util
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from local.clock.virtual import VirtualClock, run_virtually
from local.stepfunctions import JSON, FunctionError, Identity, StateMachine

FOLDER = Path(__file__).parents[4] / "shared" / "conformance"
CASES = FOLDER / "aws_recorded_cases.jsonl"
EXCEPTIONS: Mapping[str, str] = json.loads(Path(__file__).with_name("conformance_exceptions.json").read_text())
LEAST_MATCHES = 600
STANDARD = Identity("recorded", account="111111111111", executions="execution")
AFTER_THE_RECORDINGS = datetime(2026, 6, 1, tzinfo=UTC).timestamp()
NOT_FOUND = (
    "Function not found: arn:aws:lambda:us-east-1:111111111111:function:{}:$LATEST (Service: AWSLambda; Status Code:"
    " 404; Error Code: ResourceNotFoundException; Request ID: 1; Proxy: null)"
)


@cache
def recordings() -> list[dict[str, Any]]:
    if not CASES.exists():
        return []
    return [json.loads(line) for line in CASES.read_text().splitlines()]


def verdict(expected: dict[str, Any], got: dict[str, Any]) -> str:
    spec = importlib.util.spec_from_file_location("compare", FOLDER / "compare.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return str(module.verdict(expected, got))


def raising(error: str, message: str) -> Callable[[JSON], JSON]:
    def behave(payload: JSON) -> JSON:
        raise FunctionError(error, json.dumps({"errorMessage": message, "errorType": error, "stackTrace": []}))

    return behave


BEHAVIOURS: Mapping[str, Callable[[JSON], JSON]] = {
    "echo_event": lambda payload: payload,
    "large_string": lambda payload: "x" * 257 * 1024,
    "raise_custom_exception": raising("CustomException", ""),
    "raise_exception": raising("Exception", "Some exception was raised."),
    "return_bytes": lambda payload: "HelloWorld!",
    "return_hello": lambda payload: {"Return": "HelloWorld"},
}


def run(case: Mapping[str, Any]) -> dict[str, Any]:
    async def invoke(function: str, payload: JSON) -> JSON:
        behaviour = case["functions"].get(function.rpartition(":")[2])
        if behaviour is None:
            raise FunctionError("Lambda.ResourceNotFoundException", NOT_FOUND.format(function))
        if behaviour == "sleep_60_seconds":
            await asyncio.sleep(60)
            return None
        return BEHAVIOURS[behaviour](payload)

    async def main(_: VirtualClock) -> dict[str, Any]:
        machine = StateMachine.compile(case["definition"], name=STANDARD.name, identity=STANDARD, kind="STANDARD")
        record = await machine.run(json.loads(case["input"]), invoke, clock=VirtualClock(AFTER_THE_RECORDINGS))
        await machine.drain()
        cause = record.cause
        if isinstance(case["expect"].get("cause"), dict):
            cause = json.loads(cause or "null")
        return {"status": record.status, "output": record.output, "error": record.error, "cause": cause}

    return run_virtually(main)


def parameters() -> list[Any]:
    return [
        pytest.param(
            case,
            id=case["id"],
            marks=[pytest.mark.xfail(reason=EXCEPTIONS[case["id"]], strict=True)] if case["id"] in EXCEPTIONS else [],
        )
        for case in recordings()
    ]


@pytest.mark.skipif(not CASES.exists(), reason=f"no recordings of AWS at {FOLDER.name}/{CASES.name}")
@pytest.mark.parametrize("case", parameters())
def test_given_a_recorded_state_machine_when_it_runs_here_then_it_ends_as_it_did_on_aws(case: dict[str, Any]) -> None:
    got = run(case)
    assert verdict(case["expect"], got) == "ok", got


@pytest.mark.skipif(not CASES.exists(), reason=f"no recordings of AWS at {FOLDER.name}/{CASES.name}")
def test_given_the_list_of_exceptions_then_each_is_a_recording_and_enough_others_match() -> None:
    known = {case["id"] for case in recordings()}
    assert known >= EXCEPTIONS.keys()
    assert len(known) - len(EXCEPTIONS) >= LEAST_MATCHES
