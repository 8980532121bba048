"""The plan: from the calendar and the traffic of the past to schedules, and what differs from those that stand."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from mangaassist.aws.actuators import actuator
from mangaassist.aws.traffic import history
from mangaassist.capacity_settings import PlanningSettings
from mangaassist.policy.capacity import Change, Need, Revision, Shortfall, Target, plan, shortfalls
from mangaassist.policy.demand import Forecast, forecast
from mangaassist.policy.needs import Figures, level, needs
from mangaassist.policy.night_floor import WEEKS, Window, floor_needs, floors, usual_rates
from mangaassist.policy.step_scaling import PlannedLoad, refuse_fights
from mangaassist.release_calendar import Calendar

HORIZON = timedelta(days=14)
LONGEST_LEAD = timedelta(hours=72)
HISTORY = timedelta(weeks=WEEKS)


@dataclass
class Plan:
    """What was planned: whole timelines and what is scheduled of them, and why."""

    timelines: dict[str, list[Change]] = field(default_factory=dict)
    scheduled: list[Change] = field(default_factory=list)
    shortfalls: list[Shortfall] = field(default_factory=list)
    forecasts: dict[str, list[Forecast]] = field(default_factory=dict)
    peaks: dict[str, int] = field(default_factory=dict)


def planned(calendar: Calendar, settings: PlanningSettings, now: datetime) -> Plan:
    """The plan of the next two weeks.

    Raises CalendarError, HistoryError, PlanFightsScalingError, and what the present levels may raise.
    """
    outlook = _Outlook.of(calendar, settings, now)
    result = Plan(forecasts=outlook.forecasts)
    for target in settings.targets.values():
        wanted = outlook.needs(target)
        current = actuator(target, settings).level()
        changes, scheduled = plan(wanted, target, now=now, until=now + HORIZON, current=current)
        result.timelines[target.name] = changes
        result.peaks[target.name] = max([target.floor, *(change.level for change in changes)])
        result.scheduled += scheduled
        result.shortfalls += [one for one in shortfalls(wanted, target) if one.at > now]
    refuse_fights(outlook.loads(), settings.instance_invocations)
    return result


@dataclass(frozen=True)
class _Outlook:
    """What every endpoint expects: the releases to come, and the usual needs of each hour of the week."""

    settings: PlanningSettings
    forecasts: dict[str, list[Forecast]]
    usual: dict[str, list[Need]]

    @classmethod
    def of(cls, calendar: Calendar, settings: PlanningSettings, now: datetime) -> "_Outlook":
        coming = calendar.between(now - LONGEST_LEAD, now + HORIZON + LONGEST_LEAD)
        past = calendar.like(coming, now)
        windows = [Window(one.starts_at, one.decayed_at) for one in calendar.between(now - HISTORY, now)]
        forecasts, usual = {}, {}
        for endpoint in (target.name for target in settings.targets.values() if target.kind == "fleet"):
            traffic = history(endpoint, settings.endpoint_variant, now)
            forecasts[endpoint] = [forecast(one, past, traffic, now=now, carried=settings.carried) for one in coming]
            levels = floors(
                usual_rates(traffic.fine, windows, now),
                per_instance=settings.instance_invocations,
                headroom=settings.capacity_headroom,
            )
            usual[endpoint] = list(floor_needs(levels, now))
        return cls(settings, forecasts, usual)

    def needs(self, target: Target) -> list[Need]:
        """Every turn is classified once: its endpoint's traffic is the turns', on which all but fleets depend."""
        endpoint = target.name if target.kind == "fleet" else self.settings.classifier_endpoint
        usual = self.usual[endpoint] if target.kind == "fleet" else []
        return [*needs(target, self.forecasts[endpoint], self.figures), *usual]

    def loads(self) -> Iterator[PlannedLoad]:
        """What each fleet carries at the peak of each release."""
        for endpoint, found in self.forecasts.items():
            target = self.settings.targets[endpoint]
            for one in found:
                given = target.within(level(target, one, self.figures))
                yield PlannedLoad(endpoint, one.release.title, one.peak, given, target.ceiling)

    @property
    def figures(self) -> Figures:
        return Figures(
            per_instance=self.settings.instance_invocations,
            tokens_per_unit=self.settings.model_unit_tokens,
            headroom=self.settings.capacity_headroom,
            lead=self.settings.lead,
        )


def described(plan: Plan, difference: Revision, now: datetime) -> dict[str, Any]:
    """The plan's difference and its reasons as JSON."""
    return {
        "planned_at": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "created": [_change(change) for change in difference.create],
        "deleted": list(difference.delete),
        "standing": len(plan.scheduled) - len(difference.create),
        "peaks": plan.peaks,
        "shortfalls": [{**asdict(one), "at": one.at.isoformat()} for one in plan.shortfalls],
        "forecasts": [
            {"endpoint": endpoint, **_forecast(one)} for endpoint, found in plan.forecasts.items() for one in found
        ],
    }


def _change(change: Change) -> dict[str, Any]:
    return {"name": change.name, **asdict(change), "at": f"{change.at:%Y-%m-%dT%H:%M:%SZ}"}


def _forecast(one: Forecast) -> dict[str, Any]:
    return {
        "title": one.release.title,
        "kind": one.release.kind,
        "starts_at": one.release.starts_at.isoformat(),
        "peak_per_minute": round(one.peak, 1),
        "ordinary_per_minute": round(one.ordinary, 1),
        "multiplier": round(one.multiplier, 3),
        "source": one.source,
        "observations": one.observations,
    }
