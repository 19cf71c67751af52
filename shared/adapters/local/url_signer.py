"""URLs of this service that read one object until they expire, as a bucket's signed URLs do."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

from itsdangerous import Signer

from shared.building import built_once
from shared.domain.errors import ExpiredSignatureError, InvalidSignatureError
from shared.ports import Clock
from shared.ports.object_store import SignedURL

_PREFIX = "/local-bucket/"


class URLSigner:
    """`key` is called at the first signature or verification."""

    def __init__(self, key: Callable[[], str], now: Clock) -> None:
        self._key = key
        self._now = now

    def sign(
        self, path: str, *, expires_in: timedelta, disposition: str | None = None
    ) -> SignedURL:
        expires = str(int((self._now() + expires_in).timestamp()))
        text = _signed_text(path, expires, disposition)
        signature = self._signer.get_signature(text).decode()
        named = {} if disposition is None else {"disposition": disposition}
        query = urlencode({"expires": expires, "signature": signature, **named})
        return SignedURL(
            url=f"{_PREFIX}{quote(path)}?{query}",
            expires_at=datetime.fromtimestamp(int(expires), UTC),
        )

    def verify(
        self, path: str, *, expires: str, signature: str, disposition: str | None = None
    ) -> None:
        """Compare in constant time. Raise InvalidSignatureError or ExpiredSignatureError."""
        text = _signed_text(path, expires, disposition)
        if not self._is_genuine(text, expires, signature):
            raise InvalidSignatureError(
                "The signature does not belong to this URL. Use a signed URL exactly as it came."
            )
        if self._now().timestamp() >= int(expires):
            raise ExpiredSignatureError("This signed URL has expired. Ask for a new one.")

    def _is_genuine(self, text: bytes, expires: str, signature: str) -> bool:
        is_time = expires.isascii() and expires.isdigit()
        return is_time and self._signer.verify_signature(text, signature)

    @built_once
    def _signer(self) -> Signer:
        return Signer(self._key(), salt="showreel.local-bucket", digest_method=hashlib.sha256)


def _signed_text(path: str, expires: str, disposition: str | None) -> bytes:
    # The part before the first slash is digits, alone or with a quoted text behind a question mark,
    # so two URLs never share the signed text.
    quoted = "" if disposition is None else f"?{quote(disposition, safe='', errors='replace')}"
    return f"{expires}{quoted}/{path}".encode(errors="surrogatepass")
