"""The deployed template, as text and with its names resolved."""

from pathlib import Path
from typing import Any

import pytest

from local.template import Deployment
from local.template.loader import load_template
from local.template.model import Overrides
from local.template.specs import ResourceSpec

TEMPLATE = Path("template.yaml")
FUNCTION = "AWS::Serverless::Function"
NOT_DEFAULTED = {
    "ModelImageUri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/mangaassist/models:1",
    "ModelBucketName": "models",
}


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    """The template as it is written."""
    return load_template(TEMPLATE)


@pytest.fixture(scope="session")
def deployment() -> Deployment:
    """The template with its defaults."""
    return Deployment(TEMPLATE, Overrides(parameters=NOT_DEFAULTED))


@pytest.fixture(scope="session")
def functions(deployment: Deployment) -> dict[str, ResourceSpec]:
    """Every function by its folder."""
    specs = deployment.resources(FUNCTION)
    return {str(spec.properties["Handler"]).split(".")[0]: spec for spec in specs}


@pytest.fixture(scope="session")
def chat(deployment: Deployment) -> dict[str, Any]:
    """POST /chat of the API's OpenAPI document."""
    operation: dict[str, Any] = deployment.apis()["ChatApi"].document["paths"]["/chat"]["post"]
    return operation
