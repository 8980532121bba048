"""Where the milliseconds of an execution went: a bar for every state, on one time axis.

The record is one of `local.stepfunctions`, as GET /turns/{trace_id} gives it in JSON.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Json = Mapping[str, Any]
CONTAINERS = frozenset({"Parallel", "Map"})
SHORTEST_WAIT_MS = 1.0


@dataclass(frozen=True)
class Stretch:
    """A part of a bar: `work`, `failed` work that was tried again, `backoff` between tries.

    Before work there may be a `cold` start of its function, or it was `queued` until a worker had time.
    """

    kind: str
    start_ms: float
    ms: float


@dataclass(frozen=True)
class Bar:
    """A state that was entered. Milliseconds count from the start of the execution.

    `depth` is how many branches it is in, `branch` names the innermost; `state` is its part of the record. It
    is `critical` on the critical path: no other branch made its Parallel or Map wait.
    """

    state: Json
    depth: int
    critical: bool
    start_ms: float
    ms: float
    stretches: Sequence[Stretch]

    @property
    def name(self) -> str:
        return str(self.state["name"])

    @property
    def status(self) -> str:
        return str(self.state["status"])

    @property
    def branch(self) -> str:
        return str(self.state["path"])

    @property
    def is_container(self) -> bool:
        return str(self.state["type"]) in CONTAINERS

    @property
    def is_task(self) -> bool:
        return str(self.state["type"]) == "Task"

    def has(self, kind: str) -> bool:
        """Whether there is a stretch of this kind."""
        return any(one.kind == kind for one in self.stretches)

    @property
    def retries(self) -> int:
        return int(self.state["retries"])


def bars(record: Json) -> list[Bar]:
    """Every state, branch by branch: those of a Parallel or Map follow it, the first branch first."""
    total = duration_ms(record)
    tree = _tree(record["events"])
    critical = {id(node) for node in _critical_path(tree)}
    return [
        _bar(node.state, record["started"], total, depth=depth, critical=id(node) in critical)
        for node, depth in _walk(tree, 0)
    ]


def tasks(record: Json) -> list[Bar]:
    """The calls of functions and services in the order of their starts."""
    return sorted((bar for bar in bars(record) if bar.is_task), key=lambda bar: bar.start_ms)


def duration_ms(record: Json) -> float:
    """How long the execution took; of one that runs, until its latest step."""
    ended = record["ended"]
    if ended is None:
        times = [event["left"] or event["entered"] for event in record["events"]]
        ended = max([record["started"], *times])
    return float(ended - record["started"])


@dataclass
class _Node:
    state: Json
    branches: dict[int, list["_Node"]] = field(default_factory=dict)


def _tree(events: Sequence[Json]) -> list[_Node]:
    """States that are in no branch; each holds those in its own branches. A branch belongs to the latest visit."""
    top: list[_Node] = []
    latest: dict[str, _Node] = {}
    for event in events:
        node = _Node(event)
        around, _, index = event["path"].removesuffix("]").rpartition("[")
        siblings = latest[around].branches.setdefault(int(index), []) if around in latest else top
        siblings.append(node)
        if event["type"] in CONTAINERS:
            latest["/".join(filter(None, (event["path"], event["name"])))] = node
    return top


def _walk(nodes: Sequence[_Node], depth: int) -> Iterator[tuple[_Node, int]]:
    for node in nodes:
        yield node, depth
        for _, branch in sorted(node.branches.items()):
            yield from _walk(branch, depth + 1)


def _critical_path(nodes: Sequence[_Node]) -> Iterator[_Node]:
    """The states that were waited for: of branches, those of the one that ended, or ended all others, last."""
    for node in nodes:
        yield node
        if node.branches:
            yield from _critical_path(max(node.branches.values(), key=_end))


def _end(branch: Sequence[_Node]) -> tuple[bool, float]:
    last = branch[-1].state
    return last["status"] != "aborted", float("inf") if last["left"] is None else last["left"]


def _bar(state: Json, started: float, total_ms: float, *, depth: int, critical: bool) -> Bar:
    start_ms = state["entered"] - started
    end_ms = total_ms if state["left"] is None else state["left"] - started
    return Bar(state, depth, critical, start_ms, end_ms - start_ms, list(_stretches(state, started, end_ms)))


def _stretches(state: Json, started: float, end_ms: float) -> Iterator[Stretch]:
    for attempt in state.get("attempts", ()):
        first = attempt["started"] - started
        last = end_ms if attempt["ended"] is None else attempt["ended"] - started
        waited_ms = min(attempt["notes"].get("waited_ms", 0.0), last - first)
        if waited_ms >= SHORTEST_WAIT_MS:
            yield Stretch("cold" if attempt["notes"].get("start") == "cold" else "queued", first, waited_ms)
            first += waited_ms
        tried_again = attempt["backoff"] is not None
        yield Stretch("failed" if tried_again else "work", first, last - first)
        if tried_again:
            yield Stretch("backoff", last, min(attempt["backoff"] * 1000, end_ms - last))
