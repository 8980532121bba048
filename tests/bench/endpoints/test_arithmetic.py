"""What follows from latencies and prices, and the production system's instance table."""

import pytest

from bench.endpoints.arithmetic import (
    Offer,
    Step,
    cheapest,
    dollars_a_million,
    implied_concurrency,
    implied_range,
    knee,
    throughput_of,
)
from bench.endpoints.prices import price_list
from bench.parts import instances


def step(concurrency: int, throughput: float, p99_ms: float, refused: int = 0) -> Step:
    return Step(concurrency, throughput, p99_ms / 2, p99_ms / 2, p99_ms, refused)


def test_a_million_inferences_cost_the_hours_they_take() -> None:
    assert dollars_a_million(0.36, 100) == pytest.approx(1.0)


def test_the_implied_concurrency_is_that_at_which_the_cost_comes_out() -> None:
    in_flight = implied_concurrency(0.736, 0.18, 0.015)

    assert in_flight == pytest.approx(17.04, abs=0.01)
    assert dollars_a_million(0.736, throughput_of(in_flight, 0.015)) == pytest.approx(0.18)


@pytest.mark.parametrize(
    ("instance", "low", "high"),
    [("ml.g4dn.xlarge", 16.6, 17.5), ("ml.c5.2xlarge", 16.0, 16.7), ("ml.inf1.xlarge", 7.8, 9.2)],
)
def test_each_row_of_the_table_states_no_load_and_implies_this_one(instance: str, low: float, high: float) -> None:
    prices = price_list("production")
    (row,) = [row for row in prices.measured if row.instance == instance]

    found = implied_range(prices.hourly[instance], row.dollars_a_million, row.average_ms / 1000)

    assert found == pytest.approx((low, high), abs=0.06)


async def test_the_table_comes_out_as_printed_and_inferentia_is_its_cheapest() -> None:
    result = await instances.measure(lambda _: None)

    assert [goal.is_met for goal in result.goals] == [True]
    assert [(row[0], row[-1]) for row in result.rows] == [
        ("g4dn.xlarge", "0.18"),
        ("c5.2xlarge", "0.26"),
        ("inf1.xlarge", "0.06"),
    ]
    assert "ml.inf1.xlarge" in result.notes[0]


def test_the_knee_is_the_most_throughput_that_keeps_the_target_and_refuses_nothing() -> None:
    steps = [step(1, 50, 20), step(2, 90, 40), step(4, 95, 80), step(8, 99, 200), step(16, 120, 70, refused=3)]

    assert knee(steps, 100) == steps[2]
    assert knee(steps, 10) is None


def test_the_cheapest_is_by_its_million_not_by_its_hour() -> None:
    small, large = Offer("small", step(1, 10, 9), 0.1), Offer("large", step(1, 100, 9), 0.5)

    assert cheapest([small, large]) is large
    assert cheapest([]) is None


def test_every_price_list_says_where_and_when_it_is_from() -> None:
    for name in ("aws", "production"):
        prices = price_list(name)
        assert prices.date
        assert prices.source in prices.note()
        assert all(price > 0 for price in prices.hourly.values())
