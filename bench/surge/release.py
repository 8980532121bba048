"""The release that is replayed: a weekly chapter that triples the traffic, as the production system met it.

Four instances stood, and a fifth of the requests were refused until more came. A safety factor of a half, which AWS
advises to start with, makes an instance take twice what it is planned for; peak and ordinary traffic follow from both.
https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-scaling-loadtest.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bench.surge.replay import Scene
from bench.surge.strategies import TARGET, Strategy, strategies
from bench.surge.traffic import Surge
from local.template import Deployment
from mangaassist.policy.capacity import Change, Target, timeline
from mangaassist.policy.deadline import STEP_BUDGETS
from mangaassist.policy.demand import Forecast, Release
from mangaassist.policy.needs import Figures, needs

STANDING = 4
REFUSED = 0.2
SAFETY_FACTOR = 0.5
TIMES = 3.0
HIGH_MINUTES, OVER_MINUTES = 15.0, 120.0
BEFORE_MINUTES = 2.0
# An ml.c7g.xlarge has as many processors.
BURST = 4
STARTS_AT = datetime(2026, 12, 6, 15, tzinfo=UTC)
RELEASE = Release("One Piece, weekly chapter", STARTS_AT, STARTS_AT + timedelta(minutes=OVER_MINUTES), "chapter", TIMES)


@dataclass(frozen=True)
class Setting:
    """What the template says of the classifier's fleet."""

    deployment: Deployment

    @property
    def planned_for(self) -> float:
        """Invocations a minute of an instance, to the plan as to the alarms."""
        return float(str(self.deployment.ref("InstanceInvocations")))

    @property
    def limit(self) -> float:
        """Invocations a minute that an instance takes."""
        return self.planned_for / SAFETY_FACTOR

    @property
    def peak(self) -> float:
        """Of which the standing instances refuse that share."""
        return STANDING * self.limit / (1 - REFUSED)

    def strategies(self) -> list[Strategy]:
        """The three that are compared."""
        return strategies(self.deployment, self.plan(), self.figures)

    def scene(self, *, rise: float, ends: float) -> Scene:
        """The surge with so many minutes to its peak, replayed until so many minutes after the release."""
        return Scene(
            surge=Surge(self.peak / TIMES, self.peak, rise, HIGH_MINUTES, OVER_MINUTES),
            released_at=STARTS_AT.timestamp(),
            begins=-BEFORE_MINUTES,
            ends=ends,
            standing=STANDING,
            limit=self.limit,
            burst=BURST,
            patience_s=STEP_BUDGETS["classify_intent"].cap_ms / 1000,
        )

    @property
    def figures(self) -> Figures:
        """What the plan rests on."""
        environment = self._environment()
        return Figures(
            per_instance=self.planned_for,
            tokens_per_unit=float(environment["MODEL_UNIT_TOKENS"]),
            headroom=float(environment["CAPACITY_HEADROOM"]),
            lead=timedelta(minutes=int(environment["RELEASE_LEAD_MINUTES"])),
        )

    def plan(self) -> list[Change]:
        """What plan_releases makes of the release when it knows the multiplier."""
        environment = self._environment()
        floor, ceiling = int(environment["MINIMUM_INSTANCES"]), int(environment["MAXIMUM_INSTANCES"])
        target = Target(TARGET, "fleet", floor, ceiling)
        forecast = Forecast(RELEASE, self.peak / TIMES, TIMES, "calendar", 0)
        return timeline(needs(target, [forecast], self.figures), target)

    def _environment(self) -> Mapping[str, str]:
        return self.deployment.functions()["PlanReleasesFunction"].environment


def hours_before(strategy: Strategy, scene: Scene, lead: timedelta) -> float:
    """Instance-hours from the plan's lead until the replay begins."""
    minutes = range(round(lead.total_seconds() / 60 + scene.begins))
    levels = (strategy.minimum_at(scene.moment(scene.begins - minute - 1)) for minute in minutes)
    return sum(max(scene.standing, level) for level in levels) / 60
