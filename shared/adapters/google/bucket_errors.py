"""Errors of Cloud Storage, as errors of Showreel."""

from collections.abc import Iterator
from contextlib import contextmanager

from google.api_core.exceptions import NotFound, PreconditionFailed, from_http_response
from google.cloud.storage.exceptions import (  # type: ignore[import-untyped]
    DataCorruption,
    InvalidResponse,
)

from shared.adapters.google.google_errors import google_errors
from shared.domain.errors import ConflictError, ObjectNotFoundError, UnavailableError

SERVICE = "Cloud Storage"


@contextmanager
def bucket_errors(bucket: str, *, permission: str, path: str = "") -> Iterator[None]:
    """Raise ConflictError if an object's generation is not the expected one.

    Raise ObjectNotFoundError if the object at `path` does not exist.
    """
    with google_errors(SERVICE, permission=permission):
        try:
            with _as_api_errors():
                yield
        except PreconditionFailed:
            raise ConflictError(f"The object {path!r} has changed. Read it again.") from None
        except NotFound as error:
            if "bucket does not exist" in str(error.message):
                raise UnavailableError(
                    f"There is no bucket {bucket!r}. Create it, or correct STORAGE_URL."
                ) from None
            if path:
                raise ObjectNotFoundError(f"There is no object at {path!r}.") from None
            raise


@contextmanager
def _as_api_errors() -> Iterator[None]:
    """Raise for an upload in chunks the errors that the SDK raises for other requests."""
    try:
        yield
    except InvalidResponse as error:
        raise from_http_response(error.response) from None  # type: ignore[no-untyped-call]
    except DataCorruption:
        raise UnavailableError(
            f"{SERVICE} did not store the bytes that were sent. Try again."
        ) from None
