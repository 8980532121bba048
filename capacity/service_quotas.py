"""The account's quotas, from Service Quotas, and the instance types of endpoints, from SageMaker."""

from collections.abc import Callable, Iterable
from typing import Any

from capacity.errors import QuotasError
from capacity.quotas import Quota

Clients = Callable[[str], Any]


def account_limits(clients: Clients, quotas: Iterable[Quota]) -> dict[str, float]:
    """What the account may use, by the names of the quotas; those it does not know are left out.

    Raises QuotasError.
    """
    wanted = list(quotas)
    found: dict[str, float] = {}
    for service in {quota.service for quota in wanted}:
        listed = list(_listed(clients("service-quotas"), service))
        for quota in (one for one in wanted if one.service == service):
            for item in listed:
                if item["QuotaCode"] == quota.code or (quota.code is None and item["QuotaName"] == quota.name):
                    found[quota.name] = float(item["Value"])
    return found


def instance_types(clients: Clients, levels: dict[str, int]) -> dict[str, int]:
    """Instances by type, from the levels of endpoints by name; raises QuotasError."""
    from botocore.exceptions import BotoCoreError, ClientError

    sagemaker, found = clients("sagemaker"), dict[str, int]()
    try:
        for endpoint, level in levels.items():
            config = sagemaker.describe_endpoint(EndpointName=endpoint)["EndpointConfigName"]
            (variant,) = sagemaker.describe_endpoint_config(EndpointConfigName=config)["ProductionVariants"]
            found[variant["InstanceType"]] = found.get(variant["InstanceType"], 0) + level
    except (BotoCoreError, ClientError) as error:
        raise QuotasError(f"the endpoints cannot be described: {error}") from error
    return found


def _listed(service_quotas: Any, service: str) -> Iterable[dict[str, Any]]:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        for page in service_quotas.get_paginator("list_service_quotas").paginate(ServiceCode=service):
            yield from page["Quotas"]
    except (BotoCoreError, ClientError) as error:
        raise QuotasError(
            f"Service Quotas does not answer for {service}: {error}. --documented does without"
        ) from error
