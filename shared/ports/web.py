"""Requests to addresses that callers name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

LONGEST_URL = 2048


class WebAnswer(Struct, frozen=True, kw_only=True):
    """`body` is the beginning of the answer's body, as it was sent."""

    status: int
    body: bytes


class Web(Protocol):
    """Reaches public addresses only, even if a URL or its host name resolves to others.

    Each method raises InvalidUrlError, with a sentence that says no more than the caller may know.
    """

    def get(self, url: str, *, most_bytes: int, within: timedelta) -> bytes:
        """Return the body that an https:// URL answers with."""

    def require_postable(self, url: str) -> None:
        """Check that `post` would now send to this URL."""

    def post(
        self,
        url: str,
        body: bytes,
        *,
        headers: Mapping[str, str],
        most_bytes: int,
        within: timedelta,
    ) -> WebAnswer:
        """Send one request, and return its answer with up to `most_bytes` of its body.

        The URL begins with https://; on a laptop, also with http://localhost, http://127.0.0.1 or
        http://[::1]. A redirect is an answer as any other, and is not followed.
        """
