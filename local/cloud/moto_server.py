"""moto on a loopback port, its application behind one lock: its DynamoDB grants conditional writes twice without."""

import threading
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import BaseWSGIServer, make_server

from local.cloud.haste import hasten_moto

LOOPBACK = "127.0.0.1"


class OneAtATime:
    """A WSGI application that serves one request at a time, its body included."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application
        self._lock = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with self._lock:
            return list(self._application(environ, start_response))


class _Handler(MotoRequestHandler):
    """Keeps connections open, sends small answers at once, and logs nothing."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Requests are seen by whoever makes them."""


class MotoServer:
    """A context manager. `wrap` goes around the lock: what it holds up holds up nobody else."""

    def __init__(self, wrap: Callable[[WSGIApplication], WSGIApplication] | None = None) -> None:
        self._wrap = wrap
        self._server: BaseWSGIServer
        self._thread: threading.Thread

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        hasten_moto()
        application: WSGIApplication = OneAtATime(DomainDispatcherApplication(create_backend_app))
        wrapped = self._wrap(application) if self._wrap else application
        self._server = make_server(LOOPBACK, 0, wrapped, threaded=True, request_handler=_Handler)
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
        moto_api_backend.reset()
