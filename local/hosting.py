"""What the template's SageMaker endpoints serve: which container stands behind each, and which models are in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.errors import StackError
from local.template import Deployment
from local.template.specs import ResourceSpec

MODELS = ("classifier", "reranker")
# The parameter that holds an archive's key, and the models in that archive.
_ARCHIVES: Mapping[str, tuple[str, ...]] = {
    "ClassifierModelKey": ("classifier",),
    "RerankerModelKey": ("reranker",),
    "SharedModelKey": MODELS,
}


@dataclass(frozen=True)
class Container:
    """One endpoint's container. `archives` are the keys that a multi-model endpoint may load, by key its models.

    `models` are those of a container that loads them at its start, so none for a multi-model endpoint.
    """

    endpoint: str
    models: tuple[str, ...]
    archives: Mapping[str, str]

    @property
    def multi_model(self) -> bool:
        return bool(self.archives)


def containers(deployment: Deployment) -> list[Container]:
    """The container behind every endpoint that this deployment has."""
    configs = {spec.name: spec for spec in deployment.resources("AWS::SageMaker::EndpointConfig")}
    models = {spec.name: spec for spec in deployment.resources("AWS::SageMaker::Model")}
    keys = {str(deployment.ref(parameter)): held for parameter, held in _ARCHIVES.items()}
    return [
        _container(endpoint.name, _served(endpoint, configs, models), keys)
        for endpoint in deployment.resources("AWS::SageMaker::Endpoint")
    ]


def _served(
    endpoint: ResourceSpec, configs: Mapping[str, ResourceSpec], models: Mapping[str, ResourceSpec]
) -> Mapping[str, Any]:
    (variant,) = configs[endpoint.properties["EndpointConfigName"]].properties["ProductionVariants"]
    container: Mapping[str, Any] = models[variant["ModelName"]].properties["PrimaryContainer"]
    return container


def _container(endpoint: str, container: Mapping[str, Any], keys: Mapping[str, tuple[str, ...]]) -> Container:
    key = str(container["ModelDataUrl"]).split("/", 3)[3]
    if container.get("Mode") == "MultiModel":
        return Container(
            endpoint,
            (),
            {name.removeprefix(key): held[0] for name, held in keys.items() if name.startswith(key) and len(held) == 1},
        )
    if key not in keys:
        raise StackError(f"{endpoint}: nothing on this machine stands for the archive {key}")
    return Container(endpoint, keys[key], {})
