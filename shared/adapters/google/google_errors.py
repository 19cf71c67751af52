"""Errors of Google's services, as errors of Showreel."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.client import responses

from google.api_core.exceptions import GoogleAPICallError, GoogleAPIError, RetryError
from google.auth.exceptions import GoogleAuthError

from shared.adapters.google.credential_errors import credentials_failed, denied
from shared.domain.errors import ShowreelError, StorageError, UnavailableError

_PASSING = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})
_URL = r"\S+://\S+"
# gRPC's text for a failure of google-auth.
_PLUGIN_FAILED = "metadata from plugin failed"


@contextmanager
def google_errors(service: str, *, permission: str) -> Iterator[None]:
    """Raise UnavailableError or StorageError for any error of a Google SDK.

    If the service denies access and names no permission, the error names `permission`. An adapter
    catches inside this block the errors that it gives a meaning, such as a missing object.
    """
    try:
        yield
    except (GoogleAPIError, GoogleAuthError, OSError) as error:
        # The SDK's message may contain the URL of an upload, which works like a credential.
        raise translated(error, service, permission=permission) from None


def translated(error: Exception, service: str, *, permission: str) -> ShowreelError:
    cause = error.cause if isinstance(error, RetryError) else error
    if isinstance(cause, GoogleAuthError):
        return credentials_failed(cause, service, permission=permission)
    if isinstance(cause, GoogleAPICallError) and cause.code is not None:
        words = re.sub(_URL, "", str(cause.message)).strip(": ")
        if _PLUGIN_FAILED in words:
            failure = GoogleAuthError(words)  # type: ignore[no-untyped-call]
            return credentials_failed(failure, service, permission=permission)
        if cause.code == HTTPStatus.FORBIDDEN:
            return denied(service, words, permission=permission)
        return _answered(cause.code, words, service)
    return UnavailableError(f"{service} does not answer ({type(cause).__name__}). Try again soon.")


def _answered(status: int, words: str, service: str) -> ShowreelError:
    phrase = responses.get(status, f"status {status}")
    if status == HTTPStatus.UNAUTHORIZED:
        return UnavailableError(
            f"{service} does not accept the credentials. Check the service account and its key."
        )
    if status == HTTPStatus.NOT_FOUND:
        return UnavailableError(
            f"{service} does not find the resource. Create it, or correct the settings: {words}"
        )
    if status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return UnavailableError(f"{service} is unavailable ({phrase}). Try again soon.")
    return StorageError(f"{service} refused a request ({phrase}): {words}")
