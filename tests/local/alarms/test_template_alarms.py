"""Every alarm of the template: what it is for makes it fire, and its end makes it quiet again.

The samples are those that the metered parts emit; names and dimensions are the deployment's own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest

from local.alarms import Actions, Alarm, AlarmWatch, Autoscaler, State, StepScalingPolicy, refuse_composites
from local.clock.virtual import VirtualClock, run_virtually
from local.metrics import MetricStore, Sample, samples_of
from local.metrics.emf import documents
from local.metrics.services import of_execution, of_inference, of_invocation, of_queue, of_request
from local.settings import deployment_parameters
from local.template import Deployment
from mangaassist.contracts import ChatReply, Exchange, SaveTurnInput
from mangaassist.telemetry import (
    record_breaker_transition,
    record_fallbacks,
    record_not_ready,
    record_shortfalls,
    record_turn,
)
from tests.local.alarms.fakes import ACCOUNT, REGION, FakeFleet, FakeFunctions, FakeTopics
from tests.unit.builders import turn, understanding

TOPOLOGIES = ("dedicated", "shared-container")
NOW_MS = 1_000_000
THROTTLED = "Lambda.TooManyRequestsException"
Samples = Iterable[Sample]
Cause = Callable[[Deployment, Alarm], Samples]


@cache
def deployed(topology: str) -> Deployment:
    parameters = deployment_parameters(
        issuer="https://issuer", search_endpoint="https://search", others={"EndpointTopology": topology}
    )
    return Deployment(Path("template.yaml"), parameters)


def requests(count: int, *, status: int = 200, ms: float = 900) -> Cause:
    def cause(deployment: Deployment, _: Alarm) -> Samples:
        (api,) = deployment.apis().values()
        return [s for _ in range(count) for s in of_request(api.name, api.stage, at=0, status=status, ms=ms)]

    return cause


def executions(count: int, status: str) -> Cause:
    def cause(deployment: Deployment, _: Alarm) -> Samples:
        machine = deployment.state_machines()["ChatTurn"]
        return [s for _ in range(count) for s in of_execution(machine.arn, at=0, status=status, ms=900)]

    return cause


def invocations(function: str, count: int, error: str | None) -> Cause:
    def cause(deployment: Deployment, _: Alarm) -> Samples:
        spec = deployment.functions()[function]
        once = of_invocation(spec.name, spec.alias, at=0, error=error, ms=90, running=1)
        return [s for _ in range(count) for s in once]

    return cause


def inferences(count: int) -> Cause:
    def cause(_: Deployment, alarm: Alarm) -> Samples:
        of = dict(alarm.metric.dimensions)
        once = of_inference(of["EndpointName"], "primary", at=0, status=200, ms=9, instances=2)
        return [s for _ in range(count) for s in once]

    return cause


def messages(queue: str, count: int, *, received: int = 0) -> Cause:
    def cause(deployment: Deployment, _: Alarm) -> Samples:
        (found,) = [spec for spec in deployment.resources("AWS::SQS::Queue") if spec.logical_id == queue]
        return of_queue(found.name, at=0, visible=count, not_visible=received)

    return cause


def printed(record: Callable[[], None]) -> Cause:
    """What a function prints, as its environment has it."""

    def cause(deployment: Deployment, _: Alarm) -> Samples:
        environment = deployment.functions()["SaveTurnFunction"].environment
        with pytest.MonkeyPatch.context() as patch:
            for variable in ("POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME"):
                patch.setenv(variable, environment[variable])
            lines: list[str] = []
            patch.setattr("builtins.print", lines.append)
            record()
        return [sample for line in lines for document in documents(line) for sample in samples_of(document)]

    return cause


def fallbacks(name: str, count: int) -> Cause:
    return printed(lambda: record_fallbacks([name] * count, trace_id="t-1"))


def turns(
    count: int = 20,
    *,
    intent: str = "faq_policy",
    route: str = "haiku",
    confidence: float = 0.9,
    degraded: Sequence[str] = (),
    history: Sequence[Exchange] = (),
    cost_usd: float = 0.002,
    left_ms: int = 500,
) -> Cause:
    """As many turns as are told at the end of each, all alike."""
    asked = turn("Do you ship?", history=list(history), deadline_ms=NOW_MS + left_ms)
    shown = {"trace_id": "t-1", "session_id": "s-1", "turn_id": "u-1", "reply": "Yes.", "locale": "en"}
    reply = ChatReply.model_validate({**shown, "intent": intent, "route": route, "degraded": list(degraded)})
    known = understanding(intent, confidence=confidence)
    request = SaveTurnInput(turn=asked, reply=reply, cost_usd=cost_usd, understanding=known)

    def record() -> None:
        for _ in range(count):
            record_turn(request, now_ms=NOW_MS, embedding_model_id="amazon.titan-embed-text-v2:0")

    return printed(record)


def breaker(state: str) -> Cause:
    return printed(lambda: record_breaker_transition("haiku", state, "t-1"))


def nothing(_: Deployment, __: Alarm) -> Samples:
    return []


# What breaches, period by period, and what does not. An idle endpoint has next to no requests, a live one some.
CAUSES: Mapping[str, tuple[Cause, Cause]] = {
    "ApiServerErrorsAlarm": (requests(3, status=502), requests(3)),
    "ApiLatencyAlarm": (requests(3, ms=3_001), requests(3)),
    "TurnsFailedAlarm": (executions(51, "FAILED"), executions(51, "SUCCEEDED")),
    "TurnsTimedOutAlarm": (executions(1, "TIMED_OUT"), nothing),
    "TurnsThrottledAlarm": (invocations("RerankPassagesFunction", 1, THROTTLED), nothing),
    "CheckReplyErrorsAlarm": (invocations("CheckReplyFunction", 6, "ContractError"), nothing),
    "PlanReleasesErrorsAlarm": (invocations("PlanReleasesFunction", 1, "CalendarError"), nothing),
    "GenerateReplyFallbacksAlarm": (fallbacks("generate_reply", 6), fallbacks("classify_intent", 6)),
    "TurnsLateAlarm": (turns(left_ms=-1), turns(left_ms=0)),
    "DegradedTurnsAlarm": (turns(degraded=["rerank_passages"]), turns()),
    "BreakerOpenAlarm": (breaker("open"), breaker("closed")),
    "TurnCostAlarm": (turns(cost_usd=0.011), turns(cost_usd=0.009)),
    "GeneralShareAlarm": (turns(intent="general"), turns()),
    "FollowUpShareAlarm": (turns(history=[Exchange(message="hi", reply="hello")]), turns()),
    "HandoverShareAlarm": (turns(route="handover"), turns()),
    "ConfidenceAlarm": (turns(confidence=0.59), turns(confidence=0.61)),
    "CapacityShortfallAlarm": (printed(lambda: record_shortfalls(1)), printed(lambda: record_shortfalls(0))),
    "CapacityNotReadyAlarm": (
        printed(lambda: record_not_ready("classifier", is_missing=True)),
        printed(lambda: record_not_ready("classifier", is_missing=False)),
    ),
    "CapacityDeadLettersAlarm": (messages("CapacityDeadLetters", 1), messages("CapacityDeadLetters", 0)),
    "UnsettledTurnsAlarm": (messages("UnsettledTurns", 0, received=1), messages("UnsettledTurns", 1)),
    "UnsettledTurnsDeadLettersAlarm": (
        messages("UnsettledTurnsDeadLetters", 1),
        messages("UnsettledTurnsDeadLetters", 0),
    ),
    "AgentDeadLettersAlarm": (messages("AgentDeadLetters", 1), messages("AgentDeadLetters", 0)),
    **{f"{endpoint}BusyAlarm": (inferences(402), inferences(400)) for endpoint in ("Classifier", "Reranker", "Shared")},
    **{f"{endpoint}IdleAlarm": (inferences(98), inferences(100)) for endpoint in ("Classifier", "Reranker", "Shared")},
}
ALARMS = [
    (topology, spec.logical_id)
    for topology in TOPOLOGIES
    for spec in deployed(topology).resources("AWS::CloudWatch::Alarm")
    if topology == TOPOLOGIES[0] or spec.logical_id.startswith("Shared")
]


def scaling(deployment: Deployment) -> tuple[Autoscaler, FakeFleet]:
    targets = deployment.resources("AWS::ApplicationAutoScaling::ScalableTarget")
    policies = map(StepScalingPolicy, deployment.resources("AWS::ApplicationAutoScaling::ScalingPolicy"))
    fleet = FakeFleet({str(target.properties["ResourceId"]): 4 for target in targets}, (2, 8))
    return Autoscaler(targets, policies, fleet), fleet


@pytest.mark.parametrize(("topology", "name"), ALARMS)
def test_given_an_alarm_of_the_template_when_its_cause_lasts_then_it_fires_acts_and_is_quiet_after(
    topology: str, name: str
) -> None:
    deployment = deployed(topology)
    (resource,) = [spec for spec in deployment.resources("AWS::CloudWatch::Alarm") if spec.logical_id == name]
    breaching, calm = CAUSES[name]

    async def scene(clock: VirtualClock) -> None:
        alarm = Alarm(resource, ACCOUNT, REGION)
        (autoscaler, fleet), topics, store = scaling(deployment), FakeTopics(), MetricStore(alarm.seconds)
        actions = Actions(topics, FakeFunctions(), autoscaler)
        watch = AlarmWatch([alarm], store, actions, [], clock=clock, gather=gathered)
        at = clock.now() // 60 * 60

        async def periods(cause: Cause, count: int) -> State:
            nonlocal at
            for _ in range(count):
                store.put(sample._replace(timestamp=at + 30) for sample in cause(deployment, alarm))
                at += alarm.settings.period
                await watch.evaluate(at)
            return watch.situation(name).state

        assert await periods(calm, alarm.evaluation_range) is State.OK
        needed = alarm.datapoints_to_alarm
        assert await periods(breaching, needed - 1) is State.OK
        assert await periods(breaching, 1) is State.ALARM
        fired = watch.history[-1].outcomes
        assert fired.keys() == set(alarm.settings.alarm_actions) != set()
        assert topics.published or set(fleet.capacities.values()) in ({4, 3}, {4, 6}, {3}, {6})
        assert await periods(calm, alarm.evaluation_range) is State.OK

    run_virtually(scene)


async def gathered(_: float) -> None:
    """Nothing has to be fetched."""


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_given_the_template_when_its_alarms_are_loaded_then_each_has_a_cause_here_and_none_is_composite(
    topology: str,
) -> None:
    deployment = deployed(topology)
    refuse_composites(deployment.resources("AWS::CloudWatch::CompositeAlarm"))
    names = {Alarm(spec, ACCOUNT, REGION).logical_id for spec in deployment.resources("AWS::CloudWatch::Alarm")}
    assert names <= CAUSES.keys()


def test_given_the_causes_when_compared_with_both_topologies_then_none_is_of_an_alarm_that_is_gone() -> None:
    assert {name for _, name in ALARMS} == CAUSES.keys()
