"""The two kinds of workflow, and in what they differ.

https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html
https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

KindName = Literal["EXPRESS", "STANDARD"]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of workflow allows. `history_events` is None where no limit exists."""

    name: KindName
    seconds: float
    history_events: int | None
    executions: Literal["express", "execution"]
    waits_for_tokens: bool
    distributed_maps: bool


KINDS: Final[Mapping[KindName, Kind]] = {
    "EXPRESS": Kind("EXPRESS", 5 * 60.0, None, "express", waits_for_tokens=False, distributed_maps=False),
    "STANDARD": Kind("STANDARD", 365 * 86_400.0, 25_000, "execution", waits_for_tokens=True, distributed_maps=True),
}
