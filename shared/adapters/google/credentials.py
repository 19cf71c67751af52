"""The environment's credentials: tokens and signatures with a time limit.

google-auth's default is 120 s for each answer.
"""

import time
from collections.abc import Mapping, MutableMapping
from datetime import timedelta

import google.auth
from google.auth import iam
from google.auth.credentials import Credentials, Signing
from google.auth.exceptions import RefreshError, TransportError
from google.auth.transport import Request, Response
from msgspec import Struct

from shared.adapters.google.credential_errors import credential_errors
from shared.adapters.google.url_signer import SigningCredentials
from shared.domain.errors import UnavailableError
from shared.domain.schedule import LAST_RETRY, SIGNING_TRY, TRY

_SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)

_SIGN = "iam.serviceAccounts.signBlob"

_TOO_MANY_REQUESTS = 429
_PAUSES = (0.2, 0.5, 1.0, 2.0)


class TimelyCredentials(Credentials):
    """The credentials `inner`, refreshed within the limit of a call."""

    def __init__(self, inner: Credentials) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._inner = inner

    def refresh(self, request: Request) -> None:
        self._inner.refresh(TimelyRequest(request))  # type: ignore[no-untyped-call]
        self.token, self.expiry = self._inner.token, self._inner.expiry

    def apply(self, headers: MutableMapping[str, str], token: str | None = None) -> None:
        self._inner.apply(headers, token=token)  # type: ignore[no-untyped-call]


def timely_credentials(service: str, *, permission: str) -> TimelyCredentials:
    return TimelyCredentials(found_credentials(service, permission=permission))


def found_credentials(service: str, *, permission: str) -> Credentials:
    """Return the environment's credentials: a key file, a user's login, a service account."""
    with credential_errors(service, permission=permission):
        credentials, _ = google.auth.default(scopes=_SCOPES)
    return credentials


class IAMCredentials(Struct, frozen=True, kw_only=True):
    """Signs by calls to IAM, from several threads at once. Transient errors are retried."""

    signer_email: str
    credentials: Credentials
    request: Request

    def sign_bytes(self, message: bytes) -> bytes:
        request = TimelyRequest(self.request, one_try=SIGNING_TRY)
        signer = iam.Signer(request, self.credentials, self.signer_email)  # type: ignore[no-untyped-call]
        signature: bytes = signer.sign(message)
        return signature


def signing_credentials() -> SigningCredentials:
    """Return the credentials of a key file, impersonation, or the function's service account."""
    credentials = found_credentials("IAM", permission=_SIGN)
    if isinstance(credentials, Signing):
        return credentials
    with credential_errors("IAM", permission=_SIGN):
        return iam_credentials(credentials, shared_request())


def iam_credentials(credentials: Credentials, request: Request) -> IAMCredentials:
    """Return credentials that sign as the service account of `credentials`."""
    # The account's e-mail address is `default` until the first refresh.
    credentials.refresh(TimelyRequest(request))  # type: ignore[no-untyped-call]
    email = getattr(credentials, "service_account_email", None)
    if not email:
        raise UnavailableError(
            "Only a service account can sign URLs. Run as one, or impersonate one: "
            "gcloud auth application-default login --impersonate-service-account=ACCOUNT"
        )
    return IAMCredentials(signer_email=email, credentials=credentials, request=request)


def shared_request() -> Request:
    """Return a transport that threads can share.

    Its connection pool is thread-safe, and the only other state of a session, cookies, is off.
    """
    # A private key needs neither of these imports.
    from http.cookiejar import DefaultCookiePolicy

    from google.auth.transport.requests import Request as SessionRequest

    request = SessionRequest()
    request.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return request


class TimelyRequest(Request):
    """The requests of one refresh or one signature, together within the limit of a call.

    Retries a request that times out or is answered 429. google-auth itself retries the other
    transient statuses, within the same limit.
    """

    def __init__(self, request: Request, *, one_try: timedelta | None = None) -> None:
        self._request = request
        self._try_seconds = (one_try or TRY).total_seconds()
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
        seconds = min(timeout or self._try_seconds, self._try_seconds)

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
        """Raise RefreshError, which google-auth does not retry."""
        if not self._is_first and not self._has_time_after(0.0):
            raise RefreshError("The time limit has passed.")  # type: ignore[no-untyped-call]
        self._is_first = False

    def _has_time_after(self, seconds: float) -> bool:
        return time.monotonic() + seconds < self._last_begin
