"""Errors of credentials and permissions, as errors of Showreel.

Each is an UnavailableError: messages are delivered again until the project's owner has repaired the
cause, so nothing is lost.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError

from shared.domain.errors import UnavailableError

# The pattern excludes e-mail addresses, which contain `.iam.gserviceaccount.com`.
_PERMISSION = r"(?<![\w.@-])(?:aiplatform|datastore|iam|pubsub|storage)\.\w+\.\w+\b"
_REFUSED = r"\b403\b|PERMISSION_DENIED"


@contextmanager
def credential_errors(service: str, *, permission: str) -> Iterator[None]:
    """Raise UnavailableError if google-auth cannot get a token or a signature."""
    try:
        yield
    except GoogleAuthError as error:
        # Google's message may contain a token; ours says what to do instead.
        raise credentials_failed(error, service, permission=permission) from None


def credentials_failed(
    error: GoogleAuthError, service: str, *, permission: str
) -> UnavailableError:
    if isinstance(error, DefaultCredentialsError):
        return UnavailableError(
            f"There are no credentials for {service}. Run as a service account, set "
            f"GOOGLE_APPLICATION_CREDENTIALS, or run: gcloud auth application-default login"
        )
    if re.search(_REFUSED, str(error)):
        return denied(service, str(error), permission=permission)
    return UnavailableError(
        f"The credentials for {service} could not be used at the moment "
        f"({type(error).__name__}). Check that the service account exists and is enabled."
    )


def denied(service: str, words: str, *, permission: str) -> UnavailableError:
    """Name the permission in Google's `words`, else `permission`."""
    named = re.search(_PERMISSION, words)
    missing = named[0] if named else permission
    return UnavailableError(
        f"{service} denied access: the permission {missing} is missing. "
        f"Grant it to the service account that Showreel runs as."
    )
