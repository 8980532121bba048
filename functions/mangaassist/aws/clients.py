"""boto3 clients, made on first use and kept for the life of the execution environment."""

from functools import cache
from typing import Any

CONNECT_TIMEOUT_S = 0.5
READ_TIMEOUT_S = 3.0


@cache
def client(service: str, *, read_timeout_s: float = READ_TIMEOUT_S) -> Any:
    """A client that never retries by itself: retries belong to `calls.call_within`, which knows the deadline.

    Its timeouts only bound what a call that was given up on still costs in the background.
    """
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=read_timeout_s,
        retries={"total_max_attempts": 1},
        max_pool_connections=16,
    )
    return boto3.client(service, config=config)
