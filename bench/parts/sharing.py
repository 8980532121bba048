"""Two servers of one model each beside one server of both, under the same arrivals.

Utilisation: one processor a server, so that sharing halves the hardware. Throughput: the shared server gets both
processors, and at most the memory that the two separate ones take together.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from time import perf_counter

from bench.endpoints.load import Arrival, Latencies, poisson, replay
from bench.endpoints.servers import Watched, server, target
from bench.endpoints.targets import Target
from bench.endpoints.traffic import bodies
from bench.results import Cell, Goal, Result, Say
from bench.samples import percentile

SHARE = {"classifier": 1.0, "reranker": 0.5}
"""A turn classifies; about half of the turns rerank."""
TARGETS_MS = {"classifier": 120.0, "reranker": 350.0}
SEPARATE_UTILISATION = 0.30
TRACE_S = 20.0
STEP_S = 6.0
LOADS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
SEED = 7
SAMPLES = 30
SEPARATE, SHARED = "two servers, a model each", "one server, both models"


@dataclass(frozen=True)
class Fleet:
    """Servers that serve both models together, and the processors they may use."""

    name: str
    servers: Sequence[Watched]
    targets: Mapping[str, Target]
    processors: int

    def cpu_seconds(self) -> float:
        return sum(one.cpu_seconds() for one in self.servers)

    def resident_mib(self) -> float:
        return sum(one.resident_mib() for one in self.servers)


@dataclass(frozen=True)
class Replayed:
    """A trace's latencies by model, and the processors' share of time that serving it took."""

    fleet: str
    processors: int
    latencies: Mapping[str, Latencies]
    utilisation: float
    resident_mib: float

    def p99(self, model: str) -> float:
        return percentile(self.latencies[model].answered or [float("inf")], 0.99)

    @property
    def missed(self) -> list[str]:
        """The targets that were missed, in words."""
        slow = [
            f"{model}'s p99 is {self.p99(model):.0f} ms (≤ {limit:.0f})"
            for model, limit in TARGETS_MS.items()
            if self.p99(model) > limit
        ]
        refused = sum(one.refused for one in self.latencies.values())
        return [*slow, *([f"{refused} requests are refused"] if refused else [])]


@dataclass(frozen=True)
class Limit:
    """Rising loads, the last of which missed a target unless all kept them; by turns a second."""

    tried: Sequence[tuple[float, Replayed]]

    @property
    def best(self) -> float:
        """The highest rate that kept the targets; 0 without one."""
        return max((rate for rate, done in self.tried if not done.missed), default=0.0)

    @property
    def memory_mib(self) -> float:
        return self.tried[-1][1].resident_mib

    def said(self) -> str:
        rate, done = self.tried[-1]
        end = f"at {rate:.1f} {', '.join(done.missed)}" if done.missed else "no load tried missed them"
        return f"{done.fleet}: targets kept up to {self.best:.1f} turns a second; {end}."

    def document(self) -> list[dict[str, float]]:
        """Every load tried."""
        return [
            {
                "turns_a_second": rate,
                "utilisation": done.utilisation,
                **{f"{model}_p99_ms": done.p99(model) for model in SHARE},
            }
            for rate, done in self.tried
        ]


async def measure(say: Say) -> Result:
    supply = bodies()
    async with separate() as two:
        say("how long a turn takes")
        turn_s = await _turn_seconds(two, supply)
        rate = SEPARATE_UTILISATION * two.processors / turn_s
        trace = poisson(rate, TRACE_S, share=SHARE, bodies=supply, seed=SEED)
        say(f"{two.name}, {rate:.1f} turns a second")
        apart = await _replay(two, trace)
        apart_limit = await _limit(two, turn_s, supply, say)
    async with shared(workers=1) as one:
        say(f"{one.name}, {rate:.1f} turns a second")
        together = await _replay(one, trace)
    async with shared(workers=2, memory_mib=int(apart.resident_mib)) as both:
        both_limit = await _limit(both, turn_s, supply, say)
    return Result(
        columns=("the same arrivals", "cores", "busy %", "classify p99 ms", "rerank p99 ms", "MiB"),
        rows=[_row(apart), _row(together)],
        goals=_goals(apart, together, apart_limit, both_limit),
        notes=[
            f"{len(trace)} requests in {TRACE_S:.0f} s, {rate:.1f} turns a second (Poisson, seed {SEED}); a turn "
            f"classifies, {SHARE['reranker']:.0%} of turns rerank. Busy: processor time over wall time and cores.",
            "Rising arrivals, 2 cores on either side; the shared server holds both models in the memory of the two:",
            apart_limit.said(),
            both_limit.said(),
            "Callers run on the same machine as the servers.",
        ],
        details={"separate": apart_limit.document(), "shared": both_limit.document(), "turn_cpu_seconds": turn_s},
    )


def _goals(apart: "Replayed", together: "Replayed", apart_limit: "Limit", both_limit: "Limit") -> list[Goal]:
    busier = together.utilisation / apart.utilisation
    return [
        Goal("utilisation, shared over separate", busier, 70 / 30, "×", at_least=True),
        Goal("turns a second at the p99 targets, shared (separate)", both_limit.best, apart_limit.best, at_least=True),
        Goal(
            "memory of the shared server", both_limit.memory_mib, apart.resident_mib, "MiB (of the two separate ones)"
        ),
    ]


@asynccontextmanager
async def separate() -> AsyncIterator[Fleet]:
    """A server of one worker for each model."""
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(server(model, options=("--workers", "1"))) for model in SHARE]
        pairs = zip(SHARE, servers, strict=True)
        targets = {model: await stack.enter_async_context(target(one, model)) for model, one in pairs}
        yield Fleet(SEPARATE, servers, targets, len(servers))


@asynccontextmanager
async def shared(*, workers: int, memory_mib: int | None = None) -> AsyncIterator[Fleet]:
    """One server of both models, with a bound on its memory."""
    bound = ("--memory-mb", str(memory_mib)) if memory_mib else ()
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(server(*SHARE, options=("--workers", str(workers), *bound)))
        targets = {model: await stack.enter_async_context(target(one, model)) for model in SHARE}
        yield Fleet(SHARED, [one], targets, workers)


async def _turn_seconds(fleet: Fleet, supply: Mapping[str, Sequence[bytes]]) -> float:
    """Processor seconds of a mean turn, without any other."""
    total = 0.0
    for model, found in fleet.targets.items():
        before = fleet.cpu_seconds()
        for body in supply[model][:SAMPLES]:
            await found.invoke(body)
        total += SHARE[model] * (fleet.cpu_seconds() - before) / SAMPLES
    return total


async def _replay(fleet: Fleet, trace: Sequence[Arrival]) -> Replayed:
    cpu, start = fleet.cpu_seconds(), perf_counter()
    latencies = await replay(fleet.targets, trace)
    busy = (fleet.cpu_seconds() - cpu) / (perf_counter() - start) / fleet.processors
    return Replayed(fleet.name, fleet.processors, latencies, busy, fleet.resident_mib())


async def _limit(fleet: Fleet, turn_s: float, supply: Mapping[str, Sequence[bytes]], say: Say) -> Limit:
    tried: list[tuple[float, Replayed]] = []
    for load in LOADS:
        rate = load * fleet.processors / turn_s
        say(f"{fleet.name}, {rate:.1f} turns a second")
        done = await _replay(fleet, poisson(rate, STEP_S, share=SHARE, bodies=supply, seed=SEED))
        tried.append((rate, done))
        if done.missed:
            break
    return Limit(tried)


def _row(done: Replayed) -> list[Cell]:
    p99 = [done.p99(model) for model in SHARE]
    return [done.fleet, done.processors, done.utilisation * 100, *p99, done.resident_mib]
