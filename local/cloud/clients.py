"""boto3 clients that reach what stands in for AWS, and nothing else."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.session import get_session


class Clients:
    """One client a service, in one region. Services are at `url`, or where `endpoints` says by boto3's variables."""

    def __init__(self, url: str, region: str, endpoints: Mapping[str, str] | None = None) -> None:
        self._url = url
        self._region = region
        self._endpoints = endpoints or {}
        self._session = boto3.Session(
            aws_access_key_id="local",
            aws_secret_access_key="local",  # noqa: S106  # boto3 signs with it, moto does not look
            region_name=region,
        )
        self.of = cache(self._make)

    def reaching(self, endpoints: Mapping[str, str]) -> "Clients":
        """Clients that also know the services with an endpoint of their own, such as AWS_ENDPOINT_URL_SFN."""
        return Clients(self._url, self._region, endpoints)

    def _make(self, service: str) -> Any:
        # What is sent comes from the checked template and the checked data.
        config = Config(retries={"total_max_attempts": 1}, inject_host_prefix=False, parameter_validation=False)
        service_id = get_session().get_service_model(service).service_id
        variable = f"AWS_ENDPOINT_URL_{service_id.replace(' ', '_').upper()}"
        return self._session.client(service, endpoint_url=self._endpoints.get(variable, self._url), config=config)
