"""A process that has loaded what every function loads, and forks an execution environment from itself when asked.

A script of its own, for it must hold no thread, no socket and nothing of the stack. On standard input come JSON lines
{"start": n, "handler", "task_root", "environment", "log"} and {"kill": n}; on standard output go {"started": n, "pid"}
and {"ended": n, "code"}.
When the input ends, so does everything here: also when the stack was killed.
"""

import importlib
import json
import os
import runpy
import select
import signal
import sys
import time
from collections.abc import Iterator
from typing import Any

from botocore.session import Session

SHARED = ("boto3", "pydantic.main", "pydantic.types", "pydantic.type_adapter")
_CHUNK = 65_536
_IN, _OUT, _ERRORS = 0, 1, 2


def main() -> None:
    """Serve until the input ends. In a child, go on as AWS's runtime client."""
    _preload()
    start = ForkServer().serve()
    if start is not None:
        _become(start)
        # As `python -m awslambdaric` does it.
        runpy.run_module("awslambdaric", run_name="__main__", alter_sys=True)


def _preload() -> None:
    """Load third-party modules that read no environment variable as they load; the client makes botocore load its own.

    The runtime client and the functions' own code are loaded by each environment itself.
    """
    for module in SHARED:
        importlib.import_module(module)
    Session().create_client(
        "dynamodb",
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",  # noqa: S106  # no request is made
    ).close()


class ForkServer:
    """The children by number, and the loop that starts, ends and reaps them. Nothing here runs in a thread."""

    def __init__(self) -> None:
        self._pids: dict[int, int] = {}
        self._wake, wakes = os.pipe()
        self._inherited = (self._wake, wakes)
        os.set_blocking(wakes, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wakes)

    def serve(self) -> dict[str, Any] | None:
        """None when the input has ended; in a child, what it is to become."""
        rest = b""
        while True:
            readable, _, _ = select.select([_IN, self._wake], [], [])
            if self._wake in readable:
                os.read(self._wake, _CHUNK)
                self._report(self._ended(os.WNOHANG))
            if _IN in readable:
                chunk = os.read(_IN, _CHUNK)
                if not chunk:
                    self._end()
                    return None
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    start = self._obey(json.loads(line))
                    if start is not None:
                        return start

    def _obey(self, request: dict[str, Any]) -> dict[str, Any] | None:
        if "kill" in request:
            pid = self._pids.get(request["kill"])
            if pid is not None:
                os.kill(pid, signal.SIGKILL)
            return None
        pid = os.fork()
        if pid == 0:
            self._leave()
            return request
        self._pids[request["start"]] = pid
        self._say({"started": request["start"], "pid": pid})
        return None

    def _leave(self) -> None:
        """In a child: nothing of the server is left."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for descriptor in self._inherited:
            os.close(descriptor)

    def _ended(self, options: int) -> Iterator[tuple[int, int]]:
        """Number and exit code of the children that have ended; a negative code is a signal."""
        while self._pids:
            pid, status = os.waitpid(-1, options)
            if pid == 0:
                return
            number = next(number for number, child in self._pids.items() if child == pid)
            del self._pids[number]
            yield number, os.waitstatus_to_exitcode(status)

    def _report(self, ended: Iterator[tuple[int, int]]) -> None:
        for number, code in ended:
            self._say({"ended": number, "code": code})

    def _say(self, report: dict[str, int]) -> None:
        os.write(_OUT, json.dumps(report).encode() + b"\n")

    def _end(self) -> None:
        for pid in self._pids.values():
            os.kill(pid, signal.SIGKILL)
        for _ in self._ended(0):
            continue


def _become(start: dict[str, Any]) -> None:
    """Take the place of a process that was started with this environment, in this folder, its output in the log."""
    os.setsid()
    null = os.open(os.devnull, os.O_RDONLY)
    log = os.open(start["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    for opened, standard in ((null, _IN), (log, _OUT), (log, _ERRORS)):
        os.dup2(opened, standard)
    os.close(null)
    os.close(log)
    os.environ.clear()
    os.environ.update(start["environment"])
    time.tzset()
    os.chdir(start["task_root"])
    sys.path.insert(0, start["task_root"])
    sys.argv = ["awslambdaric", start["handler"]]


if __name__ == "__main__":
    main()
