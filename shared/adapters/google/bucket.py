"""Single requests to one bucket of Cloud Storage."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from http import HTTPStatus
from json import JSONDecodeError
from typing import Any, BinaryIO, NoReturn

from google.api_core.exceptions import Forbidden, GoogleAPICallError
from google.auth.credentials import Credentials
from google.cloud.storage import Blob, Client  # type: ignore[import-untyped]
from google.cloud.storage.retry import DEFAULT_RETRY  # type: ignore[import-untyped]

from shared.adapters.google.bucket_errors import SERVICE, bucket_errors
from shared.adapters.google.google_errors import google_errors
from shared.adapters.google.stored_object import Properties, StoredObject
from shared.domain.errors import ConflictError, UnavailableError
from shared.domain.schedule import LAST_RETRY, MIRROR_LAST_RETRY, MIRROR_TRY, TRY
from shared.ports.object_store import PutMode

_CHUNK_BYTES = 4 * 1024 * 1024

# 403: copying needs other permissions than storage.objects.move, which a role may lack.
_NOT_ABLE_TO_MOVE = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.NOT_IMPLEMENTED,
    }
)

logger = logging.getLogger(__name__)


class ObjectsClient(Client):  # type: ignore[misc]  # The SDK has no types.
    """A client without the SDK's background lookup of the bucket.

    The lookup is for traces, which nothing here collects, and needs storage.buckets.get, which
    nothing else needs. The SDK remembers this refusal.
    """

    def get_bucket(self, bucket_or_name: object, *_: object, **__: object) -> NoReturn:
        raise Forbidden(f"{bucket_or_name}: only objects are asked for.")  # type: ignore[no-untyped-call]


def _limits(*, one_try: timedelta, last_retry: timedelta) -> dict[str, Any]:
    retry = DEFAULT_RETRY.with_delay(initial=0.2, maximum=5.0)
    return {
        "retry": retry.with_timeout(last_retry.total_seconds()),
        "timeout": one_try.total_seconds(),
    }


_CALL = _limits(one_try=TRY, last_retry=LAST_RETRY)
_BRIEF = _limits(one_try=MIRROR_TRY, last_retry=MIRROR_LAST_RETRY)


def open_bucket(name: str, credentials: Credentials | None = None) -> "GCSBucket":
    """Without `credentials`, use those of the environment; with STORAGE_EMULATOR_HOST, none."""
    with google_errors(SERVICE, permission="storage.objects.get"):
        return GCSBucket(name, ObjectsClient(project=None, credentials=credentials))


class GCSBucket:
    """Retries interrupted requests for some seconds, so each may be carried out twice.

    Every method raises ObjectNotFoundError for a missing object, and ConflictError for one with
    another generation than expected. The generation 0 stands for no object.
    """

    def __init__(self, name: str, client: Client, limits: Mapping[str, Any] = _CALL) -> None:
        self._name = name
        self._client = client
        self._bucket = client.bucket(name)
        self._limits = limits

    def with_brief_calls(self) -> "GCSBucket":
        """Return the same bucket with short retries, for calls that are repeated later."""
        return GCSBucket(self._name, self._client, _BRIEF)

    def look(self, path: str) -> StoredObject:
        blob = self._bucket.blob(path)
        with bucket_errors(self._name, permission="storage.objects.get", path=path):
            blob.reload(**self._limits)
        return StoredObject.of(blob)

    def list(self, prefix: str) -> Iterator[StoredObject]:
        with bucket_errors(self._name, permission="storage.objects.list"):
            yield from map(StoredObject.of, self._bucket.list_blobs(prefix=prefix, **self._limits))

    def read(self, stored: StoredObject, start: int, stop: int) -> bytes:
        """Return the bytes from `start` to before `stop` of exactly this generation."""
        blob = self._bucket.blob(stored.path, generation=stored.generation)
        with bucket_errors(self._name, permission="storage.objects.get", path=stored.path):
            # The service has a checksum of the whole object only; the reader verifies it.
            block: bytes = blob.download_as_bytes(
                start=start, end=stop - 1, checksum=None, **self._limits
            )
        if len(block) != stop - start:
            raise UnavailableError(f"{SERVICE} cut off the object {stored.path!r}. Try again.")
        return block

    def upload(
        self,
        path: str,
        content: BinaryIO,
        properties: Properties,
        *,
        metadata: Mapping[str, str],
        if_generation: int | None,
    ) -> None:
        """Send `content` up to its end, with its checksum.

        Also raise ConflictError if the object may be stored and the answer was cut off.
        """
        blob = self._blob(path, properties)
        blob.metadata = dict(metadata)
        how = {
            "content_type": properties.content_type,
            "if_generation_match": if_generation,
            **self._limits,
        }
        first = _next_chunk(content)
        if len(first) < _CHUNK_BYTES:
            with self._storing(path):
                blob.upload_from_string(first, **how)
        else:
            writer = blob.open("wb", chunk_size=_CHUNK_BYTES, **how)
            self._upload_in_chunks(path, writer, first, content)

    def change(
        self, stored: StoredObject, properties: Properties, metadata: Mapping[str, str]
    ) -> None:
        """Replace the properties, and add to the metadata."""
        blob = self._blob(stored.path, properties)
        blob.metadata = {**stored.metadata, **metadata}
        with bucket_errors(self._name, permission="storage.objects.update", path=stored.path):
            blob.patch(if_generation_match=stored.generation, **self._limits)

    def move(self, stored: StoredObject, target: str) -> None:
        """Move to a free name: in one step if permitted, else by a copy and a removal."""
        with bucket_errors(self._name, permission="storage.objects.move", path=stored.path):
            try:
                self._bucket.move_blob(
                    self._bucket.blob(stored.path),
                    target,
                    if_generation_match=0,
                    if_source_generation_match=stored.generation,
                    **self._limits,
                )
            except GoogleAPICallError as error:
                if error.code not in _NOT_ABLE_TO_MOVE:
                    raise
                if error.code == HTTPStatus.FORBIDDEN:
                    logger.warning("bucket.move_denied: storage.objects.move is missing")
                self._rewrite(stored, target)
                self.delete(stored.path, if_generation=stored.generation)

    def copy(self, stored: StoredObject, target: str, mode: PutMode) -> None:
        """Copy with the properties and the metadata. CREATE copies to a free name only."""
        with bucket_errors(self._name, permission="storage.objects.create", path=stored.path):
            self._rewrite(stored, target, mode)

    def delete(self, path: str, *, if_generation: int | None = None) -> None:
        with bucket_errors(self._name, permission="storage.objects.delete", path=path):
            self._bucket.delete_blob(path, if_generation_match=if_generation, **self._limits)

    @contextmanager
    def _storing(self, path: str) -> Iterator[None]:
        with bucket_errors(self._name, permission="storage.objects.create"):
            try:
                yield
            except JSONDecodeError:
                raise ConflictError(f"The answer about {path!r} was cut off.") from None

    def _upload_in_chunks(
        self,
        path: str,
        writer: Any,  # noqa: ANN401  # The SDK has no types.
        first: bytes,
        content: BinaryIO,
    ) -> None:
        try:
            chunk = first
            while chunk:
                with self._storing(path):
                    writer.write(chunk)
                chunk = _next_chunk(content)
            with self._storing(path):
                writer.close()
        except BaseException:
            # The service discards an unfinished upload; the first error is the one that matters.
            with suppress(Exception):
                writer.terminate()
            raise

    def _rewrite(self, stored: StoredObject, target: str, mode: PutMode = PutMode.CREATE) -> None:
        source, copy = self._bucket.blob(stored.path), self._bucket.blob(target)
        token, has_more = None, True
        while has_more:
            token, _, _ = copy.rewrite(
                source,
                token=token,
                if_generation_match=0 if mode is PutMode.CREATE else None,
                if_source_generation_match=stored.generation,
                **self._limits,
            )
            has_more = token is not None

    def _blob(self, path: str, properties: Properties) -> Blob:
        blob = self._bucket.blob(path)
        blob.content_type = properties.content_type
        blob.cache_control = properties.cache_control
        blob.content_disposition = properties.content_disposition
        return blob


def _next_chunk(content: BinaryIO) -> bytes:
    """Read a whole chunk, or the rest, of a stream whose reads may be short."""
    chunk = content.read(_CHUNK_BYTES)
    while len(chunk) < _CHUNK_BYTES and (more := content.read(_CHUNK_BYTES - len(chunk))):
        chunk += more
    return chunk
