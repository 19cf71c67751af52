"""An OAuth endpoint that answers every request for a key file with a token."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Self

from tools.emulated_cloud.processes import HOST


class TokenServer:
    """Serves from `with` to its end. `url` is for the `token_uri` of a key file.

    The first requests are not answered before the end, as many as `stalls`, or are refused with
    the statuses `refusals`. `requests` counts all.
    """

    def __init__(self, *, stalls: int = 0, refusals: tuple[int, ...] = ()) -> None:
        self.stalls = stalls
        self.refusals = list(refusals)
        self.requests = 0
        self.over = Event()
        self._http = _Server(self)
        self.url = f"http://{HOST}:{self._http.server_port}/token"

    def __enter__(self) -> Self:
        Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._http.shutdown()
        self._http.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, tokens: TokenServer) -> None:
        super().__init__((HOST, 0), _Handler)
        self.tokens = tokens


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        tokens = self.server.tokens
        tokens.requests += 1
        if tokens.requests <= tokens.stalls:
            tokens.over.wait()
            return
        if tokens.refusals:
            self.send_error(tokens.refusals.pop(0))
            return
        token = {"access_token": "ya29.emulated", "expires_in": 3600, "token_type": "Bearer"}
        body = json.dumps(token).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # Its given name.
        """Log no requests."""
