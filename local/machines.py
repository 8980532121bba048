"""The template's state machines on the local engine: found by ARN, started, run to their end, stopped."""

import asyncio
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, Protocol

from local.executions import Execution, Executions
from local.lambda_runtime import FunctionFailedError, UnknownFunctionError
from local.stepfunctions import (
    Call,
    Check,
    Clock,
    ExecutionRecord,
    FunctionError,
    Identity,
    KindName,
    StateMachine,
    TaskTokens,
    current_attempt,
)
from local.stepfunctions.kinds import KINDS
from local.template import StateMachineSpec

EXPRESS: Final = "EXPRESS"
VERSION: Final = "1"
"""What AutoPublishAlias publishes at the first deployment, and points the alias to."""

_TURNS_TO_SETTLE: Final = 50
"""Of the event loop, after which an execution that was woken waits again or has called something."""


class Functions(Protocol):
    """Invokes a function by ARN; raises FunctionFailedError. Adds what it knows of the invocation to `report`."""

    async def invoke(
        self, function: str, payload: Any, *, trace_id: str | None = None, report: dict[str, Any] | None = None
    ) -> Any: ...


@dataclass(frozen=True, eq=False)
class Machine:
    """A state machine of the template, compiled. `created` in epoch seconds."""

    spec: StateMachineSpec
    compiled: StateMachine
    created: float
    executions: Executions = field(default_factory=Executions)

    @property
    def is_express(self) -> bool:
        return self.spec.kind == EXPRESS

    @property
    def alias_arn(self) -> str | None:
        return f"{self.spec.arn}:{self.spec.alias}" if self.spec.alias else None

    @property
    def version_arn(self) -> str | None:
        return f"{self.spec.arn}:{VERSION}" if self.spec.alias else None


class StateMachines:
    """Runs state machines by ARN: unqualified, or qualified by their alias or version.

    `call` serves the tasks that name a service, `check` refuses such a task when its machine is loaded. `ended` is
    called with every execution that has ended. Standard executions may have a clock of their own, which can be moved.
    """

    def __init__(
        self,
        specs: Iterable[StateMachineSpec],
        functions: Functions,
        *,
        call: Call | None = None,
        check: Check | None = None,
        clock: Clock | None = None,
        standard_clock: Clock | None = None,
        ended: Callable[[Execution], None] | None = None,
    ) -> None:
        self._functions, self._ended = functions, ended
        self._clocks = {"EXPRESS": clock, "STANDARD": standard_clock or clock}
        self._call, self._check = call, check
        self.tokens = TaskTokens()
        self._machines = [Machine(spec, self._compiled(spec), time.time()) for spec in specs]
        self._by_arn = {
            arn: machine
            for machine in self._machines
            for arn in (machine.spec.arn, machine.alias_arn, machine.version_arn)
            if arn is not None
        }

    def __iter__(self) -> Iterator[Machine]:
        return iter(self._machines)

    def machine(self, arn: str) -> Machine | None:
        """The machine of an ARN, of its alias's or of its version's."""
        return self._by_arn.get(arn)

    def start(self, arn: str, value: Any, *, name: str, trace_header: str | None = None) -> Execution:
        """Start an execution and keep it; raises KeyError for an ARN nobody has."""
        machine = self._by_arn[arn]
        clock = self._clocks[machine.compiled.kind.name]
        record = machine.compiled.begin(value, name, clock)
        run = machine.compiled.carry_out(record, partial(self._invoke, trace_header), call=self._call, clock=clock)
        execution = Execution(machine.spec.arn, arn, record, asyncio.create_task(run), trace_header)
        machine.executions.add(execution)
        if self._ended is not None:
            execution.task.add_done_callback(partial(_tell, self._ended, execution))
        return execution

    async def run(self, arn: str, value: Any, *, name: str, trace_header: str | None = None) -> ExecutionRecord:
        """Run an execution to its end. A caller that is cancelled leaves it running, as a lost connection does."""
        return await asyncio.shield(self.start(arn, value, name=name, trace_header=trace_header).task)

    def record(self, name: str) -> ExecutionRecord | None:
        """The record of the latest execution of this name, if it is kept."""
        found = (machine.executions.by_name(name) for machine in self._machines)
        return next((execution.record for execution in found if execution is not None), None)

    async def settled(self) -> None:
        """Wait until Standard executions wait for nothing but time and people: before their clock is moved."""
        standard = [machine.compiled for machine in self._machines if not machine.is_express]
        busy = True
        while busy:
            for _ in range(_TURNS_TO_SETTLE):
                await asyncio.sleep(0)
            busy = any(machine.running_functions for machine in standard)
            for machine in standard:
                await machine.drain()

    async def close(self) -> None:
        """Abort what runs, then wait for every function that was called."""
        await asyncio.gather(*(one.stop() for machine in self._machines for one in machine.executions))
        for machine in self._machines:
            await machine.compiled.drain()

    async def _invoke(self, trace_header: str | None, function: str, payload: Any) -> Any:
        notes = current_attempt.get().notes
        try:
            return await self._functions.invoke(function, payload, trace_id=trace_header, report=notes)
        except FunctionFailedError as error:
            raise FunctionError(error.error, error.cause) from error
        except UnknownFunctionError as error:
            raise FunctionError("Lambda.ResourceNotFoundException", str(error)) from error

    def _compiled(self, spec: StateMachineSpec) -> StateMachine:
        _, _, _, region, account, *_ = spec.arn.split(":")
        kind: KindName = "EXPRESS" if spec.kind == EXPRESS else "STANDARD"
        identity = Identity(spec.name, account, region, KINDS[kind].executions)
        return StateMachine.compile(
            json.loads(spec.definition),
            name=spec.name,
            identity=identity,
            kind=kind,
            check=self._check,
            tokens=self.tokens,
        )


def _tell(ended: Callable[[Execution], None], execution: Execution, _: object) -> None:
    ended(execution)
