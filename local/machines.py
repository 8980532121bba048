"""The template's Express state machines on the local engine, and a bounded record of what they did."""

import json
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any, Protocol

from local.lambda_runtime import FunctionFailedError, UnknownFunctionError
from local.stepfunctions import ExecutionRecord, FunctionError, StateMachine
from local.template import StateMachineSpec

EXPRESS = "EXPRESS"
RECORDS_KEPT = 500


class Functions(Protocol):
    """Invokes a function by ARN; raises FunctionFailedError."""

    async def invoke(self, function: str, payload: Any, *, trace_id: str | None = None) -> Any: ...


class StateMachines:
    """Runs state machines by ARN, qualified by their alias or not."""

    def __init__(self, specs: Iterable[StateMachineSpec], functions: Functions) -> None:
        self._functions = functions
        self._machines: dict[str, StateMachine] = {}
        self._records: OrderedDict[str, ExecutionRecord] = OrderedDict()
        for spec in specs:
            if spec.kind == EXPRESS:
                machine = StateMachine.compile(json.loads(spec.definition), name=spec.name)
                self._machines[spec.arn] = machine
                if spec.alias:
                    self._machines[f"{spec.arn}:{spec.alias}"] = machine

    async def run(self, arn: str, value: Any, *, name: str) -> ExecutionRecord:
        """Run an execution to its end and keep its record; raises KeyError for an ARN nobody has."""
        record = await self._machines[arn].run(value, self._invoke, execution_name=name)
        self._records[name] = record
        while len(self._records) > RECORDS_KEPT:
            self._records.popitem(last=False)
        return record

    def record(self, name: str) -> ExecutionRecord | None:
        """The record of an execution that is not too long ago."""
        return self._records.get(name)

    async def drain(self) -> None:
        """Wait for every function that a stopped branch left running."""
        for machine in self._machines.values():
            await machine.drain()

    async def _invoke(self, function: str, payload: Any) -> Any:
        try:
            return await self._functions.invoke(function, payload)
        except FunctionFailedError as error:
            raise FunctionError(error.error, error.cause) from error
        except UnknownFunctionError as error:
            raise FunctionError("Lambda.ResourceNotFoundException", str(error)) from error
