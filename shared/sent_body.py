"""The body of a request, which must arrive whole before anything is done."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from werkzeug.exceptions import UnsupportedMediaType

from shared.domain.errors import InvalidRequestError

if TYPE_CHECKING:
    from werkzeug.wrappers import Request

_BLOCK_BYTES = 64 * 1024
_NO_BODY = (None, "", "0")


class CutBodyError(InvalidRequestError):
    """The same request may be right when it is sent again."""


class SentBody:
    """Takes the place of a request's input stream, which ends silently where the client ended.

    A part of a body may look whole: a JSON text, or some of the lines of a batch.
    """

    def __init__(self, request: Request) -> None:
        self._stream = request.environ["wsgi.input"]
        self._length = request.content_length
        self._encoding = request.headers.get("Content-Encoding", "").strip().lower()
        self._received = 0
        self._is_over = False
        self._is_answered = False

    def read(self, size: int = -1) -> bytes:
        """Raise CutBodyError, or UnsupportedMediaType for an encoded body."""
        if self._is_over:
            return b""
        try:
            return self._read(size)
        except (CutBodyError, UnsupportedMediaType):
            self._is_over = True
            if self._is_answered:
                return b""
            raise

    def settle(self) -> None:
        """Let the framework, which reads the rest after the answer, find its end."""
        self._is_answered = True

    def _read(self, size: int) -> bytes:
        if self._encoding not in ("", "identity") and not self._is_answered:
            raise UnsupportedMediaType(
                "The body has a Content-Encoding, which is not accepted. Send it as it is."
            )
        try:
            content: bytes = self._stream.read(size)
        except Exception as error:
            # Each server has errors of its own for a connection that broke, and for chunks.
            raise self._cut() from error
        self._received += len(content)
        is_at_end = not content if size > 0 else size < 0
        if is_at_end and self._received < (self._length or 0):
            raise self._cut()
        return content

    def _cut(self) -> CutBodyError:
        if self._length is None:
            return CutBodyError(
                "The chunks of the request body cannot be read: they end early, or are not as HTTP "
                "has them. Nothing was done; send it again."
            )
        return CutBodyError(
            f"The request body ended early: {self._received:,} of {self._length:,} bytes arrived. "
            "Nothing was done; send it again."
        )


def sent_body(request: Request) -> SentBody | None:
    """Have the request read its body through the returned one; None if it has none."""
    environ = request.environ
    if environ.get("CONTENT_LENGTH") in _NO_BODY and "HTTP_TRANSFER_ENCODING" not in environ:
        return None
    body = environ["wsgi.input"] = SentBody(request)
    return body


def read_to_end(request: Request) -> None:
    """Read what an answer does not need, and let the request know it. Raise as `read` does."""
    for _ in iter(partial(request.stream.read, _BLOCK_BYTES), b""):
        pass
