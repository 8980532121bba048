"""The deployed workflow with instant functions, and the way that its longest route takes through it."""

import json
import re
from pathlib import Path
from typing import Any

from bench.answers import answers, opening
from bench.engines.twin import ways
from local.stepfunctions import JSON, StateMachine

DEFINITION = Path("statemachine/chat_turn.asl.json")
LONGEST = "llm"
_PLACEHOLDER = re.compile(r"\$\{(\w+)FunctionArn\}")


def definition(arn: str = "arn:aws:lambda:us-east-1:123456789012:function:{}") -> dict[str, Any]:
    """The ASL with an ARN for each function, in which its name stands for {}: OpenTurn."""
    text = _PLACEHOLDER.sub(lambda match: arn.format(match[1]), DEFINITION.read_text(encoding="utf-8"))
    found: dict[str, Any] = json.loads(text)
    return found


class InstantFunctions:
    """Functions that answer at once."""

    def __init__(self, route: str = LONGEST) -> None:
        self._answers = {name.title().replace("_", ""): answer for name, answer in answers(route).items()}

    async def __call__(self, function: str, payload: JSON) -> JSON:
        answer: JSON = self._answers[function.rpartition(":")[2]]
        return answer


async def way() -> dict[str, str]:
    """The input with which a twin takes the longest route: seen from a real execution."""
    machine = StateMachine.compile(definition(), name="chat-turn")
    record = await machine.run(opening(), InstantFunctions())
    assert record.status == "SUCCEEDED", record.cause
    return ways(definition(), {event.name for event in record.events})
