"""The generators of load, against targets that count, and the command, against servers on loopback."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from aiohttp import web

from bench.endpoints import __main__ as command
from bench.endpoints.load import Arrival, closed_loop, poisson, replay, rising
from bench.endpoints.prices import price_list
from bench.endpoints.survey import Configuration, Survey
from bench.endpoints.targets import RefusedError, url_target
from bench.endpoints.traffic import bodies
from bench.results import UnmeasurableError
from local.standins.transport import serve

BODIES = [b"a", b"b"]
SHORT_S = 0.05


class Counting:
    """Answers after a turn of the loop; refuses where more than `most` are in flight."""

    def __init__(self, most: int = 100) -> None:
        self.most = most
        self.in_flight = 0
        self.highest = 0
        self.seen: list[bytes] = []

    async def invoke(self, body: bytes) -> None:
        if self.in_flight >= self.most:
            raise RefusedError
        self.in_flight += 1
        self.highest = max(self.highest, self.in_flight)
        self.seen.append(body)
        await asyncio.sleep(0)
        self.in_flight -= 1


async def test_a_closed_loop_keeps_as_many_in_flight_as_it_has_callers() -> None:
    target = Counting()

    step = await closed_loop(target, BODIES, 3, SHORT_S)

    assert target.highest == 3
    assert set(target.seen) == set(BODIES)
    assert step.throughput > 0
    assert step.p50_ms <= step.p99_ms


async def test_rising_load_ends_where_something_is_refused_and_the_refusals_are_counted() -> None:
    steps = await rising(Counting(most=2), BODIES, (1, 2, 4, 8), seconds=SHORT_S, target_ms=60_000)

    assert [one.concurrency for one in steps] == [1, 2, 4]
    assert [one.refused > 0 for one in steps] == [False, False, True]


def test_arrivals_are_the_same_for_the_same_seed_and_asks_follow_their_share() -> None:
    share = {"classifier": 1.0, "reranker": 0.5}

    def trace(seed: int) -> list[Arrival]:
        return poisson(50, 20, share=share, bodies=dict.fromkeys(share, BODIES), seed=seed)

    counts = {kind: sum(arrival.kind == kind for arrival in trace(1)) for kind in share}

    assert trace(1) == trace(1) != trace(2)
    assert 900 < counts["classifier"] < 1100
    assert 0.4 < counts["reranker"] / counts["classifier"] < 0.6


async def test_a_replay_sends_every_arrival_to_the_target_of_its_kind_and_waits_for_none() -> None:
    targets = {"classifier": Counting(), "reranker": Counting(most=0)}
    trace = [Arrival(0.0, "classifier", b"a"), Arrival(0.0, "classifier", b"b"), Arrival(0.0, "reranker", b"c")]

    latencies = await replay(targets, trace)

    assert targets["classifier"].highest == 2
    assert len(latencies["classifier"].answered) == 2
    assert latencies["reranker"].refused == 1


def test_the_bodies_are_requests_that_the_servers_take() -> None:
    from models.serving.contracts import ClassifyRequest, RerankRequest

    found = bodies()

    assert all(ClassifyRequest.model_validate_json(body) for body in found["classifier"])
    assert all(RerankRequest.model_validate_json(body) for body in found["reranker"])


@pytest.fixture
async def endpoint() -> AsyncIterator[str]:
    """The URL of a server that classifies everything as chitchat, and of one that is always busy."""

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.json_response({"predictions": []})

    async def busy(_: web.Request) -> web.Response:
        return web.json_response({}, status=503)

    async def broken(_: web.Request) -> web.Response:
        return web.json_response({"error": "no"}, status=500)

    app = web.Application()
    app.router.add_post("/invocations", answer)
    app.router.add_post("/busy", busy)
    app.router.add_post("/broken", broken)
    running = await serve(app)
    yield running.url
    await running.stop()


async def test_a_busy_server_is_refusing_and_a_broken_one_cannot_be_measured(endpoint: str) -> None:
    async with url_target(f"{endpoint}/busy") as target:
        with pytest.raises(RefusedError):
            await target.invoke(b"{}")
    async with url_target(f"{endpoint}/broken") as target:
        with pytest.raises(UnmeasurableError, match="answered 500"):
            await target.invoke(b"{}")


def survey(targets_ms: float = 60_000) -> Survey:
    return Survey(price_list("aws"), {"classifier": targets_ms}, {"classifier": BODIES}, SHORT_S)


async def test_a_survey_names_the_cheapest_of_the_configurations_that_keep_the_target(endpoint: str) -> None:
    found = survey()
    for instances in (4, 1):
        reach = url_target(f"{endpoint}/invocations")
        await found.measure(
            Configuration(f"{instances} instances", "classifier", "ml.c7g.large", instances, reach), lambda _: None
        )
    result = found.result()

    assert [row[5] for row in result.rows] == pytest.approx([0.348, 0.087])
    assert "1 instances" in result.notes[0]


async def test_a_configuration_that_misses_the_target_says_so_and_is_never_the_cheapest(endpoint: str) -> None:
    found = survey(targets_ms=0.000_001)
    reach = url_target(f"{endpoint}/invocations")
    await found.measure(Configuration("slow", "classifier", "ml.c7g.large", 1, reach), lambda _: None)
    result = found.result()

    assert [row[0] for row in result.rows] == ["slow (misses p99)"]
    assert not any("Cheapest" in note for note in result.notes)


def written(folder: Path, lines: Sequence[str]) -> str:
    path = folder / "endpoints.toml"
    path.write_text("\n".join(["[[configuration]]", *lines]), encoding="utf-8")
    return str(path)


async def test_the_command_measures_what_a_file_describes_and_writes_a_report(
    endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "REPORT", tmp_path / "reports" / "endpoints.json")
    described = [
        'name = "one"',
        'model = "classifier"',
        'instance = "ml.c7g.large"',
        "instances = 2",
        f'url = "{endpoint}/invocations"',
    ]

    code = await asyncio.to_thread(command.main, [written(tmp_path, described), "--seconds", "0.05"])
    report = json.loads((tmp_path / "reports" / "endpoints.json").read_text(encoding="utf-8"))

    assert code == 0
    assert report["rows"][0]["$/h"] == pytest.approx(0.174)
    assert all(len(line) <= 80 for line in capsys.readouterr().out.splitlines())


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (['name = "one"'], "Field required"),
        (
            ['name = "a"', 'model = "classifier"', 'instance = "ml.c7g.large"', "instances = 1"],
            "either an endpoint or a url",
        ),
        (
            ['name = "a"', 'model = "classifier"', 'instance = "ml.none"', "instances = 1", 'url = "http://x"'],
            "no price",
        ),
    ],
)
def test_the_command_says_what_is_wrong_with_a_file(
    lines: list[str], why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main([written(tmp_path, lines)]) == 1
    assert why in capsys.readouterr().err


async def test_an_endpoint_of_sagemaker_is_invoked_by_name_with_its_target(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from bench.endpoints.targets import sagemaker_target

    seen: list[dict[str, str]] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append({"path": request.path, "target": request.headers["X-Amzn-SageMaker-Target-Model"]})
        return web.json_response({})

    app = web.Application()
    app.router.add_post("/endpoints/{name}/invocations", answer)
    running = await serve(app)
    for name, value in {
        "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME": running.url,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)

    async with sagemaker_target("models", {"TargetModel": "a.tar.gz"}) as target:
        await target.invoke(b"{}")
    await running.stop()

    assert seen == [{"path": "/endpoints/models/invocations", "target": "a.tar.gz"}]
