"""`python -m bench.endpoints FILE.toml`: measure any endpoints, of SageMaker or by URL, and name the cheapest.

The file holds one `[[configuration]]` an endpoint: `name`, `model` (classifier or reranker), `instance`, `instances`,
and either `endpoint` (with `target`, the arguments of InvokeEndpoint that pick a model) or `url` (with `headers`).
"""

import argparse
import asyncio
import json
import sys
import tomllib
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bench.endpoints.prices import price_list
from bench.endpoints.survey import Configuration, Survey
from bench.endpoints.targets import sagemaker_target, url_target
from bench.endpoints.traffic import bodies
from bench.results import Part, Result, Say, UnmeasurableError
from bench.show import console, show

REPORT = Path("reports/endpoints.json")
TITLE = "Endpoints at their knee"


class Described(BaseModel):
    """One configuration of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    model: Literal["classifier", "reranker"]
    instance: str
    instances: int = Field(ge=1)
    endpoint: str | None = None
    target: dict[Literal["TargetModel", "CustomAttributes"], str] = Field(default_factory=dict)
    url: str | None = None
    headers: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.endpoint is None) == (self.url is None):
            raise ValueError("give either an endpoint or a url")
        return self

    def configuration(self) -> Configuration:
        reach = (
            url_target(self.url, self.headers)
            if self.url
            else sagemaker_target(str(self.endpoint), {str(key): value for key, value in self.target.items()})
        )
        return Configuration(self.name, self.model, self.instance, self.instances, reach)


class File(BaseModel):
    """The file of configurations."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    configuration: tuple[Described, ...] = Field(min_length=1)


def main(arguments: list[str] | None = None) -> int:
    """Exit code 1 where something cannot be measured."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.endpoints", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, help="the configurations")
    parser.add_argument("--prices", default="aws", help="a list of bench/endpoints/prices.toml; default: aws")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each load lasts; default: 10")
    parser.add_argument("--classifier-p99", type=float, default=120.0, help="target in ms; default: 120")
    parser.add_argument("--reranker-p99", type=float, default=350.0, help="target in ms; default: 350")
    options = parser.parse_args(arguments)
    out = console()
    targets = {"classifier": options.classifier_p99, "reranker": options.reranker_p99}
    survey = Survey(price_list(options.prices), targets, bodies(), options.seconds)
    try:
        described = File.model_validate(tomllib.loads(options.file.read_text(encoding="utf-8"))).configuration
        with out.status(TITLE) as status:
            result = asyncio.run(_measured(survey, described, status.update))
    except (OSError, tomllib.TOMLDecodeError, ValidationError, UnmeasurableError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    show(out, Part("endpoints", TITLE, lambda _: _ready(result)), result)
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(result.document(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    out.print(f"All figures: {REPORT}")
    return 0


async def _measured(survey: Survey, described: tuple[Described, ...], say: Say) -> Result:
    for one in described:
        await survey.measure(one.configuration(), say)
    return survey.result()


async def _ready(result: Result) -> Result:
    return result


if __name__ == "__main__":
    sys.exit(main())
