"""A receiver of webhooks, as a file that survives every process."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from shared.adapters.web.guarded_web import GuardedWeb
from shared.ports.web import WebAnswer

URL = "https://receiver.example/hook"


class Receiver(GuardedWeb):
    """Refuses each event once, and notes the ids of those that it has accepted."""

    def __init__(self, folder: Path) -> None:
        super().__init__(resolve=lambda host, port: ["127.0.0.1"])
        self._seen, self._accepted = folder / "seen", folder / "accepted"

    def require_postable(self, url: str) -> None:
        if url != URL:
            super().require_postable(url)

    def post(
        self,
        url: str,
        body: bytes,
        *,
        headers: Mapping[str, str],
        most_bytes: int,
        within: timedelta,
    ) -> WebAnswer:
        event_id = headers["webhook-id"]
        if event_id not in _lines(self._seen):
            _append(self._seen, event_id)
            return WebAnswer(status=503, body=b"")
        _append(self._accepted, event_id)
        return WebAnswer(status=204, body=b"")

    def accepted(self) -> frozenset[str]:
        return _lines(self._accepted)


def _lines(file: Path) -> frozenset[str]:
    return frozenset(file.read_text().splitlines() if file.exists() else ())


def _append(file: Path, line: str) -> None:
    with file.open("a") as opened:
        opened.write(f"{line}\n")
