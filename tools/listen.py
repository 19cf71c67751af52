"""Receive webhooks on this machine, verify them, and print what arrives: `make listen PORT=…`.

It registers itself at the running system, and deletes its webhook when it is stopped.
"""

import argparse
import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hmac import compare_digest
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer

from shared.domain.webhook_signatures import signed_headers
from shared.settings import InvalidSettingsError
from tools.serve import STOP_SIGNALS, why_unusable
from tools.service import INTERRUPTIONS, Json, RefusedError, Service

HOST = "127.0.0.1"

_TOLERANCE_SECONDS = 300
_JSON = {"Content-Type": "application/json"}


class Receiver(HTTPServer):
    """Prints each request to the webhook with this `secret`."""

    def __init__(self, port: int) -> None:
        super().__init__((HOST, port), _Handler)
        self.secret = ""
        self.seen: set[str] = set()


class _Handler(BaseHTTPRequestHandler):
    server: Receiver
    timeout = 10

    def do_POST(self) -> None:  # The name that it calls.
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        webhook_id = self.headers["webhook-id"]
        if reason := self._why_refused(body):
            print(f"{_now()} refused: {reason}", flush=True)
            self._answer(HTTPStatus.BAD_REQUEST)
            return
        event = json.loads(body)
        again = ", again" if webhook_id in self.server.seen else ""
        self.server.seen.add(webhook_id)
        print(f"{_now()} {event['type']} {webhook_id}: the signature is right{again}")
        print(json.dumps(event["data"], indent=2), flush=True)
        self._answer(HTTPStatus.NO_CONTENT)

    def _why_refused(self, body: bytes) -> str | None:
        webhook_id, timestamp = self.headers["webhook-id"], self.headers["webhook-timestamp"]
        signatures = self.headers["webhook-signature"]
        if not (webhook_id and timestamp and timestamp.isdecimal() and signatures):
            return "a header of Standard Webhooks is missing"
        sent_at = datetime.fromtimestamp(int(timestamp), UTC)
        if abs((datetime.now(UTC) - sent_at).total_seconds()) > _TOLERANCE_SECONDS:
            return f"it was signed at {sent_at:%H:%M:%S} UTC"
        expected = signed_headers(webhook_id, body, [self.server.secret], at=sent_at)
        right = expected["webhook-signature"]
        if not any(compare_digest(right, each) for each in signatures.split()):
            return "the signature is wrong"
        return None

    def _answer(self, status: HTTPStatus) -> None:
        self.send_response(status)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # As it is called.
        """What arrives is printed, not that it arrives."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="make listen", description=__doc__)
    parser.add_argument("--port", type=int, default=9000)
    parser.add_argument("--url", default="http://localhost:8000", help="the running system")
    options = parser.parse_args()
    if reason := why_unusable(options.port):
        print(f"Port {options.port} cannot be used: {reason}.", file=sys.stderr)
        return 1
    for number in STOP_SIGNALS:
        signal.signal(number, signal.default_int_handler)
    try:
        with Receiver(options.port) as receiver:
            _listen(receiver, Service(options.url), options.url)
    except KeyboardInterrupt:
        return 0
    except (InvalidSettingsError, RefusedError, *INTERRUPTIONS) as error:
        print(error, file=sys.stderr)
    return 1


def _listen(receiver: Receiver, service: Service, url: str) -> None:
    own = f"http://localhost:{receiver.server_port}"
    with _registered(service, own) as webhook:
        receiver.secret = webhook["secret"]
        print(f"{own} gets the events of {url}; Ctrl-C stops it.", flush=True)
        receiver.serve_forever()


@contextmanager
def _registered(service: Service, own: str) -> Iterator[Json]:
    """Register the URL for the block, in place of what an earlier run has left."""
    for left in service.read("/v1/webhooks")["data"]:
        if left["url"] == own:
            _delete(service, left)
    webhook = service.read("/v1/webhooks", json.dumps({"url": own}).encode(), _JSON)
    try:
        yield webhook
    finally:
        _delete(service, webhook)


def _delete(service: Service, webhook: Json) -> None:
    service.open(f"/v1/webhooks/{webhook['id']}", method="DELETE").close()


def _now() -> str:
    return f"{datetime.now().astimezone():%H:%M:%S}"


if __name__ == "__main__":
    sys.exit(main())
