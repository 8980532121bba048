"""SageMaker's control plane and its scaling, in moto: names and counts, no model runs there."""

from typing import Any

from local.template.specs import ResourceSpec

# moto refuses every type younger than 2021.
KNOWN_INSTANCE_TYPE = "ml.c5.xlarge"


def create_model(sagemaker: Any, model: ResourceSpec) -> None:
    wanted = ("PrimaryContainer", "Containers", "ExecutionRoleArn")
    request = {key: model.properties[key] for key in wanted if key in model.properties}
    sagemaker.create_model(ModelName=model.name, **request)


def create_endpoint_config(sagemaker: Any, config: ResourceSpec) -> None:
    variants = [_variant(variant) for variant in config.properties["ProductionVariants"]]
    sagemaker.create_endpoint_config(EndpointConfigName=config.name, ProductionVariants=variants)


def create_endpoint(sagemaker: Any, endpoint: ResourceSpec) -> None:
    name = endpoint.properties["EndpointConfigName"]
    sagemaker.create_endpoint(EndpointName=endpoint.name, EndpointConfigName=str(name).rpartition("/")[2])


def register_scalable_target(autoscaling: Any, target: ResourceSpec) -> None:
    wanted = ("ServiceNamespace", "ResourceId", "ScalableDimension")
    request = {key: target.properties[key] for key in wanted}
    capacity = {key: int(target.properties[key]) for key in ("MinCapacity", "MaxCapacity")}
    autoscaling.register_scalable_target(**request, **capacity)


def _variant(variant: dict[str, Any]) -> dict[str, Any]:
    counts = {key: int(variant[key]) for key in ("InitialInstanceCount",) if key in variant}
    weight = float(variant.get("InitialVariantWeight", 1))
    name = str(variant["ModelName"]).rpartition("/")[2]
    wanted = {"VariantName": variant["VariantName"], "ModelName": name, "InstanceType": KNOWN_INSTANCE_TYPE}
    return {**wanted, **counts, "InitialVariantWeight": weight}
