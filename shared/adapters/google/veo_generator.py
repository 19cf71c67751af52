"""Veo on Vertex AI, through google-genai."""

import logging
import re
from datetime import timedelta

from google.auth.credentials import Credentials
from google.genai import types
from msgspec import Struct

from shared.adapters.google.clip_output import ClipOutput, SentInput, inputs_read, parse_handle
from shared.adapters.google.generator_answers import first_fitting, state_after
from shared.adapters.google.veo_answers import OPERATION_ANSWERS, failure_message
from shared.adapters.google.vertex_calls import VertexCalls, labels, milliseconds
from shared.domain.errors import SubmissionUnknownError
from shared.domain.inputs import Picture
from shared.domain.schedule import SUBMISSION, TRY
from shared.domain.storage_layout import input_path
from shared.ports import Clock
from shared.ports.video_generator import (
    Accepted,
    Gone,
    OperationState,
    Submission,
)

# Veo's documentation says 11 s to 6 min; most clips take one to two minutes.
EXPECTED_IN = timedelta(seconds=90)

# The version that Google's documentation of Veo uses; the SDK's own default is v1beta1.
_API_VERSION = "v1"
_PERMISSION = "aiplatform.endpoints.predict"
_CHECK_RETRIES = types.HttpRetryOptions(attempts=2, initial_delay=0.3, jitter=0.2)
_OPERATION = re.compile(
    r"projects/[^/]+/locations/(?P<location>[a-z0-9-]+)/publishers/google/models/[^/]+"
    r"/operations/[^/]+"
)

logger = logging.getLogger(__name__)


class VeoVideoGenerator:
    """Each accepted submission is paid for, so it is sent once, without the SDK's retries."""

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
        self._output = output
        self._calls = VertexCalls(
            credentials, submits_by=_PERMISSION, checks_by=_PERMISSION, base_url=base_url, now=now
        )
        self._client = self._calls.client(
            project=project, location=location, api_version=_API_VERSION, timeout=submit_timeout
        )

    def submit(self, submission: Submission) -> Accepted:
        storage_uri = self._output.storage_uri(submission.output_prefix)
        # Before the request: what fails here was certainly not accepted.
        with inputs_read():
            inputs = _inputs_of(submission, self._output)
        try:
            operation = self._client.models.generate_videos(
                model=submission.parameters.model,
                source=types.GenerateVideosSource(
                    prompt=submission.enhanced_prompt, image=inputs.image, video=inputs.video
                ),
                config=_config(submission, inputs, storage_uri=storage_uri),
            )
        # After any error, the submission may have been accepted: the rules decide.
        except Exception as error:  # noqa: BLE001
            # The SDK's words may hold a token.
            raise self._calls.not_accepted(error, submission) from None
        if not _OPERATION.fullmatch(operation.name or ""):
            raise SubmissionUnknownError("Veo's answer to the submission names no operation.")
        return Accepted(
            operation=self._output.handle(operation.name or "", submission.output_prefix),
            expected_in=EXPECTED_IN,
        )

    def check(self, operation: str) -> OperationState:
        prefix, name = parse_handle(operation)
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
            return self._calls.not_known(error)
        return self._state(found, prefix)

    def cancel(self, operation: str) -> None:
        """Veo has no way to stop an operation."""

    def close(self) -> None:
        self._client.close()

    def _check_config(self, location: str) -> types.GetOperationConfig:
        return types.GetOperationConfig(
            http_options=types.HttpOptions(
                base_url=self._calls.url(location),
                timeout=milliseconds(TRY),
                retry_options=_CHECK_RETRIES,
            )
        )

    def _state(self, operation: types.GenerateVideosOperation, prefix: str) -> OperationState:
        rule = first_fitting(OPERATION_ANSWERS, operation)
        state = state_after(
            rule,
            message=lambda: failure_message(operation),
            clip=lambda: self._kept(operation, prefix),
        )
        if isinstance(state, Gone):
            logger.warning("veo.operation_without_clip", extra={"operation": operation.name})
        return state

    def _kept(self, operation: types.GenerateVideosOperation, prefix: str) -> str | None:
        clips = (operation.response and operation.response.generated_videos) or []
        paths = (self._output.keep(each.video, prefix) for each in clips if each.video)
        return next((path for path in paths if path), None)


class _Inputs(Struct, frozen=True, kw_only=True):
    image: types.Image | None = None
    video: types.Video | None = None
    last_frame: types.Image | None = None
    references: list[types.VideoGenerationReferenceImage] | None = None


def _inputs_of(submission: Submission, output: ClipOutput) -> _Inputs:
    """Raise ObjectNotFoundError, StorageError or UnavailableError."""
    inputs = submission.parameters.inputs
    if inputs is None:
        return _Inputs()

    def sent_of(given: Picture) -> SentInput:
        return output.sent(input_path(submission.campaign_id, given), given.media_type)

    def image(picture: Picture) -> types.Image:
        sent = sent_of(picture)
        return types.Image(gcs_uri=sent.uri, image_bytes=sent.content, mime_type=sent.media_type)

    def video(clip: Picture) -> types.Video:
        sent = sent_of(clip)
        return types.Video(uri=sent.uri, video_bytes=sent.content, mime_type=sent.media_type)

    references = [
        types.VideoGenerationReferenceImage(
            image=image(each), reference_type=types.VideoGenerationReferenceType.ASSET
        )
        for each in inputs.reference_images
    ]
    return _Inputs(
        video=video(inputs.extended_clip) if inputs.extended_clip else None,
        image=image(inputs.image) if inputs.image else None,
        last_frame=image(inputs.last_frame) if inputs.last_frame else None,
        references=references or None,
    )


def _config(
    submission: Submission, inputs: _Inputs, *, storage_uri: str | None
) -> types.GenerateVideosConfig:
    parameters = submission.parameters
    return types.GenerateVideosConfig(
        number_of_videos=1,
        output_gcs_uri=storage_uri,
        # An extension has its only duration without being told.
        duration_seconds=None if inputs.video else parameters.duration_seconds,
        aspect_ratio=parameters.aspect_ratio,
        resolution=parameters.resolution,
        generate_audio=parameters.generate_audio,
        seed=parameters.seed,
        negative_prompt=parameters.negative_prompt,
        person_generation=parameters.person_generation,
        last_frame=inputs.last_frame,
        reference_images=inputs.references,
        labels=labels(submission),
    )
