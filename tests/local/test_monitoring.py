"""The template's alarms over moto: queues are looked at, endpoints scale, and boto3 sees all of it."""

import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from local.alarms import State
from local.clock.movable import MovableClock
from local.cloud import Cloud, MotoServer, provision
from local.metrics import metric
from local.metrics.services import of_inference
from local.monitoring import Monitoring
from local.settings import deployment_parameters
from local.template import Deployment

CLASSIFIER = "mangaassist-local-classifier"


class NoFunctions:
    """Nothing is invoked."""

    async def invoke(self, function: str, payload: Any) -> Any:
        raise AssertionError(function)


@pytest.fixture(scope="module")
def deployed() -> Deployment:
    parameters = deployment_parameters(issuer="https://issuer", search_endpoint="https://search", others={})
    return Deployment(Path("template.yaml"), parameters)


@pytest.fixture
async def cloud(deployed: Deployment) -> AsyncIterator[Cloud]:
    with MotoServer() as server:
        yield provision(deployed, server.url)


@pytest.fixture
async def monitoring(deployed: Deployment, cloud: Cloud, tmp_path: Path) -> Monitoring:
    monitoring = Monitoring(deployed, tmp_path, MovableClock())
    await monitoring.open(cloud.clients, NoFunctions())
    return monitoring


def count(cloud: Cloud) -> int:
    (variant,) = cloud.clients.of("sagemaker").describe_endpoint(EndpointName=CLASSIFIER)["ProductionVariants"]
    return int(variant["DesiredInstanceCount"])


def soon() -> float:
    """The end of the running minute."""
    return (time.time() // 60 + 1) * 60


async def test_given_a_dead_letter_when_a_minute_ends_then_its_alarm_goes_off_until_it_is_taken_away(
    monitoring: Monitoring, cloud: Cloud
) -> None:
    sqs, end = cloud.clients.of("sqs"), soon()
    (alarm,) = [alarm for alarm in monitoring.alarms if alarm.logical_id == "AgentDeadLettersAlarm"]
    queue = sqs.get_queue_url(QueueName=dict(alarm.metric.dimensions)["QueueName"])["QueueUrl"]
    states = []
    steps: list[Callable[[], object]] = [
        lambda: None,
        lambda: sqs.send_message(QueueUrl=queue, MessageBody="lost"),
        lambda: sqs.purge_queue(QueueUrl=queue),
    ]
    for step in steps:
        step()
        await monitoring.watch.evaluate(end)
        states.append(monitoring.watch.situation(alarm.logical_id).state)
        end += 60
    assert states == [State.OK, State.ALARM, State.OK]
    described = cloud.clients.of("cloudwatch").describe_alarms(AlarmNames=[alarm.name])["MetricAlarms"]
    assert [found["StateValue"] for found in described] == ["OK"]
    assert [sorted(change.outcomes) for change in monitoring.watch.history if change.alarm is alarm] == [
        [],
        list(alarm.settings.alarm_actions),
        [],
    ]


async def test_given_a_busy_endpoint_when_minutes_pass_then_instances_are_added_and_share_the_requests(
    monitoring: Monitoring, cloud: Cloud
) -> None:
    end, before = soon(), count(cloud)
    counts = []
    for _ in range(3):
        variant, instances = monitoring.serving(CLASSIFIER)
        for _ in range(900):
            monitoring.store.put(of_inference(CLASSIFIER, variant, at=end - 30, status=200, ms=5, instances=instances))
        await monitoring.watch.evaluate(end)
        counts.append(count(cloud))
        end += 60
    # 900 requests are 450 each for two instances: a breach of 250 adds two, and then 225 each are one of 25.
    assert (before, counts) == (2, [4, 4, 6])
    assert monitoring.serving(CLASSIFIER) == ("primary", 6)


async def test_given_a_planned_minimum_when_a_minute_passes_then_the_endpoint_has_as_many_instances(
    monitoring: Monitoring, cloud: Cloud
) -> None:
    cloud.clients.of("application-autoscaling").register_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId=f"endpoint/{CLASSIFIER}/variant/primary",
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        MinCapacity=5,
        MaxCapacity=9,
    )
    await monitoring.watch.evaluate(soon())
    assert count(cloud) == 5


async def test_given_a_clock_that_was_moved_when_logs_are_read_then_their_times_are_moved_with_it(
    deployed: Deployment, tmp_path: Path
) -> None:
    clock = MovableClock()
    monitoring = Monitoring(deployed, tmp_path, clock)
    spec = deployed.functions()["SaveTurnFunction"]
    now = time.time()
    await clock.advance_to(now + 86_400, nothing)
    directive = '{"Namespace": "Shop", "Dimensions": [[]], "Metrics": [{"Name": "clicks"}]}'
    line = f'{{"_aws": {{"Timestamp": {int(now * 1000)}, "CloudWatchMetrics": [{directive}]}}, "clicks": 1}}\n'
    (tmp_path / f"{spec.name}.log").write_text(line)
    await monitoring.read_logs()
    day = now + 86_400
    assert monitoring.store.between(metric("Shop", "clicks"), day - 120, day + 120) is not None


async def nothing() -> None:
    """Nothing has to settle."""
