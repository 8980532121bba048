"""The lines that Lambda itself writes into a function's log, in the function's log format.

https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local.lambda_runtime.errors import TIMED_OUT
from local.template import FunctionSpec

VERSION = "$LATEST"


@dataclass(frozen=True)
class Report:
    """How one invocation went: the type of its error, milliseconds, and the most memory, None where unknown."""

    request_id: str
    error: str | None
    duration_ms: float
    init_ms: float | None
    memory_mb: int | None

    @property
    def outcome(self) -> dict[str, str]:
        """Status and error type."""
        if self.error is None:
            return {"status": "success"}
        return {"status": "timeout" if self.error == TIMED_OUT else "error", "errorType": self.error}


class PlatformLog:
    """Beside what the function prints, in the same file."""

    def __init__(self, spec: FunctionSpec, path: Path) -> None:
        self._spec = spec
        self._path = path
        self._write = self._json if spec.log_format == "JSON" else self._text

    def clear(self) -> None:
        """Begin anew."""
        self._path.write_bytes(b"")

    def start(self, request_id: str) -> None:
        self._write("start", f"START RequestId: {request_id} Version: {VERSION}", {"version": VERSION}, request_id)

    def report(self, report: Report) -> None:
        metrics = self._metrics(report)
        words = {
            "Duration": f"{report.duration_ms:.2f} ms",
            "Billed Duration": f"{metrics['billedDurationMs']} ms",
            "Memory Size": f"{self._spec.memory_mb} MB",
            **({} if report.memory_mb is None else {"Max Memory Used": f"{report.memory_mb} MB"}),
            **({} if report.init_ms is None else {"Init Duration": f"{report.init_ms:.2f} ms"}),
            **({} if report.error is None else {"Status": report.outcome["status"], "Error Type": report.error}),
        }
        said = "\t".join(f"{name}: {value}" for name, value in {"REPORT RequestId": report.request_id, **words}.items())
        text = f"END RequestId: {report.request_id}\n{said}"
        self._write("report", text, {**report.outcome, "metrics": metrics}, report.request_id)

    def _metrics(self, report: Report) -> dict[str, Any]:
        # A start that no snapshot serves is billed too.
        billed_init_ms = 0.0 if self._spec.snap_start else report.init_ms or 0.0
        measured = {"maxMemoryUsedMB": report.memory_mb, "initDurationMs": report.init_ms}
        return {
            "durationMs": round(report.duration_ms, 3),
            "billedDurationMs": math.ceil(report.duration_ms + billed_init_ms),
            "memorySizeMB": self._spec.memory_mb,
            **{name: round(value, 3) for name, value in measured.items() if value is not None},
        }

    def _text(self, _: str, text: str, __: Mapping[str, Any], ___: str) -> None:
        self._append(text)

    def _json(self, kind: str, _: str, record: Mapping[str, Any], request_id: str) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        document = {"time": now, "type": f"platform.{kind}", "record": {"requestId": request_id, **record}}
        self._append(json.dumps(document))

    def _append(self, line: str) -> None:
        with self._path.open("ab", buffering=0) as log:
            log.write(line.encode() + b"\n")
