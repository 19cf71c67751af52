"""V4 signed URLs of Cloud Storage, without Google's client library, which is slow to import."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Protocol
from urllib.parse import quote, urlencode, urlsplit

from shared.adapters.google.credential_errors import credential_errors
from shared.building import built_once
from shared.domain.errors import InvalidRequestError
from shared.domain.schedule import MAX_SIGNED_TTL
from shared.domain.storage_layout import media_type_of
from shared.ports import Clock
from shared.ports.object_store import SignedMethod, SignedURL

_INLINE = "inline"
_ALGORITHM = "GOOG4-RSA-SHA256"
_MOST_KEPT = 4096

_Key = tuple[str, timedelta, SignedMethod, str]


class SigningCredentials(Protocol):
    @property
    def signer_email(self) -> str: ...
    def sign_bytes(self, message: bytes) -> bytes: ...


class V4URLSigner:
    """Signs for GET, with or without a range, or for HEAD: a signature is for one method.

    A URL is reused while at least half of the requested lifetime is left, so that a list that is
    read twice is signed once; `expires_at` is then earlier. `credentials` is called at the first
    signature.
    """

    def __init__(
        self,
        bucket: str,
        *,
        credentials: Callable[[], SigningCredentials],
        now: Clock,
        endpoint: str = "https://storage.googleapis.com",
    ) -> None:
        self._bucket = bucket
        self._make_credentials = credentials
        self._now = now
        self._endpoint = endpoint
        self._kept: dict[_Key, SignedURL] = {}
        self._lock = Lock()

    @built_once
    def _credentials(self) -> SigningCredentials:
        return self._make_credentials()

    def sign(
        self,
        path: str,
        *,
        expires_in: timedelta,
        method: SignedMethod = SignedMethod.GET,
        disposition: str | None = None,
    ) -> SignedURL:
        """Raise InvalidRequestError for a lifetime of more than 12 hours."""
        if expires_in > MAX_SIGNED_TTL:
            raise InvalidRequestError("A signed URL is valid for 12 hours at most.")
        key, now = (path, expires_in, method, disposition or _INLINE), self._now()
        with self._lock:
            kept = self._kept.get(key)
        if kept is not None and kept.expires_at - now >= expires_in / 2:
            return kept
        signed = self._sign(key, now.astimezone(UTC).replace(microsecond=0))
        self._keep(key, signed)
        return signed

    def _keep(self, key: _Key, signed: SignedURL) -> None:
        with self._lock:
            # Dictionaries keep insertion order: the first URL is the oldest.
            self._kept.pop(key, None)
            self._kept[key] = signed
            if len(self._kept) > _MOST_KEPT:
                del self._kept[next(iter(self._kept))]

    def _sign(self, key: _Key, now: datetime) -> SignedURL:
        path, expires_in, method, disposition = key
        with credential_errors("IAM", permission="iam.serviceAccounts.signBlob"):
            email = self._credentials.signer_email
            date, scope = f"{now:%Y%m%dT%H%M%SZ}", f"{now:%Y%m%d}/auto/storage/goog4_request"
            resource = f"/{self._bucket}/{quote(path)}"
            query = _query(path, f"{email}/{scope}", date, expires_in, disposition)
            host = urlsplit(self._endpoint).netloc
            request = _canonical_request(method, resource, query, host=host)
            digest = hashlib.sha256(request.encode()).hexdigest()
            text = f"{_ALGORITHM}\n{date}\n{scope}\n{digest}"
            signature = self._credentials.sign_bytes(text.encode()).hex()
        return SignedURL(
            url=f"{self._endpoint}{resource}?{query}&X-Goog-Signature={signature}",
            expires_at=now + timedelta(seconds=_seconds(expires_in)),
        )


def _query(path: str, credential: str, date: str, expires_in: timedelta, disposition: str) -> str:
    """Override the type and disposition: `<video>` does not play an attachment or another type."""
    parameters = {
        "X-Goog-Algorithm": _ALGORITHM,
        "X-Goog-Credential": credential,
        "X-Goog-Date": date,
        "X-Goog-Expires": str(_seconds(expires_in)),
        "X-Goog-SignedHeaders": "host",
        "response-content-disposition": disposition,
    }
    content_type = media_type_of(path)
    if content_type is not None:
        parameters["response-content-type"] = content_type
    return urlencode(parameters, quote_via=quote, safe="")


def _canonical_request(method: SignedMethod, resource: str, query: str, *, host: str) -> str:
    return "\n".join([method, resource, query, f"host:{host}", "", "host", "UNSIGNED-PAYLOAD"])


def _seconds(expires_in: timedelta) -> int:
    return max(1, int(expires_in.total_seconds()))
