"""API keys: who may call an installation that is served beyond IAM."""

import re
from functools import cache
from hashlib import sha256
from hmac import compare_digest
from hmac import digest as keyed_digest

_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
# The characters of a bearer token (RFC 6750).
_KEY = r"[A-Za-z0-9._~+/-]{32,512}=*"
_SESSION = b"showreel: a session of the studio"


class ApiKeys:
    """Keys and the names of their holders. It keeps digests, not the keys."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._keys = [(name, sha256(key.encode()).digest()) for name, key in pairs]
        self._sessions = [(name, session_of(key).encode()) for name, key in pairs]

    def holder_of(self, key: str) -> str | None:
        """Return the name of the key, or None. Every key is compared, in constant time."""
        return _holder(self._keys, sha256(key.encode()).digest())

    def holder_of_session(self, session: str) -> str | None:
        """Return the name of the key that `session_of` was called with, or None."""
        return _holder(self._sessions, session.encode())


def session_of(key: str) -> str:
    """Return what a browser may keep instead of the key. The key cannot be computed from it."""
    return keyed_digest(key.encode(), _SESSION, "sha256").hex()


@cache
def api_keys(text: str) -> ApiKeys:
    """Read `name:key` pairs, separated by commas. One name may have several keys.

    Raise ValueError, which names no key.
    """
    pairs: list[tuple[str, str]] = []
    for position, pair in enumerate(text.split(","), start=1):
        name, _, key = pair.strip().partition(":")
        if not re.fullmatch(_NAME, name) or not re.fullmatch(_KEY, key):
            raise ValueError(
                f"pair {position} is not name:key. A name has 1 to 64 letters, digits, '.', '_' or "
                f"'-'; a key has 32 to 512 letters, digits, '.', '_', '~', '+', '/' or '-'."
            )
        pairs.append((name, key))
    if len({key for _, key in pairs}) < len(pairs):
        raise ValueError("two pairs have the same key. Give each holder a key of its own.")
    return ApiKeys(pairs)


def _holder(digests: list[tuple[str, bytes]], digest: bytes) -> str | None:
    holder = None
    for name, each in digests:
        if compare_digest(each, digest):
            holder = name
    return holder
