"""Random schedules of faults: single, in pairs, flapping, with latencies drawn; in virtual time."""

import os
from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.standins.fault_catalogue import MODELS, STORES, of_turns
from local.standins.faults import Fault
from tests.faults.judge import mistakes
from tests.faults.scenes import SCENES
from tests.faults.turns import Outcome, Turns, Weather

SCHEDULES = int(os.environ.get("FAULT_SCHEDULES", "1000"))
SHARDS = 4
_CALLS = ("", "TransactWriteItems", "UpdateItem", "BatchGetItem", "Query", "PutItem")

faults = st.builds(
    lambda where, call, **more: Fault(
        target=where[0], mode=where[1], matching=(call,) if where[0] == "dynamodb" else (), **more
    ),
    st.sampled_from(list(of_turns())),
    st.sampled_from(_CALLS),
    delay_ms=st.integers(0, 6_000),
    times=st.sampled_from([None, None, 1, 2]),
    flapping_ms=st.one_of(st.none(), st.integers(20, 1_500)),
    after=st.floats(0, 1),
)
weathers = st.builds(
    Weather,
    faults=st.lists(faults, min_size=1, max_size=2).map(tuple),
    slowness=st.dictionaries(st.sampled_from((*MODELS, *STORES)), st.floats(0.1, 6), max_size=3),
    overhead_s=st.floats(0.001, 0.04),
)


@pytest.mark.parametrize("shard", range(SHARDS))
def test_given_any_schedule_of_faults_when_a_customer_asks_then_the_answer_is_in_time_whole_and_honest(
    shard: int, turns: Turns, calm: Mapping[str, Outcome]
) -> None:
    names = list(SCENES)[shard::SHARDS]

    @settings(
        max_examples=SCHEDULES // SHARDS,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(name=st.sampled_from(names), weather=weathers)
    def prove(name: str, weather: Weather) -> None:
        turns.forget()
        outcome = turns.take(SCENES[name], weather)

        assert mistakes(outcome, calm[name]) == []

    prove()
