"""Room for the large bodies that a process reads at once: their pictures are held in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

from werkzeug.wrappers import Request

from shared.domain.errors import UnavailableError
from shared.http.request_bodies import MAX_BODY_BYTES, MAX_CREATION_BYTES

WAIT_SECONDS = 20.0
# A body needs about twice its bytes until its pictures are stored, and a form its file beside them.
ROOM_BYTES = 3 * MAX_CREATION_BYTES

_changed = Condition()
_taken = 0


@contextmanager
def room_for(request: Request) -> Iterator[None]:
    """Hold room for the body of a request, from before it is read until the request is answered.

    Small bodies need none. Raise UnavailableError if others leave no room for too long.
    """
    size = _size(request)
    if size <= MAX_BODY_BYTES:
        yield
        return
    _change(size)
    try:
        yield
    finally:
        _change(-size)


def _size(request: Request) -> int:
    """Return the largest size that may be read; 0 for a body that is refused unread."""
    length = request.content_length
    if length is None:
        return MAX_CREATION_BYTES if request.environ.get("wsgi.input_terminated") else 0
    return length if length <= MAX_CREATION_BYTES else 0


def _change(size: int) -> None:
    global _taken  # noqa: PLW0603  # One for the process.
    with _changed:
        if not _changed.wait_for(lambda: _taken + size <= ROOM_BYTES, timeout=WAIT_SECONDS):
            raise UnavailableError("Too many large requests are being read. Try again soon.")
        _taken += size
        _changed.notify_all()
