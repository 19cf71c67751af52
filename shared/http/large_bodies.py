"""Room for large bodies, and for pictures that are fetched: a process holds them in memory."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Condition

from werkzeug.wrappers import Request

from shared.domain.errors import UnavailableError
from shared.domain.inputs import MAX_INPUT_BYTES
from shared.http.request_bodies import MAX_CREATION_BYTES

WAIT_SECONDS = 20.0
# A body needs about twice its bytes until its pictures are stored, and a form its file beside them.
ROOM_BYTES = 3 * MAX_CREATION_BYTES


class _Room:
    """Bytes that may be held at once."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._taken = 0

    @contextmanager
    def holding(self, size: int) -> Iterator[None]:
        """Raise UnavailableError if others leave no room for too long."""
        self._change(size)
        try:
            yield
        finally:
            self._change(-size)

    def _change(self, size: int) -> None:
        with self._changed:
            if not self._changed.wait_for(
                lambda: self._taken + size <= ROOM_BYTES, timeout=WAIT_SECONDS
            ):
                raise UnavailableError("Too many large requests are being read. Try again soon.")
            self._taken += size
            self._changed.notify_all()


_bodies = _Room()
# A request that fetches may hold room for its body: in one room, two could wait for each other.
_fetched = _Room()


def room_for(request: Request) -> AbstractContextManager[None]:
    """Hold room for a large body, from before it is read until its request is answered.

    Raise UnavailableError if others leave no room for too long.
    """
    return _bodies.holding(_size(request))


def room_to_fetch(pictures: int) -> AbstractContextManager[None]:
    """Hold room for pictures of any size, from before they are fetched until they are stored.

    Raise UnavailableError if others leave no room for too long.
    """
    return _fetched.holding(pictures * MAX_INPUT_BYTES)


def _size(request: Request) -> int:
    """Return the largest size that may be read; 0 for a body that is refused unread."""
    length = request.content_length
    if length is None:
        return MAX_CREATION_BYTES if request.environ.get("wsgi.input_terminated") else 0
    return length if length <= MAX_CREATION_BYTES else 0
