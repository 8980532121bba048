"""Runs the demonstration on a stack of its own and says whether all came as it must."""

import gc
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import aiohttp
from rich.console import Console

from local.demo.scenarios import Scenario, differences, load_scenarios, overran
from local.demo.show import Turn, show_opening, show_summary, show_turn
from local.demo.turns import TURN_LIMIT_S, Answer, Api
from local.progress import Progress
from local.settings import StackSettings
from local.stack import Stack

REPORT = Path("reports") / "demo.json"
WARMING_ROUNDS = 3
ATTEMPTS = 3
# Every step's budget grows with the deadline.
PATIENT_DEADLINE_MS = 9000
_TOO_SLOW = (
    f"This machine is too slow just now for the deployed deadline, since it plays the whole cloud: "
    f"starting anew with {PATIENT_DEADLINE_MS:,} ms."
)


class _TooSlowError(Exception):
    """Turns overrun the deployed deadline even when everything is warm."""


async def demo(settings: StackSettings, console: Console) -> int:
    """Start the stack, send every scenario, stop the stack; 0 when every turn came as it must, else 1."""
    show_opening(console)
    turns = await _turns(settings, console)
    show_summary(console, turns)
    _report(settings.root / REPORT, turns)
    console.print(f"Report: {REPORT}", highlight=False)
    return _verdict(console, turns)


async def _turns(settings: StackSettings, console: Console) -> list[Turn]:
    try:
        # A model as slow as a local one has its long deadline already.
        return await _on_a_stack(settings, console, patient=settings.llm == "qwen")
    except _TooSlowError:
        console.print(_TOO_SLOW, style="yellow", highlight=False)
    # The workflow's evaluators may be freed only by the thread that made them, not by whichever collects next.
    gc.collect()
    patient = {**settings.parameters, "TurnDeadlineMs": str(PATIENT_DEADLINE_MS)}
    return await _on_a_stack(replace(settings, parameters=patient), console, patient=True)


async def _on_a_stack(settings: StackSettings, console: Console, *, patient: bool = False) -> list[Turn]:
    """Every scenario's turn; raises _TooSlowError before the first one, unless that is to be borne."""
    scenarios = load_scenarios()
    progress = Progress(console)
    limit = aiohttp.ClientTimeout(total=TURN_LIMIT_S * settings.stretch)
    async with Stack(settings, progress) as stack, aiohttp.ClientSession(stack.url, timeout=limit) as session:
        api = Api(session)
        with progress.step("turns sent until every function is warm"):
            warm = await _warm(api, stack, scenarios)
        if not (warm or patient):
            raise _TooSlowError
        return [await _turn(console, api, stack, number, one) for number, one in enumerate(scenarios, start=1)]


async def _turn(console: Console, api: Api, stack: Stack, number: int, scenario: Scenario) -> Turn:
    """The turn, shown; sent again when this machine, not the fault, was too slow for a step's budget."""
    answer = await _answer(api, stack, scenario)
    attempts = 1
    while attempts < ATTEMPTS and differences(scenario, answer) and overran(answer):
        answer = await _answer(api, stack, scenario)
        attempts += 1
    turn = (scenario, answer, differences(scenario, answer))
    show_turn(console, number, turn, attempts)
    return turn


async def _answer(api: Api, stack: Stack, scenario: Scenario) -> Answer:
    await api.switch_on(scenario.faults)
    try:
        return await api.turn(scenario.message, _token(stack, scenario))
    finally:
        await api.switch_off()


async def _warm(api: Api, stack: Stack, scenarios: Sequence[Scenario]) -> bool:
    """Whether turns keep within their budgets, once functions have opened their connections in the first ones."""
    faultless = [scenario for scenario in scenarios if not scenario.faults]
    for _ in range(WARMING_ROUNDS):
        answers = [await api.turn(scenario.message, _token(stack, scenario)) for scenario in faultless]
        if not any(overran(answer) for answer in answers):
            return True
    return False


def _token(stack: Stack, scenario: Scenario) -> str | None:
    return stack.identity.token(scenario.customer) if scenario.customer else None


def _report(path: Path, turns: Sequence[Turn]) -> None:
    rows = [
        {
            "title": scenario.title,
            "message": scenario.message,
            "faults": [fault.model_dump(mode="json") for fault in scenario.faults],
            "reply": dict(answer.body),
            "total_ms": round(answer.total_ms, 1),
            "differences": wrong,
        }
        for scenario, answer, wrong in turns
    ]
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _verdict(console: Console, turns: Sequence[Turn]) -> int:
    wrong = [(scenario.title, one) for scenario, _, found in turns for one in found]
    for title, one in wrong:
        console.print(f"[red]✗ {title}:[/] {one}", highlight=False)
    return 1 if wrong else 0
