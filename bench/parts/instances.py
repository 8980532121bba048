"""The instance table by which the production system chose, from its own figures."""

from decimal import Decimal

from bench.endpoints.arithmetic import dollars_a_million, implied_concurrency, implied_range, throughput_of
from bench.endpoints.prices import Measured, price_list
from bench.results import Cell, Goal, Result, Say

LIST = "production"


async def measure(say: Say) -> Result:
    prices = price_list(LIST)
    say("from prices.toml")
    rows = [_row(row, prices.hourly[row.instance]) for row in prices.measured]
    best = min(prices.measured, key=lambda row: row.dollars_a_million)
    return Result(
        columns=("instance ml.", "avg ms", "p99 ms", "$/h", "$/1M", "in flight", "req/s", "again"),
        rows=rows,
        goals=[
            Goal(
                "rows that come out as printed",
                sum(row[4] == row[7] for row in rows),
                len(rows),
                at_least=True,
                binding=True,
            )
        ],
        notes=[
            f"Cheapest: {best.instance}, at ${best.dollars_a_million} a million.",
            "The table states no load. Its costs hold only at these requests in flight on one instance (Little's law, "
            "N = $/h / 3,600 / $ an inference × latency; a range, as costs are rounded to a cent). Where the range "
            "holds a whole number it is taken to compute the cost again.",
            prices.note(),
        ],
    )


def _row(row: Measured, hourly: float) -> list[Cell]:
    latency = row.average_ms / 1000
    low, high = implied_range(hourly, row.dollars_a_million, latency)
    inside = implied_concurrency(hourly, float(row.dollars_a_million), latency)
    whole = round(inside)
    in_flight = float(whole) if low <= whole <= high else inside
    throughput = throughput_of(in_flight, latency)
    again = Decimal(str(dollars_a_million(hourly, throughput))).quantize(row.dollars_a_million)
    return [
        row.instance.removeprefix("ml."),
        row.average_ms,
        row.p99_ms,
        hourly,
        str(row.dollars_a_million),
        f"{low:.1f}–{high:.1f}",
        throughput,
        str(again),
    ]
