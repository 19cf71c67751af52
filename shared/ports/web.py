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

    def normal_form(self, url: str) -> str:
        """Return the normal form by RFC 3986 of a URL that was postable.

        Two URLs with the same one name the same receiver: they differ in the case of the scheme or
        the host, in a default port, in an empty path, in dot segments or in the fragment.
        """

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
