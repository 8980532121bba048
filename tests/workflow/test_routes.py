"""Every route, through the API's front door."""

import json
from pathlib import Path

import pytest

from tests.workflow.conftest import Client

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("stack")]

EVENTS = Path("events/chat_turn")
ROUTES = {
    "greeting": ("chitchat", {"template"}),
    "order_tracking": ("order_tracking", {"template"}),
    "order_tracking_guest": ("order_tracking", {"template"}),
    "order_change": ("order_change", {"handover"}),
    "price_availability": ("price_availability", {"template"}),
    "price_availability_viewing": ("price_availability", {"template"}),
    "release_date": ("release_date", {"template"}),
    "human_agent": ("human_agent", {"handover"}),
    "faq_policy": ("faq_policy", {"haiku"}),
    "known_question": ("faq_policy", {"cached"}),
    "product_question": ("product_question", {"sonnet"}),
    "product_search": ("product_search", {"sonnet"}),
    "recommendation": ("recommendation", {"sonnet"}),
    "purchase": ("purchase", {"sonnet"}),
    "general": ("general", {"sonnet"}),
    "greeting_ja": ("chitchat", {"template"}),
    "order_tracking_ja": ("order_tracking", {"template"}),
    "price_availability_ja": ("price_availability", {"template"}),
    "faq_policy_ja": ("faq_policy", {"haiku"}),
    "recommendation_ja": ("recommendation", {"sonnet"}),
    "human_agent_ja": ("human_agent", {"handover"}),
}
# Cold starts add up along a sequence; these functions run beside it.
MOST_FUNCTIONS_IN_SEQUENCE = 6
BESIDE = {"Load customer", "Find products", "Recommend products", "Classify intent"}
REFUSALS = {
    "refused_missing_message": (400, "InvalidRequest", "message"),
    "refused_unknown_field": (400, "InvalidRequest", "customer_id"),
    "refused_bad_json": (400, "InvalidRequest", "body"),
    "refused_foreign_session": (403, "SessionForbidden", "session_id"),
}


@pytest.mark.parametrize("scenario", ROUTES)
async def test_a_message_takes_the_route_of_its_intent(client: Client, scenario: str) -> None:
    event = json.loads((EVENTS / f"{scenario}.json").read_text(encoding="utf-8"))

    answer = await client.post(event["body"], customer=event["caller"]["customer_id"] or None)

    intent, routes = ROUTES[scenario]
    assert (answer.status, answer.body["intent"]) == (200, intent)
    assert answer.route in routes
    assert answer.degraded == set()
    assert answer.body["reply"].strip()
    assert answer.body["locale"] == ("ja" if scenario.endswith("_ja") else "en")
    assert 0 < len([name for name in answer.tasks if name not in BESIDE]) <= MOST_FUNCTIONS_IN_SEQUENCE


@pytest.mark.parametrize("scenario", REFUSALS)
async def test_a_bad_request_is_refused_before_any_model_runs(client: Client, scenario: str) -> None:
    event = json.loads((EVENTS / f"{scenario}.json").read_text(encoding="utf-8"))

    answer = await client.post(event["body"])

    status, error, field = REFUSALS[scenario]
    assert (answer.status, answer.body["error"], answer.body["field"]) == (status, error, field)
    assert answer.tasks == ["Open turn"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"message": "x" * 2_001}, "message"),
        ({"message": 7}, "message"),
        ({"message": "hi", "viewing": "no-such-product"}, "viewing"),
        ({"message": "hi", "locale": "fr"}, "locale"),
    ],
)
async def test_each_bad_field_is_named(client: Client, body: dict[str, object], field: str) -> None:
    answer = await client.post(body)

    assert (answer.status, answer.body["field"]) == (400, field)


async def test_a_body_beyond_what_the_workflow_takes_is_413(client: Client) -> None:
    assert (await client.say("x" * 300_000)).status == 413


async def test_a_repeated_turn_answers_the_same_again(client: Client) -> None:
    first = await client.say("Hi there!", customer="cust-ben", turn_id="turn-again")
    second = await client.say("Hi there!", customer="cust-ben", turn_id="turn-again")

    assert second.body == first.body
    assert second.body["trace_id"] == first.body["trace_id"]


async def test_a_guest_goes_on_with_the_token_and_no_other_way(client: Client) -> None:
    first = (await client.say("Hi there!")).body

    again = await client.say("Thanks!", token=first["session_token"])
    stolen = await client.say("Thanks!", session_id=first["session_id"])
    forged = await client.say("Thanks!", token="forged")

    assert again.body["session_id"] == first["session_id"]
    assert (stolen.status, forged.status) == (403, 403)


async def test_a_customers_session_is_closed_to_others(client: Client) -> None:
    session_id = (await client.say("Hi there!", customer="cust-ben")).body["session_id"]

    assert (await client.say("Hello", customer="cust-mia", session_id=session_id)).status == 403


async def test_a_turn_is_published_with_the_versions_that_answered_it(client: Client) -> None:
    answer = await client.say("I loved Death Note. What should I read next?")

    (completed,) = [
        event["detail"]
        for event in await client.events()
        if event["detail-type"] == "TurnCompleted" and event["detail"]["trace_id"] == answer.body["trace_id"]
    ]
    assert completed["index"].startswith("passages-en-")
    assert "sonnet" in completed["model_id"]
    assert completed["prompt_version"]


async def test_a_turn_is_published_without_the_customers_words(client: Client) -> None:
    answer = await client.say("Can I talk to a real person please, my secret is xyzzy")

    mine = [event for event in await client.events() if answer.body["trace_id"] in json.dumps(event)]
    assert {event["detail-type"] for event in mine} == {"TurnCompleted", "HandoverRequested"}
    assert "xyzzy" not in json.dumps(mine)
