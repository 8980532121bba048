"""What the template says of the API's stage; SAM properties that would make it answer otherwise are refused."""

from collections.abc import Mapping
from pathlib import Path

from local.api.access_log import AccessLog
from local.api.errors import ApiError
from local.api.throttling import Throttle
from local.clock import Clock
from local.template import ApiSpec

# What changes no answer of the API.
_WITHOUT_EFFECT = frozenset(
    {"Name", "Description", "OpenApiVersion", "EndpointConfiguration", "TracingEnabled", "FailOnWarnings", "Tags"}
)
_READ = frozenset({"MethodSettings", "AccessLogSetting", "Variables"})


class Stage:
    """Throttle, variables and access log of one API."""

    def __init__(self, spec: ApiSpec, clock: Clock, logs: Path | None) -> None:
        unknown = spec.properties.keys() - _WITHOUT_EFFECT - _READ
        if unknown:
            raise ApiError(f"{spec.logical_id}: {', '.join(sorted(unknown))} is not implemented here")
        self.name = spec.stage
        self.variables: Mapping[str, str] = spec.properties.get("Variables", {})
        self.throttle = Throttle(spec.properties.get("MethodSettings", []), clock)
        setting = spec.properties.get("AccessLogSetting")
        self.access_log = AccessLog(setting, logs / "access.log") if setting and logs else None
