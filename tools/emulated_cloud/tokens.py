"""An OAuth endpoint that answers every request for a key file with a token."""

from threading import Event
from typing import Self

from tools.emulated_cloud.http_front import (
    Answer,
    BrokenConnectionError,
    HTTPFront,
    Request,
    answer_json,
)

_TOKEN = {"access_token": "ya29.emulated", "expires_in": 3600, "token_type": "Bearer"}


class TokenServer:
    """Serves from `with` to its end. `url` is for the `token_uri` of a key file.

    The first requests are not answered before the end, as many as `stalls`, or are refused with
    the statuses `refusals`. `requests` counts all.
    """

    def __init__(self, *, stalls: int = 0, refusals: tuple[int, ...] = ()) -> None:
        self.refusals = list(refusals)
        self.requests = 0
        self._stalls = stalls
        self._over = Event()
        self._http = HTTPFront(self._answer)
        self.url = f"{self._http.url}/token"

    def __enter__(self) -> Self:
        self._http.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._http.stop()

    def _answer(self, _: Request) -> Answer:
        self.requests += 1
        if self.requests <= self._stalls:
            self._over.wait()
            raise BrokenConnectionError
        return Answer(status=self.refusals.pop(0)) if self.refusals else answer_json(_TOKEN)
