"""What goes wrong with credentials and permissions, as errors of Showreel.

All of it is unavailable rather than broken: the owner of the project can mend it while messages
wait and are delivered again, so that nothing is lost.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError

from shared.domain.errors import UnavailableError

# Not in an e-mail address, which holds `.iam.gserviceaccount.com`.
_PERMISSION = re.compile(r"(?<![\w.@-])(?:aiplatform|datastore|iam|pubsub|storage)\.\w+\.\w+\b")
_REFUSED = re.compile(r"\b403\b|PERMISSION_DENIED")


@contextmanager
def credential_errors(service: str, *, permission: str) -> Iterator[None]:
    """Raise UnavailableError where google-auth cannot get a token or a signature."""
    try:
        yield
    except GoogleAuthError as error:
        # Google's words may hold a token; the sentence says what to do about it instead.
        raise credentials_failed(error, service, permission=permission) from None


def credentials_failed(
    error: GoogleAuthError, service: str, *, permission: str
) -> UnavailableError:
    if isinstance(error, DefaultCredentialsError):
        return UnavailableError(
            f"There are no credentials for {service}. Run as a service account, set "
            f"GOOGLE_APPLICATION_CREDENTIALS, or run: gcloud auth application-default login"
        )
    if _REFUSED.search(str(error)):
        return denied(service, str(error), permission=permission)
    return UnavailableError(
        f"The credentials for {service} could not be used at the moment "
        f"({type(error).__name__}). Check that the service account exists and is enabled."
    )


def denied(service: str, words: str, *, permission: str) -> UnavailableError:
    """Name the permission that `words` name, else `permission`."""
    named = _PERMISSION.search(words)
    missing = named[0] if named else permission
    return UnavailableError(
        f"{service} denied access: the permission {missing} is missing. "
        f"Grant it to the service account that this runs as."
    )
