"""Our engine: `real` runs the deployed ASL, `twin` its JSONPath twin."""

import asyncio
import sys

from bench.answers import opening
from bench.engines.line_protocol import Turn, serve
from bench.engines.twin import twin
from bench.engines.workflow import InstantFunctions, definition, way
from local.stepfunctions import JSON, StateMachine


async def main(which: str) -> None:
    if which == "twin":
        await serve(_turns(StateMachine.compile(twin(definition()), name="twin"), await way()))
    else:
        await serve(_turns(StateMachine.compile(definition(), name="chat-turn"), opening()))


def _turns(machine: StateMachine, value: JSON) -> Turn:
    functions = InstantFunctions()

    async def turn() -> None:
        record = await machine.run(value, functions)
        assert record.status == "SUCCEEDED", record.cause

    return turn


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
