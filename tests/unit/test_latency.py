"""The running p95 that decides whether an attempt begins."""

import math

from hypothesis import given
from hypothesis import strategies as st

from mangaassist.policy.latency import ENOUGH, KEPT, KEPT_S, Latencies
from mangaassist.tables import clients, dependencies


def seen(*values: float, prior_ms: float = 100, at: float = 0.0) -> Latencies:
    latencies = Latencies(prior_ms)
    for value in values:
        latencies.observe(value, at)
    return latencies


def test_given_too_few_observations_then_the_prior_stands() -> None:
    assert seen(*[5.0] * (ENOUGH - 1)).p95_ms(0) == 100
    assert seen(*[5.0] * ENOUGH).p95_ms(0) == 5


def test_given_observations_that_are_old_then_the_prior_stands_again() -> None:
    latencies = seen(*[900.0] * ENOUGH)

    assert (latencies.p95_ms(KEPT_S), latencies.p95_ms(KEPT_S + 1)) == (900, 100)


@given(st.lists(st.floats(0, 10_000), min_size=ENOUGH, max_size=KEPT))
def test_given_any_observations_then_95_of_100_are_no_longer_than_the_p95_and_it_is_one_of_them(
    values: list[float],
) -> None:
    p95 = seen(*values).p95_ms(0)

    assert p95 in values
    assert sum(value <= p95 for value in values) >= 0.95 * len(values)
    assert sum(value < p95 for value in values) < math.ceil(0.95 * len(values))


def test_every_step_has_time_for_the_dependency_it_calls() -> None:
    from mangaassist.policy.deadline import STEP_BUDGETS

    called = {
        "open_turn": "dynamodb",
        "classify_intent": "classifier",
        "retrieve_passages": "embedding",
        "rerank_passages": "reranker",
        "load_customer": "dynamodb",
        "find_products": "search",
        "recommend_products": "dynamodb",
        "generate_reply": "sonnet",
        "check_reply": "guardrail",
        "hand_over": "events",
        "save_turn": "dynamodb",
    }

    assert all(dependencies()[name].p95_ms * 2 <= STEP_BUDGETS[step].cap_ms for step, name in called.items())


def test_a_client_gives_up_a_connection_before_it_gives_up_an_answer() -> None:
    assert all(limits.connect_ms < limits.read_ms for limits in clients().values())
