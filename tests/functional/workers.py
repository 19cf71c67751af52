"""The functions on a port of this process, for Pub/Sub to push to."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from threading import Lock, Thread
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Workers:
    """Serves each function under its name, and counts what is under way."""

    def __init__(self) -> None:
        self._apps: Mapping[str, Flask] = {}
        self._busy = 0
        self._lock = Lock()

    @property
    def are_idle(self) -> bool:
        with self._lock:
            return self._busy == 0

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        app = self._apps[environ["PATH_INFO"].strip("/")]
        with self._lock:
            self._busy += 1
        try:
            return list(app({**environ, "PATH_INFO": "/"}, start))
        finally:
            with self._lock:
                self._busy -= 1

    @contextmanager
    def serving(self, apps: Mapping[str, Flask]) -> Iterator[Mapping[str, str]]:
        self._apps = apps
        server = make_server("127.0.0.1", 0, self, threaded=True, request_handler=_SilentHandler)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield {name: f"http://127.0.0.1:{server.port}/{name}/" for name in apps}
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


class _SilentHandler(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""
