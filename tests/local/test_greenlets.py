"""Plain functions in virtual time: what waits, waits in the loop's time and gives way to the others."""

import queue
from concurrent.futures import TimeoutError as FutureTimeoutError

import pytest

from local.clock.greenlets import LoopHost, NotInGreenletError, in_greenlet, pause
from local.clock.virtual import VirtualClock, run_virtually


def test_given_two_functions_that_wait_when_both_run_then_their_waits_pass_beside_each_other() -> None:
    async def scenario(clock: VirtualClock) -> float:
        host = LoopHost(clock)

        def function() -> None:
            calls = [host.start(lambda: pause(2)), host.start(lambda: pause(3))]
            for call in calls:
                call.result()

        await in_greenlet(function)
        return clock.elapsed()

    assert run_virtually(scenario) == 3


def test_given_a_call_that_is_late_when_its_caller_gives_up_then_it_runs_on_until_the_host_is_idle() -> None:
    async def scenario(clock: VirtualClock) -> tuple[float, float]:
        host = LoopHost(clock)

        def function() -> None:
            with pytest.raises(FutureTimeoutError):
                host.start(lambda: pause(5)).result(timeout=1)

        await in_greenlet(function)
        given_up = clock.elapsed()
        await host.idle()
        return given_up, clock.elapsed()

    assert run_virtually(scenario) == (1, 5)


def test_given_several_calls_when_one_ends_then_the_first_is_told_from_the_others() -> None:
    async def scenario(clock: VirtualClock) -> tuple[set[str], set[str]]:
        host = LoopHost(clock)

        def named(name: str, seconds: float) -> str:
            pause(seconds)
            return name

        def function() -> tuple[set[str], set[str]]:
            calls = [host.start(lambda: named("slow", 2)), host.start(lambda: named("quick", 1))]
            none, first = host.first_of(calls, 0.5), host.first_of(calls, 5)
            return {call.result() for call in none}, {call.result() for call in first}

        return await in_greenlet(function)

    assert run_virtually(scenario) == (set(), {"quick"})


def test_given_a_mailbox_when_nothing_comes_then_it_is_empty_after_its_time() -> None:
    async def scenario(clock: VirtualClock) -> tuple[str, float]:
        host = LoopHost(clock)

        def function() -> str:
            mailbox = host.mailbox()

            def write() -> None:
                pause(1)
                mailbox.put("letter")

            host.start(write)
            letter: str = mailbox.get(timeout=3)
            with pytest.raises(queue.Empty):
                mailbox.get(timeout=3)
            return letter

        return await in_greenlet(function), clock.elapsed()

    assert run_virtually(scenario) == ("letter", 4)


def test_given_a_call_that_fails_when_it_is_waited_for_then_its_caller_gets_the_error() -> None:
    async def scenario(clock: VirtualClock) -> None:
        host = LoopHost(clock)

        def failing() -> None:
            pause(1)
            raise KeyError("no")

        with pytest.raises(KeyError):
            await in_greenlet(lambda: host.start(failing).result())

    run_virtually(scenario)


def test_given_a_call_that_is_cancelled_before_it_began_then_it_never_runs() -> None:
    ran: list[str] = []

    async def scenario(clock: VirtualClock) -> None:
        host = LoopHost(clock)
        await in_greenlet(lambda: host.start(lambda: ran.append("ran")).cancel())
        await host.idle()

    run_virtually(scenario)

    assert ran == []


def test_given_no_greenlet_when_a_function_waits_then_it_is_told_what_to_do() -> None:
    with pytest.raises(NotInGreenletError, match="in_greenlet"):
        pause(1)
