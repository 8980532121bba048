"""A release's surge under target tracking, step scaling and the plan: which requests fail, and what the fleet costs.

Live: the classifier's real server answers; instances are rates in front of it, as one machine has not that many. The
modelled rows run the same replay in virtual time, for longer and with a slower rise.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bench.endpoints.prices import price_list
from bench.endpoints.servers import ROOT, server, target
from bench.endpoints.targets import Target
from bench.endpoints.traffic import LANGUAGES, bodies
from bench.results import Cell, Goal, Result, Say, UnmeasurableError
from bench.samples import percentile
from bench.surge.fleet import COMES_AFTER_MIN
from bench.surge.release import HIGH_MINUTES, STANDING, TIMES, Setting, hours_before
from bench.surge.replay import FACTOR, Outcome, Replay, Scene
from bench.surge.strategies import Strategy
from local.clock.virtual import VirtualClock, run_virtually
from local.settings import deployment_parameters
from local.template import Deployment

MODEL = "classifier"
# Of those who wait for a chapter at midnight in Tokyo.
LANGUAGE = "ja"
LIVE = "live"
FAST_RISE, SLOW_RISE = 1.0, 15.0
LIVE_ENDS, EVENING_ENDS = 17.0, 240.0
PRICES = "aws"
MOST_REFUSED = 0.1


@dataclass(frozen=True)
class Modelled:
    """Answers after a fixed time."""

    seconds: float

    async def invoke(self, body: bytes) -> None:
        del body
        await asyncio.sleep(self.seconds)


@dataclass(frozen=True)
class Row:
    """One replay."""

    name: str
    strategy: str
    outcome: Outcome
    instance_hours: float
    live: bool = False

    @property
    def high(self) -> Outcome:
        """The quarter of an hour with the most traffic."""
        return self.outcome.between(0, HIGH_MINUTES)

    def cells(self, hourly: float) -> list[Cell]:
        high, answered = self.high, self.high.answered_ms()
        return [
            self.name,
            100 * high.share("refused"),
            100 * high.share("late"),
            100 * max(high.refused_by_minute().values()),
            high.refusing_minutes,
            percentile(answered, 0.99) if answered else None,
            self.outcome.most_instances,
            self.instance_hours,
            self.instance_hours * hourly,
        ]


async def measure(say: Say) -> Result:
    template, others = ROOT / "template.yaml", {"EndpointTopology": "dedicated"}
    parameters = deployment_parameters(issuer="https://issuer", search_endpoint="https://search", others=others)
    setting = Setting(Deployment(template, parameters))
    compared = setting.strategies()
    rows = await _live(setting, compared, say)
    answered = [ms for row in rows for ms in row.outcome.answered_ms()]
    if not answered:
        raise UnmeasurableError("no request was answered within the step's budget: this machine is too busy")
    model = Modelled(median(answered) / 1000)
    for name, rise in (("fast", FAST_RISE), ("slow", SLOW_RISE)):
        say(f"modelled, {name}")
        scene = setting.scene(rise=rise, ends=EVENING_ENDS)
        rows += await asyncio.to_thread(modelled, setting, compared, scene, model, name)
    instance = str(setting.deployment.ref("ClassifierInstanceType"))
    prices = price_list(PRICES)
    return Result(
        columns=("strategy", "429 %", "late %", "worst %", "min", "p99 ms", "most", "inst-h", "$"),
        rows=[row.cells(prices.hourly[instance]) for row in rows],
        goals=goals(rows),
        notes=[*_notes(setting, instance), prices.note()],
        details={"refused_by_minute": {row.name: row.outcome.refused_by_minute() for row in rows}},
    )


async def _live(setting: Setting, compared: Sequence[Strategy], say: Say) -> list[Row]:
    scene = setting.scene(rise=FAST_RISE, ends=LIVE_ENDS)
    requests = bodies()[MODEL][LANGUAGES.index(LANGUAGE) :: len(LANGUAGES)]
    rows: list[Row] = []
    async with server(MODEL, options=("--workers", "2")) as watched, target(watched, MODEL) as reach:
        for strategy in compared:
            say(f"live, {strategy.name}: {(scene.ends - scene.begins) * 60 / FACTOR:.0f} s")
            outcome = await Replay(scene, strategy, reach, requests).run()
            rows.append(_row(LIVE, strategy, scene, setting, outcome))
    return rows


def modelled(setting: Setting, compared: Sequence[Strategy], scene: Scene, model: Target, name: str) -> list[Row]:
    """The same in virtual time."""

    def replayed(strategy: Strategy) -> Outcome:
        async def run(_: VirtualClock) -> Outcome:
            return await Replay(scene, strategy, model, [b""]).run()

        return run_virtually(run)

    return [_row(name, one, scene, setting, replayed(one)) for one in compared]


def _row(name: str, strategy: Strategy, scene: Scene, setting: Setting, outcome: Outcome) -> Row:
    hours = hours_before(strategy, scene, setting.figures.lead) + outcome.instance_hours
    return Row(f"{name} {strategy.name}", strategy.name, outcome, hours, live=name == LIVE)


def goals(rows: Sequence[Row]) -> list[Goal]:
    """What the plan is for. In virtual time no machine's own load disturbs it."""
    return [
        Goal(f"{row.name}, refused", 100 * row.high.share("refused"), MOST_REFUSED, "%", binding=not row.live)
        for row in rows
        if row.strategy == "plan"
    ]


def _notes(setting: Setting, instance: str) -> list[str]:
    soonest, latest = COMES_AFTER_MIN
    return [
        f"{setting.peak / TIMES:.0f} classifications a minute become {setting.peak:.0f} for a quarter of an hour. "
        f"{STANDING} instances stand, each planned for {setting.planned_for:.0f} a minute and refusing what is above "
        f"{setting.limit:.0f}; a new one comes {soonest:.0f} to {latest:.0f} minutes after it is ordered, and no other "
        "is ordered meanwhile. Of the quarter of an hour: what was refused (429), what came after the step's budget "
        "(which a busy machine alone causes), the worst minute's refusals, min: the minutes with more than 1 %.",
        f"live: rise within a minute, {FACTOR} times as fast with every {FACTOR}th request, so at the true rate a "
        "second, in Japanese; the server is real, instances are rates before it. fast, slow: the same replay in "
        f"virtual time, with a rise of {FAST_RISE:.0f} or {SLOW_RISE:.0f} minutes, an answer taking the live median.",
        f"inst-h, $: {instance} from two hours before the release to {LIVE_ENDS:.0f} minutes after (live) or "
        f"{EVENING_ENDS:.0f} (modelled).",
        "most: instances. tracking: target tracking as AWS sets it up, alarms of 3 minutes above the target and 15 "
        "below 90 % of it, cooldown 300 s; its target is the figure for an instance. steps: the template's step "
        "scaling. plan: it and the release plan, which lets go of instances at its end. Metrics are there at the end "
        "of their minute; at AWS they may come later, which would make tracking and steps worse.",
    ]
