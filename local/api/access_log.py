"""The stage's access log: one line a request, in the deployed format.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.api.errors import ApiError
from local.api.fields import only
from local.api.substitution import check, substitute


class AccessLog:
    """Lines in a file, from the start of the stack on. A variable without a value is a hyphen, as at AWS."""

    def __init__(self, setting: Mapping[str, Any], path: Path) -> None:
        only("AccessLogSetting", setting, {"DestinationArn", "Format"})
        self._format = str(setting.get("Format", ""))
        if "$context.requestId" not in self._format and "$context.extendedRequestId" not in self._format:
            raise ApiError("AccessLogSetting: a format needs $context.requestId or $context.extendedRequestId")
        check("AccessLogSetting", self._format)
        self._path = path
        self._path.write_text("", encoding="utf-8")

    def write(self, variables: Mapping[str, Any]) -> None:
        """Add the line of an answered request."""
        with self._path.open("a", encoding="utf-8") as log:
            log.write(substitute(self._format, variables, missing="-") + "\n")
