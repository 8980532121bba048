"""boto3 clients, made on first use and kept for the life of the execution environment."""

from functools import cache
from typing import Any

from mangaassist.settings import settings
from mangaassist.tables import clients


@cache
def client(service: str) -> Any:
    """A client that never retries by itself: retries belong to `calls.call_within`, which knows the deadline."""
    import boto3
    from botocore.config import Config

    connect_s, read_s = timeouts_s(service)
    config = Config(
        connect_timeout=connect_s,
        read_timeout=read_s,
        retries={"total_max_attempts": 1},
        max_pool_connections=16,
    )
    return boto3.client(service, config=config)


def timeouts_s(service: str) -> tuple[float, float]:
    """When its client gives up a connection, and silence on one, in seconds."""
    limits = clients().get(service, clients()["others"])
    stretch = settings().stretch
    return limits.connect_ms / 1000 * stretch, limits.read_ms / 1000 * stretch
