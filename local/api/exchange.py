"""A request on its way through the front: what later steps, templates and the access log know of earlier ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local.api.requests import Call
from local.api.variables import Blanks, Input, Util


@dataclass
class Exchange:
    """`identity` is the authorizer's context, `error` $context.error, `override` $context.responseOverride."""

    call: Call
    stage_variables: Mapping[str, str]
    identity: Mapping[str, str] = field(default_factory=dict)
    error: Mapping[str, str] = field(default_factory=dict)
    integration: dict[str, int] = field(default_factory=dict)
    response: dict[str, int] = field(default_factory=dict)
    override: dict[str, Any] = field(default_factory=lambda: {"header": {}})

    def variables(self) -> dict[str, Any]:
        """$context and $stageVariables."""
        context = {
            **self.call.context(),
            **self.integration,
            **self.response,
            "authorizer": Blanks(self.identity),
            "error": Blanks(self.error),
            "responseOverride": self.override,
        }
        return {"context": Blanks(context), "stageVariables": Blanks(self.stage_variables)}

    def template_variables(self, body: str) -> dict[str, Any]:
        """All that a mapping template knows; $input is about this body."""
        return {**self.variables(), "input": Input(body, self.call.parameters()), "util": Util()}
