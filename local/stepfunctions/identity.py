"""What a state machine and its executions are called."""

import uuid
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Identity:
    """The names that the context object gives."""

    name: str
    account: str = "000000000000"
    region: str = "us-east-1"
    executions: Literal["express", "execution"] = "express"

    @property
    def machine_arn(self) -> str:
        """The ARN of the state machine."""
        return self._arn("stateMachine", self.name)

    @property
    def role_arn(self) -> str:
        """The ARN of the role that executions assume."""
        return f"arn:aws:iam::{self.account}:role/{self.name}"

    def execution_arn(self, execution: str) -> str:
        """The ARN of a new execution: names of Express executions may repeat, their ARNs do not."""
        arn = self._arn(self.executions, f"{self.name}:{execution}")
        return f"{arn}:{uuid.uuid4()}" if self.executions == "express" else arn

    def _arn(self, kind: str, name: str) -> str:
        return f"arn:aws:states:{self.region}:{self.account}:{kind}:{name}"
