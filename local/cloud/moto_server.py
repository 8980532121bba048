"""moto on a loopback port."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self
from wsgiref.types import WSGIApplication

from werkzeug.serving import BaseWSGIServer, make_server

LOOPBACK = "127.0.0.1"


class MotoServer:
    """A context manager. `wrap` goes around the lock: what it holds up holds up nobody else."""

    def __init__(self, wrap: Callable[[WSGIApplication], WSGIApplication] | None = None) -> None:
        self._wrap = wrap
        self._server: BaseWSGIServer
        self._thread: threading.Thread
        self._reset: Callable[[], None]

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        # moto takes a second to load, in which processes that were started before this get ready.
        from local.cloud.moto_application import Handler, application, reset

        served = application()
        wrapped = self._wrap(served) if self._wrap else served
        self._server = make_server(LOOPBACK, 0, wrapped, threaded=True, request_handler=Handler)
        self._reset = reset
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="moto", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        # moto keeps its state in the process: the next server is to start empty.
        self._reset()
