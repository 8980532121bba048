"""The circuits that instances share: a transition is made once, whoever comes first."""

from typing import Any

from mangaassist.aws.circuits import Circuits
from mangaassist.policy.breaker import Circuit, Rules
from tests.contract.conftest import PATIENCE_MS, at_once

RULES = Rules()
NOW_MS = 4_000_000_000_000
CIRCUITS = Circuits("breakers")


def move(seen: Circuit, new: Circuit) -> bool:
    return CIRCUITS.replace("classifier", seen, new, now_ms=NOW_MS, budget_ms=PATIENCE_MS)


def test_given_no_transition_when_read_then_the_circuit_is_closed(dynamodb: Any) -> None:
    assert CIRCUITS.read("classifier") == Circuit()


def test_given_a_transition_when_read_then_it_is_as_it_was_made(dynamodb: Any) -> None:
    opened = Circuit().opened(NOW_MS, RULES)

    assert move(Circuit(), opened)
    assert CIRCUITS.read("classifier") == opened
    assert CIRCUITS.read("reranker") == Circuit()


def test_given_a_circuit_that_has_moved_since_it_was_seen_when_moved_then_it_stays_as_it_is(dynamodb: Any) -> None:
    opened = Circuit().opened(NOW_MS, RULES)
    move(Circuit(), opened)

    assert not move(Circuit(), Circuit().opened(NOW_MS + 1, RULES))
    assert CIRCUITS.read("classifier") == opened


def test_given_many_instances_at_once_when_they_claim_the_probe_then_one_gets_it(dynamodb: Any) -> None:
    opened = Circuit().opened(NOW_MS, RULES)
    move(Circuit(), opened)

    claims = at_once(8, lambda _number: move(opened, opened.probed(NOW_MS, RULES)))

    assert sorted(claims) == [False] * 7 + [True]
