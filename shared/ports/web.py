"""Requests to addresses that callers name."""

from datetime import timedelta
from typing import Protocol


class Web(Protocol):
    """Reaches public addresses only, even if a URL or its host name resolves to others."""

    def get(self, url: str, *, most_bytes: int, within: timedelta) -> bytes:
        """Return the body that an https:// URL answers with.

        Raise InvalidUrlError, with a sentence that says no more than the caller may know.
        """
