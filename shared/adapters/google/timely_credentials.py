"""Tokens and signatures that end in time: google-auth waits 120 s for each answer by default."""

import time
from collections.abc import Mapping, MutableMapping

import google.auth
from google.auth.credentials import Credentials
from google.auth.exceptions import RefreshError, TransportError
from google.auth.transport import Request, Response

from shared.adapters.google.credential_errors import credential_errors
from shared.domain.schedule import LAST_RETRY, TRY

_SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)
_TOO_MANY_REQUESTS = 429
_PAUSES = (0.2, 0.5, 1.0, 2.0)


class TimelyRequest(Request):
    """The requests of one refresh or one signature, together within the limit of a call.

    Repeats what stalls or is told to slow down. The other statuses that pass by themselves are
    repeated by google-auth, within the same limit.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self._last_begin = time.monotonic() + LAST_RETRY.total_seconds()
        self._is_first = True

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **options: object,
    ) -> Response:
        seconds = min(timeout or TRY.total_seconds(), TRY.total_seconds())

        def ask() -> Response:
            response: Response = self._request(
                url, method, body, headers, timeout=seconds, **options
            )
            return response

        for pause in _PAUSES:
            self._require_time()
            try:
                response = ask()
            except TransportError:
                if not self._has_time_after(pause):
                    raise
            else:
                if response.status != _TOO_MANY_REQUESTS or not self._has_time_after(pause):
                    return response
            time.sleep(pause)
        return ask()

    def _require_time(self) -> None:
        """Raise what google-auth does not repeat."""
        if not self._is_first and not self._has_time_after(0.0):
            raise RefreshError("The time limit is over.")  # type: ignore[no-untyped-call]
        self._is_first = False

    def _has_time_after(self, seconds: float) -> bool:
        return time.monotonic() + seconds < self._last_begin


class TimelyCredentials(Credentials):
    """Those of `inner`, refreshed within the limit of a call."""

    def __init__(self, inner: Credentials) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._inner = inner

    def refresh(self, request: Request) -> None:
        self._inner.refresh(TimelyRequest(request))  # type: ignore[no-untyped-call]
        self.token, self.expiry = self._inner.token, self._inner.expiry

    def apply(self, headers: MutableMapping[str, str], token: str | None = None) -> None:
        self._inner.apply(headers, token=token)  # type: ignore[no-untyped-call]


def found_credentials(service: str, *, permission: str) -> Credentials:
    """Return what the environment gives: a key file, a person's login, the function's account."""
    with credential_errors(service, permission=permission):
        credentials, _ = google.auth.default(scopes=_SCOPES)
    return credentials


def timely_credentials(service: str, *, permission: str) -> TimelyCredentials:
    return TimelyCredentials(found_credentials(service, permission=permission))
