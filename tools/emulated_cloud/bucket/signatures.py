"""Service accounts, and V4 signatures (GOOG4-RSA-SHA256), verified as Cloud Storage does."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tools.emulated_cloud.bucket.refusals import refuse_xml
from tools.emulated_cloud.http_front import Answer, Request

_ALGORITHM = "GOOG4-RSA-SHA256"
_SCOPE = re.compile(r"(?P<email>[^/]+)/(?P<scope>\d{8}/[a-z0-9-]+/storage/goog4_request)")
_LONGEST_SECONDS = 7 * 24 * 3600


class ServiceAccount:
    """`key` is its RSA key; the bucket is to trust its public part."""

    def __init__(self, name: str) -> None:
        self.email = f"{name}@showreel-emulated.iam.gserviceaccount.com"
        self.key = generate_private_key(public_exponent=65537, key_size=2048)

    @cached_property
    def key_file(self) -> dict[str, str]:
        """What the JSON file holds that GOOGLE_APPLICATION_CREDENTIALS names."""
        private_key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return {
            "type": "service_account",
            "project_id": "showreel-emulated",
            "private_key_id": "0",
            "private_key": private_key.decode(),
            "client_email": self.email,
            "client_id": "0",
            "token_uri": "http://127.0.0.1:9/token",
        }


class InvalidSignatureError(Exception):
    """`answer` is what Cloud Storage answers."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.body.decode())
        self.answer = answer


@dataclass(frozen=True, kw_only=True)
class _Signature:
    email: str
    scope: str
    date: str
    expires_at: datetime
    headers: tuple[str, ...]
    value: bytes


class SignatureVerifier:
    """`trust` makes the public key of a signer's e-mail address known."""

    def __init__(self) -> None:
        self._keys: dict[str, RSAPublicKey] = {}

    def trust(self, email: str, key: RSAPublicKey) -> None:
        self._keys[email] = key

    def verify(self, request: Request) -> None:
        """Raise InvalidSignatureError unless the request is signed, genuine and in time."""
        if "X-Goog-Signature" not in request.params:
            raise _refused(403, "AccessDenied", "Anonymous caller does not have access.")
        signature = _signature(request)
        self._require_genuine(request, signature)
        if datetime.now(UTC) >= signature.expires_at:
            details = f"Request signature expired at: {signature.expires_at.isoformat()}"
            raise _refused(400, "ExpiredToken", "Invalid argument.", details)

    def _require_genuine(self, request: Request, signature: _Signature) -> None:
        signed = "\n".join(
            [
                _ALGORITHM,
                signature.date,
                signature.scope,
                hashlib.sha256(_canonical(request, signature).encode()).hexdigest(),
            ]
        )
        try:
            key = self._keys[signature.email]
            key.verify(signature.value, signed.encode(), PKCS1v15(), SHA256())
        except (KeyError, InvalidSignature):
            raise _refused(
                403, "SignatureDoesNotMatch", "Access denied.", _canonical(request, signature)
            ) from None


def _canonical(request: Request, signature: _Signature) -> str:
    query = sorted(
        each for each in request.query.split("&") if not each.startswith("X-Goog-Signature=")
    )
    headers = [
        f"{name}:{' '.join(request.headers.get(name, '').split())}\n" for name in signature.headers
    ]
    payload = "UNSIGNED-PAYLOAD"
    if "x-goog-content-sha256" in signature.headers:
        payload = request.headers.get("x-goog-content-sha256", "")
    return "\n".join(
        [
            request.method,
            request.path,
            "&".join(query),
            "".join(headers),
            ";".join(signature.headers),
            payload,
        ]
    )


def _signature(request: Request) -> _Signature:
    params = request.params
    credential = _SCOPE.fullmatch(params.get("X-Goog-Credential", ""))
    headers = tuple(params.get("X-Goog-SignedHeaders", "").split(";"))
    date = params.get("X-Goog-Date", "")
    try:
        signed_at = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        life = int(params.get("X-Goog-Expires", ""))
        value = bytes.fromhex(params["X-Goog-Signature"])
    except ValueError as error:
        raise _malformed(str(error)) from None
    if not 1 <= life <= _LONGEST_SECONDS or params.get("X-Goog-Algorithm") != _ALGORITHM:
        raise _malformed("X-Goog-Expires or X-Goog-Algorithm")
    if credential is None or "host" not in headers or list(headers) != sorted(headers):
        raise _malformed("X-Goog-Credential or X-Goog-SignedHeaders")
    if not credential["scope"].startswith(date[:8]):
        raise _malformed("The date of the credential is not that of X-Goog-Date.")
    return _Signature(
        email=credential["email"],
        scope=credential["scope"],
        date=date,
        expires_at=signed_at + timedelta(seconds=life),
        headers=headers,
        value=value,
    )


def _malformed(details: str) -> InvalidSignatureError:
    return _refused(400, "MalformedSecurityHeader", "Your request has a malformed header.", details)


def _refused(status: int, code: str, message: str, details: str = "") -> InvalidSignatureError:
    return InvalidSignatureError(refuse_xml(status, code, message, details))
