"""An interpreter of Amazon States Language for Express workflows.

    machine = StateMachine.compile(definition, name="chat_turn")
    record = await machine.run({"message": "…"}, invoke)

To read it, follow an execution: `machine` compiles (`compiler`, `source`, `fields`) and runs, `graph` walks from state
to state, `states/` does the work of each type, `flow` moves data in and out of it, `handling` retries and catches,
`branches` stops siblings at once, `record` keeps what happened. Expressions are in `jsonata_query`, paths in
`jsonpath`, intrinsic functions in `intrinsics`. `local.clock.virtual` runs it all without waiting.

Specification: https://states-language.net and https://docs.aws.amazon.com/step-functions/latest/dg/.
"""

from local.clock import Clock, SystemClock
from local.stepfunctions.errors import DefinitionError, FunctionError, StepFunctionsError
from local.stepfunctions.identity import Identity
from local.stepfunctions.json_types import JSON
from local.stepfunctions.machine import StateMachine
from local.stepfunctions.record import Attempt, ExecutionRecord, StateRecord, current_attempt
from local.stepfunctions.services import Call, Invoke

__all__ = [
    "JSON",
    "Attempt",
    "Call",
    "Clock",
    "DefinitionError",
    "ExecutionRecord",
    "FunctionError",
    "Identity",
    "Invoke",
    "StateMachine",
    "StateRecord",
    "StepFunctionsError",
    "SystemClock",
    "current_attempt",
]
