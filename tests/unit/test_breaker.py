"""The circuit breaker's rules, on no clock but the numbers it is given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mangaassist.policy.breaker import Circuit, Rules, Window

RULES = Rules(window_s=60, minimum_calls=10, failure_share=0.5, open_s=5, longest_open_s=60, lease_s=4)
NOW_MS = 1_000_000


def window_of(*outcomes: bool, at: float = 0.0) -> Window:
    window = Window(RULES)
    for failed in outcomes:
        window.record(at, failed=failed)
    return window


@pytest.mark.parametrize(
    ("failures", "successes", "is_failing"), [(9, 0, False), (10, 0, True), (5, 5, True), (5, 6, False), (0, 10, False)]
)
def test_given_calls_when_enough_and_half_of_them_fail_then_the_window_is_failing(
    failures: int, successes: int, is_failing: bool
) -> None:
    window = window_of(*[True] * failures, *[False] * successes)

    assert window.is_failing(1.0) is is_failing


def test_given_failures_when_they_are_older_than_the_window_then_they_count_no_more() -> None:
    window = window_of(*[True] * 10)

    assert (window.is_failing(60.0), window.is_failing(60.1)) == (True, False)


def test_given_failures_when_the_window_is_cleared_then_nothing_is_held_against_the_model() -> None:
    window = window_of(*[True] * 10)
    window.clear()

    assert not window.is_failing(1.0)


def test_given_a_new_circuit_then_calls_pass() -> None:
    assert Circuit().admission(NOW_MS) == "pass"


def test_given_an_open_circuit_when_its_time_is_over_then_one_call_may_be_the_probe() -> None:
    opened = Circuit().opened(NOW_MS, RULES)

    assert [opened.admission(NOW_MS + after) for after in (0, 4_999, 5_000)] == ["refuse", "refuse", "probe"]


def test_given_a_probe_under_way_when_its_lease_ends_without_an_outcome_then_another_may_probe() -> None:
    probed = Circuit().opened(NOW_MS, RULES).probed(NOW_MS, RULES)

    assert [probed.admission(NOW_MS + after) for after in (0, 3_999, 4_000)] == ["refuse", "refuse", "probe"]


def test_given_probes_that_fail_then_each_opening_is_twice_as_long_up_to_the_longest() -> None:
    circuit, seconds = Circuit(), []
    for _ in range(6):
        circuit = circuit.opened(NOW_MS, RULES)
        seconds.append((circuit.until_ms - NOW_MS) / 1000)
        circuit = circuit.probed(NOW_MS, RULES)

    assert seconds == [5, 10, 20, 40, 60, 60]


def test_given_a_probe_that_answers_then_calls_pass_and_the_next_opening_is_short_again() -> None:
    closed = Circuit().opened(NOW_MS, RULES).probed(NOW_MS, RULES).opened(NOW_MS, RULES).closed()

    assert closed.admission(NOW_MS) == "pass"
    assert closed.opened(NOW_MS, RULES).until_ms == NOW_MS + 5_000


@given(st.lists(st.sampled_from(["opened", "probed", "closed"])))
def test_given_any_transitions_then_each_has_a_version_of_its_own(steps: list[str]) -> None:
    circuit = Circuit()
    for count, step in enumerate(steps, start=1):
        circuit = circuit.closed() if step == "closed" else getattr(circuit, step)(NOW_MS, RULES)
        assert circuit.version == count
