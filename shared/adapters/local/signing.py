"""The signing key of a data folder, and URLs that read one object until they expire.

They are as the signed URLs of a bucket.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from shared.adapters.local.files.storage_errors import storage_errors
from shared.building import built_once
from shared.domain.errors import ExpiredSignatureError, InvalidSignatureError, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from itsdangerous import Signer

    from shared.adapters.local.files.data_folder import DataFolder
    from shared.ports import Clock
    from shared.ports.object_store import SignedURL


_PREFIX = "/local-bucket/"

_KEY_FILE = (".signing-key",)
_KEY_BYTES = 32


class URLSigner:
    """`key` is called at the first signature or verification."""

    def __init__(self, key: Callable[[], str], now: Clock) -> None:
        self._key = key
        self._now = now

    def sign(
        self, path: str, *, expires_in: timedelta, disposition: str | None = None
    ) -> SignedURL:
        # A process that has only the key imports no port of objects.
        from shared.ports.object_store import SignedURL

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
        from itsdangerous import Signer

        return Signer(self._key(), salt="showreel.local-bucket", digest_method=hashlib.sha256)


def _signed_text(path: str, expires: str, disposition: str | None) -> bytes:
    # The part before the first slash is digits, alone or with a quoted text behind a question mark,
    # so two URLs never share the signed text.
    quoted = "" if disposition is None else f"?{quote(disposition, safe='', errors='replace')}"
    return f"{expires}{quoted}/{path}".encode(errors="surrogatepass")


def kept_key(files: DataFolder) -> str:
    """Return the key in the data folder, which is created if it is missing.

    If several processes create one, the first wins, and all use its key.
    """
    with storage_errors():
        try:
            return _read_key(files)
        except FileNotFoundError:
            _make_key(files)
        return _read_key(files)


def _make_key(files: DataFolder) -> None:
    content = BytesIO(os.urandom(_KEY_BYTES).hex().encode())
    with files.written_aside(content, mode=0o600) as aside, suppress(FileExistsError):
        files.create(aside, _KEY_FILE)
    files.sync(())


def _read_key(files: DataFolder) -> str:
    with files.open(_KEY_FILE) as file:
        key = file.read().decode(errors="replace").strip()
    if len(key) < _KEY_BYTES:
        raise StorageError("The data folder's .signing-key is damaged. Remove it to get a new one.")
    return key
