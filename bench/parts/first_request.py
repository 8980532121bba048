"""The first request of a new instance, with the server's warm-up and without."""

from statistics import median
from time import perf_counter

import aiohttp

from bench.endpoints.servers import ROOT, server, target
from bench.endpoints.targets import Target, url_target
from bench.endpoints.traffic import bodies
from bench.results import Cell, Goal, Result, Say

INSTANCES = 3
WARM_REQUESTS = 30
GOAL_TIMES = 1.5
MODELS = ("classifier", "reranker")


async def measure(say: Say) -> Result:
    rows: list[list[Cell]] = []
    goals: list[Goal] = []
    for model in MODELS:
        for way, (options, held) in {
            "warmed": ((), (model,)),
            "not warmed": (("--no-warm-up",), (model,)),
            "multi-model, loaded by POST /models": ((), ()),
        }.items():
            ratios, first, warm = [], [], []
            for number in range(INSTANCES):
                say(f"{model}, {way}, instance {number + 1} of {INSTANCES}")
                times = await _instance(model, held, options)
                first.append(times[0])
                warm.append(times[1])
                ratios.append(times[0] / times[1])
            rows.append([f"{model}, {way}", median(first), median(warm), median(ratios), max(ratios)])
            if not options:
                goals.append(Goal(f"{model}, {way}: first over warm", median(ratios), GOAL_TIMES, "×"))
    return Result(
        columns=("a new server", "first ms", "warm p50 ms", "times", "worst"),
        rows=rows,
        goals=goals,
        notes=[
            f"Medians of {INSTANCES} new servers each, one worker; the first request and {WARM_REQUESTS} more of the "
            "same text, over one connection."
        ],
    )


async def _instance(model: str, held: tuple[str, ...], options: tuple[str, ...]) -> tuple[float, float]:
    """The first request's milliseconds, and the median of those after it."""
    body = bodies()[model][0]
    async with server(*held, options=("--workers", "1", *options)) as watched:
        if held:
            async with target(watched, model) as found:
                return await _times(found, body)
        await _load(watched.url, model)
        async with url_target(f"{watched.url}/models/{model}/invoke") as found:
            return await _times(found, body)


async def _load(url: str, model: str) -> None:
    request = {"model_name": model, "url": str(ROOT / "build" / "models" / model)}
    async with aiohttp.ClientSession() as client, client.post(f"{url}/models", json=request) as answer:
        answer.raise_for_status()


async def _times(found: Target, body: bytes) -> tuple[float, float]:
    times = []
    for _ in range(1 + WARM_REQUESTS):
        start = perf_counter()
        await found.invoke(body)
        times.append((perf_counter() - start) * 1000)
    return times[0], median(times[1:])
