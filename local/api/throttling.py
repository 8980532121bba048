"""Throttling of a stage's methods: a token bucket each.

The burst is the bucket's capacity, the rate how many tokens come back a second.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.api.errors import ApiError
from local.api.fields import only
from local.clock import Clock

_EVERYTHING = ("/*", "*")
# Metrics and execution logs change no answer.
_FIELDS = frozenset(
    {
        "ResourcePath",
        "HttpMethod",
        "ThrottlingRateLimit",
        "ThrottlingBurstLimit",
        "MetricsEnabled",
        "LoggingLevel",
        "DataTraceEnabled",
    }
)


@dataclass(frozen=True)
class Rate:
    """Requests a second, and requests at once."""

    per_second: float
    burst: int


class Throttle:
    """Which request may pass. The settings hold for each method by itself."""

    def __init__(self, settings: Sequence[Mapping[str, Any]], clock: Clock) -> None:
        self._rates = _rates(settings)
        self._clock = clock
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def admits(self, path: str, method: str) -> bool:
        """Whether a request to this resource and method may pass now; it takes its token."""
        rate = self._rates.get((path, method)) or self._rates.get(_EVERYTHING)
        if rate is None:
            return True
        now = self._clock.now()
        bucket = self._buckets.setdefault((path, method), _Bucket(rate, now))
        return bucket.take(now)


class _Bucket:
    def __init__(self, rate: Rate, now: float) -> None:
        self._rate = rate
        self._tokens = float(rate.burst)
        self._at = now

    def take(self, now: float) -> bool:
        self._tokens = min(self._rate.burst, self._tokens + (now - self._at) * self._rate.per_second)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


def _rates(settings: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], Rate]:
    rates = {}
    for given in settings:
        target = (_path(str(given.get("ResourcePath", ""))), str(given.get("HttpMethod", "")))
        where = f"MethodSettings of {' '.join(target)}"
        only(where, given, _FIELDS)
        if (target[0] == _EVERYTHING[0]) != (target[1] == _EVERYTHING[1]):
            raise ApiError(f"{where}: settings are for one method, or for all of them (/* and *)")
        limits = given.keys() & {"ThrottlingRateLimit", "ThrottlingBurstLimit"}
        if len(limits) == 1:
            raise ApiError(f"{where}: a rate limit and a burst limit belong together here")
        if limits:
            rates[target] = Rate(float(given["ThrottlingRateLimit"]), int(given["ThrottlingBurstLimit"]))
    return rates


def _path(text: str) -> str:
    """CloudFormation writes every slash but the first as ~1."""
    return text.replace("~1", "/").replace("//", "/")
