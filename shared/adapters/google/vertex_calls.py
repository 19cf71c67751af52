"""Calls to Vertex AI with google-genai: the client, its errors, and the labels on the bill."""

import logging
import re
from contextlib import suppress
from datetime import timedelta

from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import Request
from google.genai import Client, types
from google.genai.client import DebugConfig

from shared.adapters.google.generator_errors import (
    check_error,
    is_token_refused,
    submission_error,
)
from shared.domain.errors import SubmissionError, UnavailableError
from shared.ports import Clock
from shared.ports.video_generator import Gone, Submission

_MULTI_REGIONS = ("eu", "us")
_NOT_IN_A_LABEL = re.compile(r"[^a-z0-9_-]")
_LONGEST_LABEL = 63

logger = logging.getLogger(__name__)


class VertexCalls:
    """All requests go to `base_url`, if it is given, else to the host of their location.

    `submits_by` and `checks_by` are the permissions that these calls need.
    """

    def __init__(
        self,
        credentials: Credentials,
        *,
        submits_by: str,
        checks_by: str,
        base_url: str,
        now: Clock,
    ) -> None:
        self._credentials = credentials
        self._submits_by = submits_by
        self._checks_by = checks_by
        self._base_url = base_url
        self._now = now

    def client(
        self, *, project: str, location: str, api_version: str, timeout: timedelta
    ) -> Client:
        """Return a client that sends each request once.

        It ignores the environment, which could name another API, project or host.
        """
        return Client(
            vertexai=True,
            project=project,
            location=location,
            credentials=self._credentials,
            debug_config=DebugConfig(client_mode=None),
            http_options=types.HttpOptions(
                base_url=self.url(location),
                api_version=api_version,
                timeout=milliseconds(timeout),
                retry_options=types.HttpRetryOptions(attempts=1),
                client_args={"follow_redirects": False},
            ),
        )

    def url(self, location: str) -> str:
        return self._base_url or vertex_url(location)

    def not_accepted(self, error: Exception, submission: Submission) -> SubmissionError:
        """Return what to raise after an error of a submission, which is logged."""
        self._renew_token_after(error)
        found = submission_error(
            error,
            permission=self._submits_by,
            model_id=submission.parameters.model,
            today=self._now().date(),
        )
        about = {"campaign_id": submission.campaign_id, "video_hash": submission.video_hash}
        logger.warning("generator.submission: %s", found.message, extra=about)
        return found

    def not_known(self, error: Exception) -> Gone:
        """Raise UnavailableError unless the error of a check says that the operation is gone."""
        self._renew_token_after(error)
        found = check_error(error, permission=self._checks_by)
        if isinstance(found, UnavailableError):
            raise found from None
        return found

    def _renew_token_after(self, error: Exception) -> None:
        """Without this, the SDK would send a revoked token until the token expires."""
        if is_token_refused(error):
            with suppress(GoogleAuthError):
                self._credentials.refresh(Request())  # type: ignore[no-untyped-call]


def labels(submission: Submission) -> dict[str, str]:
    """Return the labels that appear on the bill: they name the video that an item is for."""
    return {
        "application": "showreel",
        "campaign": _label(submission.campaign_id),
        "video": _label(submission.video_hash),
        "attempt": str(submission.attempt),
    }


def milliseconds(duration: timedelta) -> int:
    return duration // timedelta(milliseconds=1)


def vertex_url(location: str) -> str:
    """Return the host that serves a location."""
    if location == "global":
        return "https://aiplatform.googleapis.com"
    if location in _MULTI_REGIONS:
        return f"https://aiplatform.{location}.rep.googleapis.com"
    return f"https://{location}-aiplatform.googleapis.com"


def _label(text: str) -> str:
    """Return `text` with only the characters that Google Cloud allows in a label."""
    return _NOT_IN_A_LABEL.sub("-", text.lower())[:_LONGEST_LABEL]
