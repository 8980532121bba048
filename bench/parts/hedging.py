"""What a second call after the p95 gains, and what it costs.

The classifier's answers are timed on the real server; two instances that take so long, with queues of their own, are
then simulated under Poisson arrivals: where a call is late because its queue is long, a hedge is one more in a queue.
The embedding is a service without a queue of ours, and no account measures it here: of it, only what a share of calls
that never answer means, by arithmetic.
"""

import heapq
import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from bench.endpoints.servers import server, target
from bench.endpoints.traffic import bodies
from bench.results import Cell, Result, Say
from bench.samples import percentile
from mangaassist.contracts import Usage
from mangaassist.policy.deadline import STEP_BUDGETS
from mangaassist.policy.pricing import cost_usd
from mangaassist.tables import dependencies

TIMED = 300
CALLS = 50_000
INSTANCES = 2
LOADS = (0.3, 0.5, 0.7, 0.85)
STUCK = (0.0001, 0.001, 0.01)
LATE = 0.05
"""The share of calls that are later than the p95."""
MILLION = 1_000_000
TOKENS = 20
EMBEDDING_MODEL = "amazon.titan-embed-text-v2:0"
BUDGET_MS = STEP_BUDGETS["classify_intent"].cap_ms
SEED = 7


@dataclass(frozen=True)
class Served:
    """Milliseconds of each call until its first answer, and how many calls were made for each."""

    latencies: Sequence[float]
    calls_each: float

    def ms(self, share: float) -> float:
        return percentile(self.latencies, share)

    @property
    def timed_out(self) -> int:
        """Of a million calls, those without an answer in the budget."""
        return round(sum(ms > BUDGET_MS for ms in self.latencies) / len(self.latencies) * MILLION)


async def measure(say: Say) -> Result:
    """Both models, one table."""
    times = await _answer_times(say)
    rows: list[Sequence[Cell]] = []
    for load in LOADS:
        say(f"simulating a load of {load:.0%}")
        alone = simulated(times, load, None)
        hedged = simulated(times, load, alone.ms(0.95))
        rows += [_row(f"classifier at {load:.0%}", alone), _row(f"classifier at {load:.0%}, hedged", hedged)]
    rows += [row for share in STUCK for row in _stuck(share)]
    hedge_usd = LATE * MILLION * cost_usd(EMBEDDING_MODEL, Usage(input_tokens=TOKENS))
    switched = [f"{name} {'on' if dependencies()[name].hedged else 'off'}" for name in ("classifier", "embedding")]
    return Result(
        columns=("calls", "p50, ms", "p99, ms", "p99.9, ms", "calls for one answer", "fallbacks in a million"),
        rows=rows,
        notes=[
            f"{TIMED} answers of the classifier's server, p50 {percentile(times, 0.5):.1f} ms and p99 "
            f"{percentile(times, 0.99):.1f} ms, resampled for {CALLS:,} calls on {INSTANCES} instances; a hedge goes "
            "to either of them, after the p95 without hedges.",
            f"The hedges of a million embeddings cost ${hedge_usd:.3f}.",
            f"tables/dependencies.toml: {', '.join(switched)}.",
        ],
    )


async def _answer_times(say: Say) -> list[float]:
    """Milliseconds of one call after another."""
    say("timing the classifier's server")
    some, times = list(itertools.islice(itertools.cycle(bodies()["classifier"]), TIMED + 20)), []
    async with server("classifier") as watched, target(watched, "classifier") as classifier:
        for body in some:
            began = perf_counter()
            await classifier.invoke(body)
            times.append((perf_counter() - began) * 1000)
    return times[20:]


def simulated(times: Sequence[float], load: float, hedge_after_ms: float | None) -> Served:
    """Calls that come at random to a random instance, which answers one at a time."""
    chance = random.Random(SEED)  # noqa: S311 - a simulation, not a secret
    free, made = [0.0] * INSTANCES, 0
    gap = sum(times) / len(times) / (load * INSTANCES)

    def done_at(now: float) -> float:
        instance = chance.randrange(INSTANCES)
        free[instance] = max(free[instance], now) + chance.choice(times)
        return free[instance]

    arrivals = list(itertools.accumulate(chance.expovariate(1 / gap) for _ in range(CALLS)))
    answered = [0.0] * CALLS
    due = [(at, number, False) for number, at in enumerate(arrivals)]
    heapq.heapify(due)
    while due:
        now, number, is_hedge = heapq.heappop(due)
        if is_hedge and answered[number] <= now:
            continue
        made += 1
        answered[number] = min(answered[number], done_at(now)) if is_hedge else done_at(now)
        if hedge_after_ms is not None and not is_hedge:
            heapq.heappush(due, (now + hedge_after_ms, number, True))
    return Served([end - at for end, at in zip(answered, arrivals, strict=True)], made / CALLS)


def _row(name: str, served: Served) -> Sequence[Cell]:
    shown = [round(served.ms(share), 1) for share in (0.5, 0.99, 0.999)]
    return [name, *shown, round(served.calls_each, 3), served.timed_out]


def _stuck(share: float) -> list[Sequence[Cell]]:
    """A share of calls that never answer, each by itself: two of them have to be stuck for a fallback."""
    name = f"embedding, {share:.2%} stuck"
    return [
        [name, None, None, None, 1.0, round(share * MILLION)],
        [f"{name}, hedged", None, None, None, 1 + LATE + share, round(share**2 * MILLION)],
    ]
