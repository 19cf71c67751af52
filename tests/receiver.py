"""A receiver of webhooks on this machine, for tests."""

import json
from time import time
from typing import Any, NamedTuple

from tools.emulated_cloud.http_front import Answer, HTTPFront, Request


class Got(NamedTuple):
    """One request; the names of its headers are in lower case."""

    headers: dict[str, str]
    body: bytes
    at: float


class Receiver(HTTPFront):
    """Keeps what it gets; answers with `statuses`, then with `status`."""

    def __init__(self, answer: str = "thank you") -> None:
        super().__init__(self._take)
        self.url = f"http://localhost:{self.port}/hook"
        self.statuses: list[int] = []
        self.status = 200
        self.got: list[Got] = []
        self._text = answer.encode()

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(each.body) for each in self.got]

    def _take(self, request: Request) -> Answer:
        self.got.append(Got(dict(request.headers), request.body, time()))
        return Answer(
            status=self.statuses.pop(0) if self.statuses else self.status, body=self._text
        )
