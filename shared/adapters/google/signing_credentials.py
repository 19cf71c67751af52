"""Credentials that sign: a private key if there is one, else IAM's signBlob."""

from google.auth import iam
from google.auth.credentials import Credentials, Signing
from google.auth.transport import Request
from msgspec import Struct

from shared.adapters.google.credential_errors import credential_errors
from shared.adapters.google.timely_credentials import TimelyRequest, found_credentials
from shared.adapters.google.url_signer import SigningCredentials
from shared.domain.errors import UnavailableError
from shared.domain.schedule import SIGNING_TRY

_PERMISSION = "iam.serviceAccounts.signBlob"


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
    credentials = found_credentials("IAM", permission=_PERMISSION)
    if isinstance(credentials, Signing):
        return credentials
    with credential_errors("IAM", permission=_PERMISSION):
        return iam_credentials(credentials, shared_request())


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
