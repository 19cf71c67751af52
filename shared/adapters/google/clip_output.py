"""Where Google's models read inputs and write clips: a bucket, or their messages without one."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import BytesIO
from typing import Protocol

from google.genai.types import Video

from shared.domain.errors import (
    GenerationRefusedError,
    GeneratorBusyError,
    ObjectExistsError,
    ObjectNotFoundError,
    StorageError,
    UnavailableError,
)
from shared.domain.schedule import RECHECK_AFTER
from shared.ports.object_store import ObjectStore
from shared.ports.video_generator import INPUT_IS_LOST, INPUT_MISSING

_BEFORE_OPERATION = "#"


@dataclass(frozen=True, kw_only=True)
class SentInput:
    """A picture or a clip of a request: its URI in the bucket, or its bytes."""

    media_type: str
    uri: str | None = None
    content: bytes | None = field(default=None, repr=False)


class ClipOutput(Protocol):
    def storage_uri(self, prefix: str) -> str | None:
        """Return the URI that the model writes to, or None to get the bytes in its answer."""

    def handle(self, operation: str, prefix: str) -> str:
        """Return what the attempt records: it identifies the operation and its output."""

    def keep(self, clip: Video, prefix: str) -> str | None:
        """Return the clip's path in the object store, or None if it is not stored there."""

    def sent(self, path: str, media_type: str) -> SentInput:
        """Return a stored input as a request names it.

        Raise ObjectNotFoundError, StorageError or UnavailableError.
        """


class BucketOutput:
    """The generators read and write in the bucket of the object store."""

    def __init__(self, bucket: str) -> None:
        self._root = f"gs://{bucket}/"

    def storage_uri(self, prefix: str) -> str | None:
        return f"{self._root}{prefix}"

    def handle(self, operation: str, prefix: str) -> str:  # noqa: ARG002  # The clip's URI has the prefix.
        return operation

    def keep(self, clip: Video, prefix: str) -> str | None:  # noqa: ARG002  # The clip's URI has the prefix.
        uri = clip.uri or ""
        return uri.removeprefix(self._root) if uri.startswith(self._root) else None

    def sent(self, path: str, media_type: str) -> SentInput:
        return SentInput(media_type=media_type, uri=f"{self._root}{path}")


class InlineOutput:
    """Inputs and clips are in the messages as bytes; this class stores the clips.

    An operation does not name its attempt, so its handle begins with the attempt's prefix.
    """

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def storage_uri(self, prefix: str) -> str | None:  # noqa: ARG002  # There is no bucket.
        return None

    def handle(self, operation: str, prefix: str) -> str:
        return f"{prefix}{_BEFORE_OPERATION}{operation}"

    def keep(self, clip: Video, prefix: str) -> str | None:
        """Raise UnavailableError if the clip cannot be stored: the next check gets it again."""
        if not clip.video_bytes or not prefix:
            return None
        path = f"{prefix}sample_0.mp4"
        try:
            with suppress(ObjectExistsError):
                self._objects.put(path, BytesIO(clip.video_bytes), content_type="video/mp4")
        except StorageError as error:
            raise UnavailableError(error.message) from error
        return path

    def sent(self, path: str, media_type: str) -> SentInput:
        with self._objects.open(path) as content:
            return SentInput(media_type=media_type, content=content.read())


def parse_handle(handle: str) -> tuple[str, str]:
    """Return the attempt's prefix, empty for output in a bucket, and the operation."""
    prefix, _, operation = handle.rpartition(_BEFORE_OPERATION)
    return prefix, operation


@contextmanager
def inputs_read() -> Iterator[None]:
    """Raise GenerationRefusedError for an input that is lost, GeneratorBusyError otherwise."""
    try:
        yield
    except ObjectNotFoundError as error:
        raise GenerationRefusedError(INPUT_IS_LOST, code=INPUT_MISSING) from error
    except (StorageError, UnavailableError) as error:
        raise GeneratorBusyError(error.message, retry_after=RECHECK_AFTER) from error
