"""Provisioned throughput of the language model on Bedrock, bought by the hour (no commitment) and given back.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_CreateProvisionedModelThroughput.html
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mangaassist.aws.operations import named, operations_client
from mangaassist.policy.capacity import Target, ThroughputError

IN_SERVICE = "InService"
GONE = "Failed"


@dataclass(frozen=True)
class Bought:
    """One purchase."""

    name: str
    arn: str
    units: int
    status: str
    bought_at: datetime


@dataclass(frozen=True)
class Throughput:
    """What is bought of one model, all under names that begin with the target's. Its level is model units."""

    target: Target
    model_id: str

    def level(self) -> int:
        """The units that are paid for; raises ThroughputError."""
        return sum(one.units for one in self.purchases())

    def set(self, level: int) -> None:
        """Buy what is missing, or give back as much as leaves the level. Raises ThroughputError.

        The target's ceiling is the guard of its cost: beyond it nothing is bought, whoever asks.
        """
        held = self.purchases()
        units = sum(one.units for one in held)
        if level > self.target.ceiling:
            raise ThroughputError(f"{level} model units cost more than the ceiling of {self.target.ceiling} may")
        if level > units:
            self._buy(level - units, first=units)
            return
        for one in reversed(held):
            if units - one.units >= level:
                self._give_back(one)
                units -= one.units

    def ready(self, level: int) -> bool:
        """Whether so many units serve; raises ThroughputError."""
        return sum(one.units for one in self.purchases() if one.status == IN_SERVICE) >= level

    def purchases(self) -> list[Bought]:
        """What is held, the oldest first; raises ThroughputError."""
        with named(ThroughputError):
            pages = (
                operations_client("bedrock")
                .get_paginator("list_provisioned_model_throughputs")
                .paginate(nameContains=self.target.name)
            )
            found = [_bought(one) for page in pages for one in page["provisionedModelSummaries"]]
        ours = re.compile(rf"{re.escape(self.target.name)}-\d+-to-\d+")
        held = [one for one in found if ours.fullmatch(one.name) and one.status != GONE]
        return sorted(held, key=lambda one: (one.bought_at, one.name))

    def _buy(self, units: int, first: int) -> None:
        """The name says from which unit on, so that a repetition is refused instead of paid for."""
        name = f"{self.target.name}-{first + 1}-to-{first + units}"
        with named(ThroughputError):
            operations_client("bedrock").create_provisioned_model_throughput(
                provisionedModelName=name, modelId=self.model_id, modelUnits=units
            )

    def _give_back(self, one: Bought) -> None:
        with named(ThroughputError):
            operations_client("bedrock").delete_provisioned_model_throughput(provisionedModelId=one.arn)


def _bought(summary: dict[str, Any]) -> Bought:
    return Bought(
        summary["provisionedModelName"],
        summary["provisionedModelArn"],
        summary["desiredModelUnits"],
        summary["status"],
        summary["creationTime"],
    )
