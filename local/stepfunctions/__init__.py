"""An interpreter of Amazon States Language: Express and Standard workflows.

    machine = StateMachine.compile(definition, name="chat_turn")
    record = await machine.run({"message": "…"}, invoke)

To read it, follow an execution: `machine` compiles (`compiler`, `source`, `fields`, `resources`) and runs, `graph`
walks from state to state, `states/` does the work of each type, `flow` moves data in and out of it, `handling` retries
and catches, `branches` stops siblings at once, `tokens` wait for who returns them, `record` keeps what happened.
`kinds` says in what Express and Standard differ, `history` counts towards Standard's 25,000 events. Expressions are in
`jsonata_query` (with `jsonata_path` and `constructors`), paths in `jsonpath`, intrinsic functions in `intrinsics`.
`local.clock.virtual` runs it all without waiting; `local.integrations` calls AWS's services.

Specification: https://states-language.net and https://docs.aws.amazon.com/step-functions/latest/dg/.
"""

from local.clock import Clock, SystemClock
from local.stepfunctions.errors import (
    DefinitionError,
    FunctionError,
    InvalidTokenError,
    ResourceError,
    StatesRuntimeError,
    StepFunctionsError,
    TaskTimedOutError,
    TokenError,
)
from local.stepfunctions.identity import Identity
from local.stepfunctions.json_types import JSON
from local.stepfunctions.kinds import KindName
from local.stepfunctions.machine import StateMachine
from local.stepfunctions.record import Attempt, ExecutionRecord, StateRecord, current_attempt
from local.stepfunctions.services import Call, Caller, Check, Invoke, current_caller
from local.stepfunctions.tokens import TaskTokens

__all__ = [
    "JSON",
    "Attempt",
    "Call",
    "Caller",
    "Check",
    "Clock",
    "DefinitionError",
    "ExecutionRecord",
    "FunctionError",
    "Identity",
    "InvalidTokenError",
    "Invoke",
    "KindName",
    "ResourceError",
    "StateMachine",
    "StateRecord",
    "StatesRuntimeError",
    "StepFunctionsError",
    "SystemClock",
    "TaskTimedOutError",
    "TaskTokens",
    "TokenError",
    "current_attempt",
    "current_caller",
]
