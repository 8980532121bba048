"""What is shown of alarms and metrics."""

from io import StringIO

from rich.console import Console

from local.alarms import Actions, AlarmWatch, Autoscaler
from local.alarms.announcing import AlarmEvents
from local.alarms.shown import alarms_json, metrics_json
from local.alarms.table import table
from local.clock.virtual import VirtualClock, run_virtually
from local.events import Origin
from local.events.entries import Published
from local.metrics import MetricStore, Sample, metric
from tests.local.alarms.fakes import ACCOUNT, REGION, FakeFleet, FakeFunctions, FakeTopics, alarm


def test_given_an_alarm_that_went_off_when_shown_then_its_state_reason_and_history_are_there_and_an_event_was() -> None:
    published: list[Published] = []

    async def scene(clock: VirtualClock) -> None:
        store, scaler = MetricStore(), Autoscaler([], [], FakeFleet({}, (1, 1)))
        actions = Actions(FakeTopics(), FakeFunctions(), scaler)
        audience = AlarmEvents(published.append, Origin(ACCOUNT, REGION))
        watch = AlarmWatch([alarm()], store, actions, [audience], clock=clock, gather=gathered)
        store.put([Sample(metric("Shop", "clicks"), clock.now(), (11, 2.5), "Count")])
        await watch.evaluate(clock.now() + 60)
        shown = alarms_json(watch, scaler)
        (one,), (change,) = shown["alarms"], shown["transitions"]
        assert (one["alarm"], one["state"]) == ("ClicksAlarm", "ALARM")
        assert one["condition"] == "Sum clicks > 10, 1 of 1 × 60 s"
        assert (change["from"], change["to"], change["reason"]) == ("INSUFFICIENT_DATA", "ALARM", one["reason"])
        printed = StringIO()
        Console(file=printed, width=120).print(table(shown))
        assert printed.getvalue().splitlines()[1].split()[:2] == ["ClicksAlarm", "ALARM"]
        (clicks,) = metrics_json(store)["metrics"]
        assert (clicks["unit"], clicks["statistics"]["Average"]) == ("Count", 6.75)
        assert metrics_json(store, "AWS/Lambda") == {"metrics": []}

    run_virtually(scene)
    ((bus, event),) = [(one.bus, one.event) for one in published]
    assert (bus, event["source"], event["detail-type"]) == (
        "default",
        "aws.cloudwatch",
        "CloudWatch Alarm State Change",
    )
    assert event["resources"] == [f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:shop-clicks"]
    assert (event["detail"]["previousState"]["value"], event["detail"]["state"]["value"]) == (
        "INSUFFICIENT_DATA",
        "ALARM",
    )


async def gathered(_: float) -> None:
    """Nothing has to be fetched."""
