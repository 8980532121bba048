"""A way to state a rule of Step Functions as a row: a definition, what its functions do, what must come of it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from local.clock.virtual import VirtualClock, run_virtually
from local.stepfunctions import JSON, Call, Check, ExecutionRecord, FunctionError, KindName, StateMachine

GUIDE = "https://docs.aws.amazon.com/step-functions/latest/dg/"
SPECIFICATION = "https://states-language.net/#"


def arn(name: str) -> str:
    """The ARN of a function."""
    return f"arn:aws:lambda:us-east-1:111111111111:function:{name}"


@dataclass(frozen=True)
class Answer:
    """What a function does once: take so many seconds, then fail with `error` or return `value`."""

    value: JSON = None
    seconds: float = 0
    error: str | None = None
    cause: str = ""


def fails(error: str, cause: str = "", *, seconds: float = 0) -> Answer:
    """A function that fails."""
    return Answer(seconds=seconds, error=error, cause=cause)


class Functions:
    """Functions that give their answers one after the other, the last again and again, on virtual time."""

    def __init__(self, answers: Mapping[str, Answer | Sequence[Answer]]) -> None:
        self._answers = {
            arn(name): [value] if isinstance(value, Answer) else list(value) for name, value in answers.items()
        }
        self.called: list[tuple[str, float]] = []
        self.payloads: list[JSON] = []
        self.ended: list[tuple[str, float]] = []

    async def __call__(self, function: str, payload: JSON) -> JSON:
        """Answer."""
        name, loop = function.rpartition(":")[2], asyncio.get_running_loop()
        self.called.append((name, loop.time()))
        self.payloads.append(payload)
        answers = self._answers[function]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        await asyncio.sleep(answer.seconds)
        self.ended.append((name, loop.time()))
        if answer.error is not None:
            raise FunctionError(answer.error, answer.cause)
        return answer.value


@dataclass(frozen=True)
class Ran:
    """An execution that is over."""

    record: ExecutionRecord
    functions: Functions
    seconds: float

    def starts(self, name: str) -> list[float]:
        """When a function was called, in seconds since the start."""
        return [at for called, at in self.functions.called if called == name]

    def states(self) -> list[str]:
        """The states in the order in which they were entered."""
        return [event.name for event in self.record.events]

    def status(self, state: str) -> str:
        """How the last visit of a state ended."""
        return [event.status for event in self.record.events if event.name == state][-1]


@dataclass(frozen=True)
class Rule:
    """One rule of the language. `check` looks at what `status`, `output`, `error` and `seconds` do not say."""

    rule: str
    page: str
    states: Mapping[str, Any]
    functions: Mapping[str, Answer | Sequence[Answer]] = field(default_factory=dict)
    input: JSON = field(default_factory=dict)
    machine: Mapping[str, Any] = field(default_factory=dict)
    kind: KindName = "EXPRESS"
    status: str = "SUCCEEDED"
    output: JSON = ...
    error: str | None = None
    cause: str | None = ...  # type: ignore[assignment]  # "not looked at"
    seconds: float = ...  # type: ignore[assignment]  # "not looked at"
    check: Callable[[Ran], bool] = lambda ran: True


def machine_of(states: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    """A JSONata definition that starts at its first state."""
    return {"QueryLanguage": "JSONata", "StartAt": next(iter(states)), "States": dict(states), **fields}


def execute(
    definition: Mapping[str, Any],
    answers: Mapping[str, Answer | Sequence[Answer]],
    value: JSON,
    *,
    jitter: float = 1.0,
    call: Call | None = None,
    kind: KindName = "EXPRESS",
    check: Check | None = None,
) -> Ran:
    """Run a definition in virtual time, functions that outlive it included."""
    machine = StateMachine.compile(
        definition, name="tested", kind=kind, check=check, jitter=lambda seconds: seconds * jitter
    )
    functions = Functions(answers)

    async def main(clock: VirtualClock) -> Ran:
        record = await machine.run(value, functions, call=call, execution_name="one", clock=clock)
        seconds = clock.elapsed()
        await machine.drain()
        assert machine.running_functions == 0
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return Ran(record, functions, seconds)

    return run_virtually(main)


def task(name: str, **fields: Any) -> dict[str, Any]:
    """A Task state that ends its branch unless Next says otherwise."""
    return {"Type": "Task", "Resource": arn(name), **({} if "Next" in fields else {"End": True}), **fields}


def passing(**fields: Any) -> dict[str, Any]:
    """A Pass state that ends its branch unless Next says otherwise."""
    return {"Type": "Pass", **({} if "Next" in fields else {"End": True}), **fields}


def wait(seconds: JSON, **fields: Any) -> dict[str, Any]:
    """A Wait state that ends its branch unless Next says otherwise."""
    return {"Type": "Wait", "Seconds": seconds, **({} if "Next" in fields else {"End": True}), **fields}


def fail(error: str, cause: str | None = None) -> dict[str, Any]:
    """A Fail state."""
    return {"Type": "Fail", "Error": error, **({} if cause is None else {"Cause": cause})}


def parallel(*branches: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    """A Parallel state of branches that start at their first states."""
    return {
        "Type": "Parallel",
        "Branches": [{"StartAt": next(iter(states)), "States": dict(states)} for states in branches],
        **({} if "Next" in fields else {"End": True}),
        **fields,
    }


def map_of(states: dict[str, Any], config: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """A Map state whose items run states that start at their first, and that ends unless Next says otherwise."""
    processor = {"StartAt": next(iter(states)), "States": states, **({"ProcessorConfig": config} if config else {})}
    return {"Type": "Map", "ItemProcessor": processor, **({} if "Next" in fields else {"End": True}), **fields}


def catch(next_state: str, *errors: str, **fields: Any) -> list[dict[str, Any]]:
    """A Catch of one entry."""
    return [{"ErrorEquals": list(errors or ("States.ALL",)), "Next": next_state, **fields}]


def retry(*errors: str, **fields: Any) -> list[dict[str, Any]]:
    """A Retry of one entry."""
    return [{"ErrorEquals": list(errors or ("States.ALL",)), **fields}]


def verify(rule: Rule) -> None:
    """Run the definition of a rule and compare."""
    ran = execute(machine_of(rule.states, **rule.machine), rule.functions, rule.input, kind=rule.kind)
    record = ran.record
    where = f"{rule.rule} ({rule.page})"
    assert (record.status, record.error) == (rule.status, rule.error), f"{where}: {record.cause}"
    outcome = {"output": record.output, "cause": record.cause, "seconds": round(ran.seconds, 3)}
    wanted = {"output": rule.output, "cause": rule.cause, "seconds": rule.seconds}
    for name, value in wanted.items():
        assert value is ... or value == outcome[name], f"{where}: {name} is {outcome[name]}, not {value}"
    assert rule.check(ran), where
