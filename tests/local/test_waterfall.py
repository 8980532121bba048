"""The waterfall: where its bars are, and what its pages show of turns that customers wrote."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict
from html.parser import HTMLParser
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from local.clock.virtual import VirtualClock, run_virtually
from local.machines import StateMachines
from local.stepfunctions import JSON, ExecutionRecord, StateMachine, current_attempt
from local.template import StateMachineSpec
from local.turn_routes import TURNS_LISTED, turn_routes
from local.waterfall import bars, facts, tasks, waterfall_page
from local.waterfall.axis import Axis
from local.waterfall.page import SHOWN_STATES
from tests.local.stepfunctions.scenarios import (
    Answer,
    Functions,
    catch,
    execute,
    fails,
    machine_of,
    parallel,
    passing,
    retry,
    task,
    wait,
)

Client = TestClient[web.Request, web.Application]
EVIL = "</pre><script>alert('x')</script><img src=x onerror=alert(1)> & \"quoted\" '"
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:chat"


def recorded(states: Mapping[str, Any], answers: Mapping[str, Any], value: JSON = None) -> dict[str, Any]:
    return asdict(execute(machine_of(states), answers, value or {}).record)


def recorded_standard(states: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    machine = StateMachine.compile(machine_of(states), name="long", kind="STANDARD")

    async def main(clock: VirtualClock) -> ExecutionRecord:
        return await machine.run({}, Functions(answers), clock=clock)

    return asdict(run_virtually(main))


def turn(message: str, **output: Any) -> dict[str, Any]:
    """The record of a turn of one state."""
    opened = {"turn": {"deadline_ms": 1_700_000_002_800}}
    states = {
        "Open turn": task("open", Assign={"turn": "{% $states.result.turn %}"}, Next="Answer"),
        "Answer": task("answer", Catch=catch("Sorry"), Next="Sorry"),
        "Sorry": passing(Output="{% $states.input %}"),
    }
    given = {"body": json.dumps({"message": message})}
    return recorded(states, {"open": Answer(opened), "answer": Answer({"reply": "Hello.", **output}, seconds=1)}, given)


def shown(page: str) -> tuple[str, set[str]]:
    """A page's text, and the tags in it."""
    texts: list[str] = []
    tags: set[str] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.add(tag)
            assert not [name for name, _ in attrs if name.startswith("on")]

        def handle_data(self, data: str) -> None:
            texts.append(data)

    Reader(convert_charrefs=True).feed(page)
    return "".join(texts), tags


def test_given_nested_branches_when_drawn_then_each_branch_follows_its_parallel_whole() -> None:
    states = {
        "Answer": parallel({"One": wait(2, Next="Two"), "Two": passing()}, {"Other": wait(1)}, Next="Save"),
        "Save": passing(),
    }
    drawn = bars(recorded(states, {}))

    assert [(bar.name, bar.depth, bar.start_ms, bar.ms) for bar in drawn] == [
        ("Answer", 0, 0, 2000),
        ("One", 1, 0, 2000),
        ("Two", 1, 2000, 0),
        ("Other", 1, 0, 1000),
        ("Save", 0, 2000, 0),
    ]


def test_given_branches_when_drawn_then_the_critical_path_goes_through_the_one_that_was_waited_for() -> None:
    states = {
        "Gather": parallel({"Long": wait(2)}, {"Short": wait(1)}, Next="Race", Output="{% $states.input %}"),
        "Race": parallel(
            {"Slow": wait(9)},
            {"Quick": wait(1, Next="Decide"), "Decide": {"Type": "Fail", "Error": "Enough"}},
            Catch=catch("Save"),
            Next="Save",
        ),
        "Save": wait(3),
    }
    drawn = bars(recorded(states, {}))

    assert [bar.name for bar in drawn if bar.critical] == ["Gather", "Long", "Race", "Quick", "Decide", "Save"]
    assert "Long 2,000Quick 1,000Save 3,000" in "".join(shown(waterfall_page(recorded(states, {})))[0].split("\n"))


def test_given_a_parallel_that_is_entered_twice_when_drawn_then_each_visit_has_its_own_branches() -> None:
    states = {
        "Try": parallel({"Work": task("work")}, Output="{% $states.result[0] %}", Next="Again?"),
        "Again?": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $states.input = 'more' %}", "Next": "Try"}],
            "Default": "Done",
        },
        "Done": passing(),
    }
    drawn = bars(recorded(states, {"work": [Answer("more"), Answer("enough")]}))

    assert [bar.name for bar in drawn] == ["Try", "Work", "Again?", "Try", "Work", "Again?", "Done"]


def test_given_a_retried_task_when_drawn_then_its_tries_and_backoffs_are_stretches_of_its_bar() -> None:
    drawn = tasks(
        recorded({"A": task("f", Retry=retry("Oops"))}, {"f": [fails("Oops", seconds=0.5), Answer(seconds=2)]})
    )

    assert [(one.kind, one.start_ms, one.ms) for one in drawn[0].stretches] == [
        ("failed", 0, 500),
        ("backoff", 500, 1000),
        ("work", 1500, 2000),
    ]
    assert (drawn[0].ms, drawn[0].retries) == (3500, 1)


@pytest.mark.parametrize(("start", "kind", "remark"), [("cold", "cold", "cold start"), ("warm", "queued", "queued")])
def test_given_a_function_that_had_to_wait_when_drawn_then_the_wait_is_told_from_the_work(
    start: str, kind: str, remark: str
) -> None:
    machine = StateMachine.compile(machine_of({"A": task("f")}), name="waited")

    async def invoke(function: str, payload: JSON) -> JSON:
        current_attempt.get().notes.update(start=start, waited_ms=400.0)
        await asyncio.sleep(1)

    async def main(clock: VirtualClock) -> ExecutionRecord:
        return await machine.run({}, invoke, clock=clock)

    record = asdict(run_virtually(main))
    (bar,) = bars(record)
    assert [(one.kind, one.start_ms, one.ms) for one in bar.stretches] == [(kind, 0, 400), ("work", 400, 600)]
    assert f'">{remark}</span>' in waterfall_page(record)


def test_given_a_running_execution_when_drawn_then_what_runs_lasts_until_the_latest_step() -> None:
    machine = StateMachine.compile(machine_of({"A": wait(1, Next="B"), "B": wait(9)}), name="running")

    async def main(clock: VirtualClock) -> dict[str, Any]:
        record = machine.begin({}, clock=clock)
        running = asyncio.ensure_future(machine.carry_out(record, Functions({}), clock=clock))
        await asyncio.sleep(2)
        seen = asdict(record)
        running.cancel()
        await asyncio.wait([running])
        return seen

    record = run_virtually(main)
    assert [(bar.name, bar.ms, bar.status) for bar in bars(record)] == [("A", 1000, "succeeded"), ("B", 0, "running")]
    assert "RUNNING" in shown(waterfall_page(record))[0]


@pytest.mark.parametrize(
    ("total", "deadline", "step", "ticks", "reaches"),
    [(2815, 2800, 500, 6, True), (480, 2800, 50, 10, False), (0.2, None, 1, 2, True), (95_000, None, 10_000, 10, True)],
)
def test_given_a_duration_when_an_axis_is_made_then_its_ticks_are_round_and_a_far_deadline_does_not_squeeze_it(
    total: float, deadline: float | None, step: float, ticks: int, reaches: bool
) -> None:
    axis = Axis.of(total, deadline)

    assert (axis.step_ms, len(axis.ticks)) == (step, ticks)
    assert (axis.end_ms >= (deadline or total)) is reaches
    assert 0 < axis.percent(total) <= 100


def test_given_an_execution_of_days_when_drawn_then_its_times_are_in_units_that_a_person_reads() -> None:
    day = 86_400
    states = {"Bake": wait(2 * day, Next="Check"), "Check": task("check", Next="Ask"), "Ask": wait(day)}
    page = recorded_standard(states, {"check": Answer(seconds=0.25)})
    text, _ = shown(waterfall_page(page))

    assert all(said in text for said in ("Took72 h", "Bake 48 h", "Check 250 ms", "Ask 24 h"))


def test_given_a_turn_when_its_facts_are_read_then_they_are_the_customers_and_the_workflows() -> None:
    said = facts(turn("Hi", route="haiku", intent="chitchat", degraded=["save_turn"]))

    assert (said.message, said.reply, said.route, said.intent) == ("Hi", "Hello.", "haiku", "chitchat")
    assert (said.degraded, said.deadline_ms) == (("save_turn",), 2800)


@pytest.mark.parametrize("given", [None, "text", {"body": "not JSON"}, {"body": "[1]"}, {"body": 7}, [1]])
def test_given_an_execution_that_is_no_turn_when_drawn_then_its_name_stands_for_it(given: JSON) -> None:
    record = recorded({"A": passing(Output=7)}, {}, given)

    assert facts(record).message == ""
    assert "one" in shown(waterfall_page(record))[0]


def test_given_a_message_with_markup_when_drawn_then_it_is_text_wherever_it_stands() -> None:
    record = turn(EVIL, reply=EVIL, route=EVIL, degraded=[EVIL])
    record["events"][0].update(name=EVIL, path=EVIL, error=EVIL, cause=EVIL, status="caught")
    record["name"] = EVIL
    text, tags = shown(waterfall_page(record))

    assert text.count(EVIL) >= 6
    assert not {"script", "img", "link", "iframe"} & tags


def test_given_a_value_that_is_very_long_when_drawn_then_the_page_stays_small() -> None:
    page = waterfall_page(turn("x" * 100_000, reply="short"))

    assert "more characters" in page
    assert len(page) < 350_000


def test_given_a_map_of_thousands_when_drawn_then_the_first_states_are_and_the_rest_is_counted() -> None:
    one = {"StartAt": "Each", "States": {"Each": passing()}}
    states = {"All": {"Type": "Map", "Items": "{% [1..1500] %}", "ItemProcessor": one, "End": True}}
    page = waterfall_page(recorded(states, {}))

    assert page.count("<details") == SHOWN_STATES
    assert "501 more states" in shown(page)[0]


@pytest.fixture
def machines() -> StateMachines:
    class Echo:
        async def invoke(
            self, function: str, payload: Any, *, trace_id: str | None = None, report: dict[str, Any] | None = None
        ) -> Any:
            return payload

    definition = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
    return StateMachines([StateMachineSpec("Chat", "chat", MACHINE, "EXPRESS", definition, None)], Echo())


@pytest.fixture
async def client(machines: StateMachines) -> AsyncIterator[Client]:
    app = web.Application()
    app.add_routes(turn_routes(machines))
    async with TestClient(TestServer(app)) as connected:
        yield connected


async def test_given_a_turn_when_asked_for_then_a_browser_gets_the_page_and_everyone_else_json(
    client: Client, machines: StateMachines
) -> None:
    await machines.run(MACHINE, {"body": json.dumps({"message": EVIL})}, name="t 1/日本")
    url = "/turns/t%201%2F%E6%97%A5%E6%9C%AC"
    plain = await client.get(url)
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    pages = [await client.get(url, headers=browser), await client.get(f"{url}/waterfall")]
    asked_for_json = await client.get(f"{url}?format=json", headers=browser)

    assert plain.content_type == asked_for_json.content_type == "application/json"
    assert (await plain.json())["events"][0]["name"] == "A"
    for page in pages:
        assert page.content_type == "text/html"
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert EVIL in shown(await page.text())[0]


async def test_given_turns_when_listed_then_the_latest_come_first_and_lead_to_their_waterfalls(
    client: Client, machines: StateMachines
) -> None:
    for number in range(TURNS_LISTED + 5):
        await machines.run(MACHINE, {"body": json.dumps({"message": f"<b>{number}</b>"})}, name=str(number))
    listed = (await (await client.get("/turns")).json())["turns"]
    page = await (await client.get("/turns", headers={"Accept": "text/html"})).text()
    latest = TURNS_LISTED + 4

    assert len(listed) == TURNS_LISTED
    assert (listed[0]["trace_id"], listed[0]["message"]) == (str(latest), f"<b>{latest}</b>")
    assert (await client.get(listed[0]["waterfall"])).status == 200
    assert f"<b>{latest}</b>" in shown(page)[0]
    assert f'href="/turns/{latest}/waterfall"' in page


async def test_given_no_such_turn_when_asked_for_then_it_is_404_and_an_empty_list_says_what_to_do(
    client: Client,
) -> None:
    for path in ("/turns/none", "/turns/none/waterfall"):
        answer = await client.get(path)
        assert (answer.status, "error" in await answer.json()) == (404, True)
    page = await (await client.get("/turns", headers={"Accept": "text/html"})).text()
    assert "POST a message to /chat" in page
