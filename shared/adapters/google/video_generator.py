"""Veo on Vertex AI, through google-genai."""

import logging
import re
from contextlib import suppress
from datetime import timedelta

from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import Request
from google.genai import Client, types
from google.genai.client import DebugConfig

from shared.adapters.google.veo_answers import (
    OPERATION_ANSWERS,
    Then,
    first_fitting,
)
from shared.adapters.google.veo_errors import (
    check_error,
    failure_message,
    is_token_refused,
    submission_error,
)
from shared.adapters.google.veo_output import ClipOutput
from shared.adapters.google.veo_pictures import VeoPictures, pictures_of, pictures_read
from shared.domain.errors import SubmissionError, SubmissionUnknownError, UnavailableError
from shared.domain.schedule import RECHECK_AFTER, SUBMISSION, TRY
from shared.ports import Clock
from shared.ports.video_generator import (
    Accepted,
    Failed,
    Gone,
    OperationState,
    Running,
    Submission,
    Succeeded,
)

# Veo's documentation says 11 s to 6 min; most clips take one to two minutes.
EXPECTED_IN = timedelta(seconds=90)

# The version that Google's documentation of Veo uses; the SDK's own default is v1beta1.
_API_VERSION = "v1"
_CHECK_RETRIES = types.HttpRetryOptions(attempts=2, initial_delay=0.3, jitter=0.2)
_OPERATION = re.compile(
    r"projects/[^/]+/locations/(?P<location>[a-z0-9-]+)/publishers/google/models/[^/]+"
    r"/operations/[^/]+"
)
_MULTI_REGIONS = ("eu", "us")
_NOT_IN_A_LABEL = re.compile(r"[^a-z0-9_-]")
_LONGEST_LABEL = 63

logger = logging.getLogger(__name__)


class VeoVideoGenerator:
    """Each accepted submission is paid for, so it is sent once, without the SDK's retries.

    The SDK takes nothing from the environment, which could name another API, project or host.
    All requests go to `base_url`, if it is given, else to the host of their location.
    """

    def __init__(
        self,
        *,
        project: str,
        location: str,
        credentials: Credentials,
        output: ClipOutput,
        now: Clock,
        base_url: str = "",
        submit_timeout: timedelta = SUBMISSION,
    ) -> None:
        self._credentials = credentials
        self._output = output
        self._now = now
        self._base_url = base_url
        self._client = Client(
            vertexai=True,
            project=project,
            location=location,
            credentials=credentials,
            debug_config=DebugConfig(client_mode=None),
            http_options=types.HttpOptions(
                base_url=self._url(location),
                api_version=_API_VERSION,
                timeout=_milliseconds(submit_timeout),
                retry_options=types.HttpRetryOptions(attempts=1),
                client_args={"follow_redirects": False},
            ),
        )

    def submit(self, submission: Submission) -> Accepted:
        storage_uri = self._output.storage_uri(submission.output_prefix)
        # Before the request: what fails here was certainly not accepted.
        with pictures_read():
            pictures = pictures_of(submission, self._output)
        try:
            operation = self._client.models.generate_videos(
                model=submission.parameters.model,
                source=types.GenerateVideosSource(
                    prompt=submission.enhanced_prompt, image=pictures.image
                ),
                config=_config(submission, pictures, storage_uri=storage_uri),
            )
        # After any error, the submission may have been accepted: the rules decide.
        except Exception as error:  # noqa: BLE001
            # The SDK's words may hold a token.
            raise self._not_accepted(error, submission) from None
        if not _OPERATION.fullmatch(operation.name or ""):
            raise SubmissionUnknownError("Veo's answer to the submission names no operation.")
        return Accepted(
            operation=self._output.handle(operation.name or "", submission.output_prefix),
            expected_in=EXPECTED_IN,
        )

    def check(self, operation: str) -> OperationState:
        prefix, _, name = operation.rpartition("#")
        match = _OPERATION.fullmatch(name)
        if match is None:
            return Gone()
        try:
            found = self._client.operations.get(
                types.GenerateVideosOperation.model_validate({"name": name}),
                config=self._check_config(match["location"]),
            )
        # An unexpected error must not end an operation that is paid for.
        except Exception as error:  # noqa: BLE001
            return self._not_known(error)
        return self._state(found, prefix)

    def close(self) -> None:
        self._client.close()

    def _check_config(self, location: str) -> types.GetOperationConfig:
        return types.GetOperationConfig(
            http_options=types.HttpOptions(
                base_url=self._url(location),
                timeout=_milliseconds(TRY),
                retry_options=_CHECK_RETRIES,
            )
        )

    def _url(self, location: str) -> str:
        return self._base_url or _vertex_url(location)

    def _not_accepted(self, error: Exception, submission: Submission) -> SubmissionError:
        self._renew_token_after(error)
        model_id = submission.parameters.model
        found = submission_error(error, model_id=model_id, today=self._now().date())
        about = {"campaign_id": submission.campaign_id, "video_hash": submission.video_hash}
        logger.warning("veo.submission: %s", found.message, extra=about)
        return found

    def _not_known(self, error: Exception) -> Gone:
        self._renew_token_after(error)
        found = check_error(error)
        if isinstance(found, UnavailableError):
            raise found from None
        return found

    def _renew_token_after(self, error: Exception) -> None:
        """Without this, the SDK would send a revoked token until the token expires."""
        if is_token_refused(error):
            with suppress(GoogleAuthError):
                self._credentials.refresh(Request())  # type: ignore[no-untyped-call]

    def _state(self, operation: types.GenerateVideosOperation, prefix: str) -> OperationState:
        rule = first_fitting(OPERATION_ANSWERS, operation)
        if rule.then is Then.WAIT:
            return Running(check_after=RECHECK_AFTER)
        if rule.then in (Then.FAIL, Then.FAIL_HELD):
            return Failed(
                code=rule.code,
                message=failure_message(operation),
                possibly_billed=rule.then is Then.FAIL_HELD,
            )
        path = self._kept(operation, prefix) if rule.then is Then.STORE else None
        if path is None:
            logger.warning("veo.operation_without_clip", extra={"operation": operation.name})
            return Gone()
        return Succeeded(clip_path=path)

    def _kept(self, operation: types.GenerateVideosOperation, prefix: str) -> str | None:
        clips = (operation.response and operation.response.generated_videos) or []
        paths = (self._output.keep(each.video, prefix) for each in clips if each.video)
        return next((path for path in paths if path), None)


def _milliseconds(duration: timedelta) -> int:
    return duration // timedelta(milliseconds=1)


def _config(
    submission: Submission, pictures: VeoPictures, *, storage_uri: str | None
) -> types.GenerateVideosConfig:
    """The labels appear on the bill: they name the video of Showreel that an item is for."""
    parameters = submission.parameters
    return types.GenerateVideosConfig(
        number_of_videos=1,
        output_gcs_uri=storage_uri,
        duration_seconds=parameters.duration_seconds,
        aspect_ratio=parameters.aspect_ratio,
        resolution=parameters.resolution,
        generate_audio=parameters.generate_audio,
        seed=parameters.seed,
        negative_prompt=parameters.negative_prompt,
        person_generation=parameters.person_generation,
        last_frame=pictures.last_frame,
        reference_images=pictures.references,
        labels={
            "application": "showreel",
            "campaign": _label(submission.campaign_id),
            "video": _label(submission.video_hash),
            "attempt": str(submission.attempt),
        },
    )


def _vertex_url(location: str) -> str:
    """Return the host that serves a location."""
    if location == "global":
        return "https://aiplatform.googleapis.com"
    if location in _MULTI_REGIONS:
        return f"https://aiplatform.{location}.rep.googleapis.com"
    return f"https://{location}-aiplatform.googleapis.com"


def _label(text: str) -> str:
    """Return `text` with only the characters that Google Cloud allows in a label."""
    return _NOT_IN_A_LABEL.sub("-", text.lower())[:_LONGEST_LABEL]
