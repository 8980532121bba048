"""moto's application behind one lock: its DynamoDB grants conditional writes twice without."""

import threading
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app

from local.cloud.haste import hasten_moto


def application() -> WSGIApplication:
    """moto, changed to be fast enough, one request at a time."""
    hasten_moto()
    return OneAtATime(DomainDispatcherApplication(create_backend_app))


def reset() -> None:
    """Forget everything: moto keeps its state in the process."""
    moto_api_backend.reset()


class OneAtATime:
    """A WSGI application that serves one request at a time, its body included."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application
        self._lock = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with self._lock:
            return list(self._application(environ, start_response))


class Handler(MotoRequestHandler):
    """Keeps connections open, sends small answers at once, and logs nothing."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Requests are seen by whoever makes them."""
