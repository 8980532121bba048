"""The functions' logs, read on from where the last reading ended.

Every metric carries its own time, so it does not matter when it is read: once before the alarms are evaluated, and when
somebody looks. The turn that is being answered pays nothing for it.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from local.metrics.emf import MARK, documents, samples_of
from local.metrics.errors import EmfError, EmfParsingError
from local.metrics.samples import Sample, metric

_CHUNK = 1 << 20
_MARK = MARK.encode()


class LogTail:
    """The whole lines that were added to a file since they were last asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._rest = b""

    def lines(self) -> Iterator[bytes]:
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            if self._path.stat().st_size < self._offset:  # it was begun anew
                self._offset, self._rest = 0, b""
            file.seek(self._offset)
            while chunk := file.read(_CHUNK):
                self._offset += len(chunk)
                *lines, self._rest = (self._rest + chunk).split(b"\n")
                yield from lines


class FunctionLogs:
    """The Embedded Metric Format documents in the logs of functions, by log group."""

    def __init__(self, logs: Mapping[str, Path]) -> None:
        self._tails = {group: LogTail(path) for group, path in logs.items()}

    def read(self, now: float) -> list[Sample]:
        """What was added since the last call; a document that is refused is counted as CloudWatch counts it.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Monitoring-CloudWatch-Metrics.html
        """
        return [
            sample
            for group, tail in self._tails.items()
            for line in tail.lines()
            if _MARK in line
            for sample in _extracted(line, group, now)
        ]


def _extracted(line: bytes, group: str, now: float) -> list[Sample]:
    try:
        return [sample for document in documents(line.decode(errors="replace")) for sample in samples_of(document)]
    except EmfError as error:
        name = "EMFParsingErrors" if isinstance(error, EmfParsingError) else "EMFValidationErrors"
        return [Sample(metric("AWS/Logs", name, {"LogGroupName": group}), now, (1.0,), "Count")]
