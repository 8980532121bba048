"""boto3 clients that reach moto and nothing else."""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config


class Clients:
    """One client a service, for one endpoint and region."""

    def __init__(self, url: str, region: str) -> None:
        self._url = url
        self._region = region
        self._session = boto3.Session(
            aws_access_key_id="local",
            aws_secret_access_key="local",  # noqa: S106  # boto3 signs with it, moto does not look
            region_name=region,
        )
        self.of = cache(self._make)

    def _make(self, service: str) -> Any:
        # What is sent comes from the checked template and the checked data.
        config = Config(retries={"total_max_attempts": 1}, inject_host_prefix=False, parameter_validation=False)
        return self._session.client(service, endpoint_url=self._url, config=config)
