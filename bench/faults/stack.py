"""The running stack, asked one question after another while its dependencies fail."""

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from bench.faults.ways import FAILED, Answered, way_of
from bench.results import Say, UnmeasurableError
from local.errors import StackError
from local.settings import StackSettings
from local.stack import Stack
from local.standins.faults import Fault

CUSTOMER = "cust-ben"
MESSAGE = "What is Frieren about, and is it sad?"
OK = 200
WARM_UP = 12
# Each cell stands for itself: a breaker that one has opened would answer for the next.
PARAMETERS = {"CircuitBreakers": "off"}


class Asked:
    """Asks the running stack."""

    def __init__(self, stack: Stack, http: aiohttp.ClientSession) -> None:
        self._stack, self._http = stack, http
        self._calm: Mapping[str, Any] = {}

    @property
    def language_models(self) -> tuple[str, str]:
        """The ids of the better model and of the cheaper one."""
        variables = self._stack.names.variables
        return variables["SONNET_MODEL_ID"], variables["HAIKU_MODEL_ID"]

    async def bedrock_url(self) -> str:
        async with self._http.get("/") as response:
            return str((await response.json())["endpoints"]["AWS_ENDPOINT_URL_BEDROCK_RUNTIME"])

    def switch_on(self, faults: Sequence[Fault]) -> None:
        for fault in faults:
            self._stack.faults.switch_on(fault)

    def switch_off(self) -> None:
        self._stack.faults.switch_off()

    async def calm_down(self) -> None:
        """Warm up, and keep the answer that lacks least for later ones to be held against; raises UnmeasurableError."""
        posted = [await self._post() for _ in range(WARM_UP)]
        answers = [answer for _, status, answer in posted if status == OK]
        if not answers:
            raise UnmeasurableError(f"the stack answers {posted[-1][1]} with nothing failing")
        self._calm = min(reversed(answers), key=lambda answer: len(answer["degraded"]))

    @property
    def notes(self) -> list[str]:
        """What a busy machine made every answer lack."""
        lacking = ", ".join(self._calm["degraded"])
        return [f"The machine was busy: even with nothing failing, every answer lacked {lacking}."] if lacking else []

    async def meeting(self, *faults: Fault) -> Answered:
        """An answer while these faults are there."""
        self.switch_on(faults)
        try:
            ms, status, answer = await self._post()
        finally:
            self.switch_off()
        if status != OK:
            return Answered(ms, FAILED)
        return Answered(ms, way_of(answer, self._calm), tuple(answer["degraded"]))

    async def _post(self) -> tuple[float, int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self._stack.identity.token(CUSTOMER)}"}
        started = time.perf_counter()
        async with self._http.post("/chat", json={"message": MESSAGE}, headers=headers) as response:
            answer = await response.json()
            return (time.perf_counter() - started) * 1000, response.status, answer


@asynccontextmanager
async def asked(say: Say) -> AsyncIterator[Asked]:
    """A stack of its own, warm; raises UnmeasurableError."""
    say("starting the stack")
    settings = StackSettings(root=Path.cwd(), port=0, parameters=PARAMETERS, log_folder=Path("build/bench/faults"))
    try:
        async with Stack(settings) as stack, aiohttp.ClientSession(stack.url) as http:
            running = Asked(stack, http)
            await running.calm_down()
            yield running
    except StackError as error:
        raise UnmeasurableError(str(error)) from error
