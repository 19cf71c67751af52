"""What Google's OAuth endpoint does for a key file: a token for whoever asks."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Self

from tests.cloud.processes import HOST


class TokenServer:
    """Serves from `with` to its end. `url` is for the `token_uri` of a key file."""

    def __init__(self) -> None:
        self._http = ThreadingHTTPServer((HOST, 0), _Handler)
        self.url = f"http://{HOST}:{self._http.server_port}/token"

    def __enter__(self) -> Self:
        Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.shutdown()
        self._http.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        token = {"access_token": "ya29.emulated", "expires_in": 3600, "token_type": "Bearer"}
        body = json.dumps(token).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # Its given name.
        """Say nothing: who gets a token is of no interest."""
