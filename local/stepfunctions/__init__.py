"""An interpreter of Amazon States Language for Express workflows.

    machine = StateMachine.compile(definition, name="chat_turn")
    record = await machine.run({"message": "…"}, invoke)

Specification: https://states-language.net and https://docs.aws.amazon.com/step-functions/latest/dg/.
"""

from local.stepfunctions.clock import Clock, SystemClock
from local.stepfunctions.errors import DefinitionError, FunctionError, StepFunctionsError
from local.stepfunctions.execution import Invoke
from local.stepfunctions.json_types import JSON
from local.stepfunctions.machine import StateMachine
from local.stepfunctions.record import ExecutionRecord, StateRecord

__all__ = [
    "JSON",
    "Clock",
    "DefinitionError",
    "ExecutionRecord",
    "FunctionError",
    "Invoke",
    "StateMachine",
    "StateRecord",
    "StepFunctionsError",
    "SystemClock",
]
