"""How a local stack is to be: where the project lies, on which port it answers, how handlers run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from local.identity import AUDIENCE
from local.lambda_runtime import Limits
from local.template.model import Overrides

DEFAULT_PORT = 8080
LanguageModelName = Literal["composer", "qwen"]
# Two cores read fewer than a hundred of a prompt's 900 tokens a second. Longer than a deployment may have.
_QWEN_DEADLINE_MS = "60000"


@dataclass(frozen=True, kw_only=True)
class StackSettings:
    """`port` 0 takes a free one. `containers` are model servers that run already, by endpoint; others are started.

    `parameters` are template parameters that this deployment sets otherwise. `llm` is what answers for Claude.
    `log_folder` None is build/logs; two stacks that run at once want one each.
    """

    root: Path
    port: int = DEFAULT_PORT
    handlers: Literal["processes", "in_process"] = "processes"
    limits: Limits = field(default_factory=Limits)
    containers: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    llm: LanguageModelName = "composer"
    log_folder: Path | None = None

    @property
    def template(self) -> Path:
        return self.root / "template.yaml"

    @property
    def chosen(self) -> Mapping[str, str]:
        """The template parameters that this deployment sets otherwise, those included that the language model wants."""
        return self.parameters if self.llm == "composer" else {"TurnDeadlineMs": _QWEN_DEADLINE_MS, **self.parameters}

    @property
    def stretch(self) -> float:
        """By how much the time limits of functions, workflow and API, which no parameter sets, are longer here."""
        if self.llm == "composer":
            return 1.0
        # Not on the path of the commands that only ask a running stack.
        from mangaassist.policy.deadline import REFERENCE_MS

        return float(self.chosen["TurnDeadlineMs"]) / REFERENCE_MS

    @property
    def logs(self) -> Path:
        return self.log_folder or self.root / "build" / "logs"

    @property
    def models(self) -> Path:
        return self.root / "build" / "models"

    @property
    def cache(self) -> Path:
        return self.root / "build" / "ingest"


def deployment_parameters(*, issuer: str, search_endpoint: str, others: Mapping[str, str]) -> Overrides:
    """The parameters of a deployment to this machine, chosen as for any other."""
    return Overrides(
        parameters={
            "StageName": "local",
            "TokenIssuer": issuer,
            "TokenAudience": AUDIENCE,
            "DebugReplies": "true",
            "SearchEndpoint": search_endpoint,
            "SearchDomainArn": "arn:aws:es:us-east-1:123456789012:domain/local",
            "ModelImageUri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/models:local",
            "ModelBucketName": "mangaassist-local-models",
            "AlarmTopicArn": "arn:aws:sns:us-east-1:123456789012:mangaassist-local-alarms",
            **others,
        }
    )
