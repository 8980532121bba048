"""Statistics, what is kept and what is forgotten."""

import random

import pytest

from local.metrics import Distribution, MetricStore, Sample, metric

LATENCY = metric("Shop", "latency", {"page": "cart"})
START = 1_700_000_040.0


def put(store: MetricStore, *values: float, at: float = START, name: str = "latency") -> None:
    store.put([Sample(metric("Shop", name, {"page": "cart"}), at, values, "Milliseconds")])


@pytest.mark.parametrize(
    ("statistic", "expected"),
    [
        ("Sum", 5050),
        ("SampleCount", 100),
        ("Average", 50.5),
        ("Minimum", 1),
        ("Maximum", 100),
        ("p50", 50),
        ("p99", 99),
        ("p99.9", 100),
        ("p100", 100),
        ("p0", 1),
    ],
)
def test_given_the_numbers_to_a_hundred_when_a_statistic_is_asked_for_then_it_is_theirs(
    statistic: str, expected: float
) -> None:
    values = [float(number) for number in range(1, 101)]
    random.Random(1).shuffle(values)
    assert Distribution(values).statistic(statistic) == expected


def test_given_an_unknown_statistic_when_asked_for_then_it_is_refused() -> None:
    with pytest.raises(KeyError):
        Distribution([1]).statistic("tm90")


def test_given_a_million_distinct_values_of_one_size_when_put_in_then_few_are_kept_and_percentiles_hold() -> None:
    generator = random.Random(1)
    values = [generator.uniform(1_000, 3_000) for _ in range(100_000)]
    kept = Distribution(values)
    assert len(kept._rounded) <= 2_001
    assert kept.statistic("p99") == pytest.approx(sorted(values)[98_999], rel=0.0005)
    assert kept.statistic("Maximum") == max(values)


def test_given_values_of_two_minutes_when_one_is_asked_for_then_the_other_is_left_out() -> None:
    store = MetricStore()
    put(store, 1, 2, at=START)
    put(store, 10, at=START + 59.9)
    put(store, 100, at=START + 60)
    first, both = store.between(LATENCY, START, START + 60), store.between(LATENCY, START, START + 120)
    assert first is not None
    assert both is not None
    assert (first.statistic("Sum"), both.statistic("Sum"), both.statistic("p50")) == (13, 113, 2)
    assert store.between(LATENCY, START - 60, START) is None


def test_given_other_dimensions_when_asked_for_then_it_is_another_metric() -> None:
    store = MetricStore()
    put(store, 1)
    assert store.between(metric("Shop", "latency"), START, START + 60) is None


def test_given_a_day_of_values_when_put_in_then_only_the_last_hour_is_kept() -> None:
    store = MetricStore(retention_s=3_600)
    for minute in range(24 * 60):
        put(store, 1, at=START + minute * 60)
    ((_, unit, kept),) = store
    assert (unit, kept.count) == ("Milliseconds", 61)
    put(store, 1, at=START)
    ((_, _, kept),) = store
    assert kept.count == 61


def test_given_more_metrics_than_are_kept_when_put_in_then_the_one_that_was_silent_longest_goes() -> None:
    store = MetricStore(kept=2)
    for name in ("a", "b", "a", "c"):
        put(store, 1, name=name)
    assert [found.name for found, _, _ in store] == ["a", "c"]
