"""How a local stack is to be: where the project lies, on which port it answers, how handlers run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from local.identity import AUDIENCE
from local.lambda_runtime import Limits
from local.template.model import Overrides

DEFAULT_PORT = 8080


@dataclass(frozen=True, kw_only=True)
class StackSettings:
    """`port` 0 takes a free one. `containers` are model servers that run already, by endpoint; others are started.

    `parameters` are template parameters that this deployment sets otherwise. `log_folder` None is build/logs; two
    stacks that run at once want one each.
    """

    root: Path
    port: int = DEFAULT_PORT
    handlers: Literal["processes", "in_process"] = "processes"
    limits: Limits = field(default_factory=Limits)
    containers: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    log_folder: Path | None = None

    @property
    def template(self) -> Path:
        return self.root / "template.yaml"

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
