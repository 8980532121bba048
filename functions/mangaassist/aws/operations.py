"""Clients of the functions that no customer waits for: botocore retries by itself, with its own patience."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from mangaassist.policy.capacity import CapacityError

ATTEMPTS = 4
CONNECT_TIMEOUT_S = 2.0
READ_TIMEOUT_S = 10.0


@cache
def operations_client(service: str) -> Any:
    """A client that tries again where that may help, throttling included, and waits longer each time."""
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=READ_TIMEOUT_S,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
    )
    return boto3.client(service, config=config)


@contextmanager
def named(error: type[CapacityError]) -> Iterator[None]:
    """Give what fails inside the name it has in this pipeline."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError) as cause:
        raise error(str(cause)) from cause
