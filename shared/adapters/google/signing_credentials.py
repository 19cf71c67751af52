"""Who signs: a private key where there is one, and otherwise IAM."""

from dataclasses import dataclass

from google.auth import iam
from google.auth.credentials import Credentials, Signing
from google.auth.transport import Request

from shared.adapters.google.credential_errors import credential_errors
from shared.adapters.google.timely_credentials import TimelyRequest, found_credentials
from shared.adapters.google.url_signer import SigningCredentials
from shared.domain.errors import UnavailableError

_PERMISSION = "iam.serviceAccounts.signBlob"


@dataclass(frozen=True, kw_only=True)
class IAMCredentials:
    """Asks IAM for each signature, through one connection, and again where it is unavailable."""

    signer_email: str
    credentials: Credentials
    request: Request

    def sign_bytes(self, message: bytes) -> bytes:
        request = TimelyRequest(self.request)
        signer = iam.Signer(request, self.credentials, self.signer_email)  # type: ignore[no-untyped-call]
        signature: bytes = signer.sign(message)
        return signature


def signing_credentials() -> SigningCredentials:
    """Return what the environment gives: a key file, impersonation, or the function's account."""
    credentials = found_credentials("IAM", permission=_PERMISSION)
    if isinstance(credentials, Signing):
        return credentials
    with credential_errors("IAM", permission=_PERMISSION):
        # Where there is a key, nobody waits for this to be imported.
        from google.auth.transport.requests import Request as Session

        return iam_credentials(credentials, Session())


def iam_credentials(credentials: Credentials, request: Request) -> IAMCredentials:
    """Sign in the name of the service account to which `credentials` belong."""
    # Only a refresh learns the account's own name, which is `default` until then.
    credentials.refresh(TimelyRequest(request))  # type: ignore[no-untyped-call]
    email = getattr(credentials, "service_account_email", None)
    if not email:
        raise UnavailableError(
            "Only a service account signs URLs. Run as one, or impersonate one: "
            "gcloud auth application-default login --impersonate-service-account=ACCOUNT"
        )
    return IAMCredentials(signer_email=email, credentials=credentials, request=request)
