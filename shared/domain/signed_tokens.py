"""Tokens for pages of other sites: a JSON array and its signature, in the characters of a URL.

A page that has one may count the plays of a video, or show it, and can change nothing in it.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64Error
from functools import lru_cache
from hmac import compare_digest
from hmac import digest as keyed_digest
from typing import TYPE_CHECKING, Any, Literal, cast

from shared.domain.errors import InvalidSignatureError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

PLAY = b"showreel: a play\n"
EMBED = b"showreel: an embed\n"
"""The labels keep one use of the key apart from the other."""

LIFETIME_SECONDS = 24 * 60 * 60
ROUNDING_SECONDS = 60 * 60
"""A video's token is the same for an hour, so that equal answers stay equal."""

EmbedTarget = (
    tuple[Literal["slot"], str, int]
    | tuple[Literal["video"], str]
    | tuple[Literal["experiment"], str]
)
"""What an embed shows: the current version of a slot, one video, or an arm of an experiment."""

_KEY = b"showreel: the key of plays"
LONGEST_TOKEN = 1024
_SIGNATURE_BYTES = 16
_CACHED = 4096


def derived_key(secret: bytes) -> bytes:
    """Return the key of these tokens where one secret of the installation serves several uses."""
    return keyed_digest(secret, _KEY, "sha256")


def hour_of(moment: datetime) -> int:
    return int(moment.timestamp()) // ROUNDING_SECONDS


@lru_cache(_CACHED)
def token_of_video(video_id: str, duration_ms: int, hour: int, key: bytes) -> str:
    """Return the play token of any number of page loads; `hour` is that of its issue."""
    issued_at = hour * ROUNDING_SECONDS
    expires_at = issued_at + LIFETIME_SECONDS
    return signed((video_id, duration_ms, None, None, None, issued_at, expires_at), key, PLAY)


@lru_cache(_CACHED)
def sign_embed(target: EmbedTarget, key: bytes) -> str:
    """Return the token of an embed. It does not expire: a page is written once."""
    return signed(target, key, EMBED)


def read_embed(text: str, key: bytes) -> EmbedTarget:
    """Raise NotFoundError: an embed is found by its token."""
    try:
        target: EmbedTarget = cast("EmbedTarget", tuple(read_signed(text, key, EMBED)))
    except InvalidSignatureError as error:
        raise NotFoundError("There is no embed with this token.") from error
    return target


def signed(values: Sequence[Any], key: bytes, label: bytes) -> str:
    content = urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).rstrip(b"=")
    return f"{content.decode()}.{_signature(content, key, label)}"


def read_signed(text: str, key: bytes, label: bytes) -> list[Any]:
    """Return the values of a token. Raise InvalidSignatureError unless the key has signed it."""
    content, _, signature = text.partition(".")
    is_token = bool(key) and len(text) <= LONGEST_TOKEN and text.isascii()
    if not is_token or not compare_digest(signature, _signature(content.encode(), key, label)):
        raise InvalidSignatureError("This token was not issued by this service.")
    try:
        values: list[Any] = json.loads(urlsafe_b64decode(f"{content}=="))
    except (NotBase64Error, ValueError) as error:
        raise InvalidSignatureError("This token cannot be read.") from error
    return values


def _signature(content: bytes, key: bytes, label: bytes) -> str:
    digest = keyed_digest(key, label + content, "sha256")[:_SIGNATURE_BYTES]
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
