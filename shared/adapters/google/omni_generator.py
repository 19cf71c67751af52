"""Gemini Omni on Vertex AI: the Interactions API, through google-genai."""

import base64
import logging
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from google.auth.credentials import Credentials
from google.genai import types
from google.genai.interactions import Interaction

from shared.adapters.google.clip_output import ClipOutput, SentInput, inputs_read, parse_handle
from shared.adapters.google.generator_answers import Then, first_fitting, state_after
from shared.adapters.google.omni_answers import (
    INTERACTION_ANSWERS,
    failure_message,
    is_paid_without_clip,
    output,
    usd_of,
)
from shared.adapters.google.vertex_calls import VertexCalls, labels
from shared.domain.errors import SubmissionUnknownError
from shared.domain.inputs import Inputs
from shared.domain.schedule import SUBMISSION, TRY
from shared.domain.storage_layout import input_path
from shared.domain.tasks import Task, task_of
from shared.domain.values import replace
from shared.domain.video import GenerationParameters
from shared.ports import Clock
from shared.ports.video_generator import (
    Accepted,
    Gone,
    OperationState,
    Submission,
    Succeeded,
)

_Json = dict[str, Any]

EXPECTED_IN = timedelta(seconds=60)

# The SDK's own; the Interactions API has no version without "beta" in the SDK.
_API_VERSION = "v1beta1"
_ID = re.compile(r"[A-Za-z0-9_-]{1,1024}")
_PATH = re.compile(r"projects/[^/]+/locations/[^/]+/interactions/(?P<id>[A-Za-z0-9_-]{1,1024})")

# Two pictures are the first and the last frame, in this order.
_TASKS: Mapping[Task, str] = {
    Task.TEXT: "text_to_video",
    Task.IMAGE: "image_to_video",
    Task.FRAMES: "image_to_video",
    Task.REFERENCES: "reference_to_video",
    Task.EXTENSION: "extend",
    Task.EDIT: "edit",
}

logger = logging.getLogger(__name__)


class OmniVideoGenerator:
    """Submits each clip as a stored background interaction, once: a repeated one is paid twice.

    The API has neither a request id nor a list. A lost answer is therefore found by its clip
    alone, under the attempt's own prefix.
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
        self._output = output
        self._parent = f"projects/{project}/locations/{location}"
        self._calls = VertexCalls(
            credentials,
            submits_by="aiplatform.interactions.create",
            checks_by="aiplatform.interactions.get",
            base_url=base_url,
            now=now,
        )
        self._submit_timeout = submit_timeout
        self._client = self._calls.client(
            project=project, location=location, api_version=_API_VERSION, timeout=submit_timeout
        )

    def submit(self, submission: Submission) -> Accepted:
        prefix = submission.output_prefix
        # Before the request: what fails here was certainly not accepted.
        with inputs_read():
            content = _content_of(submission, self._output)
        try:
            interaction = self._client.interactions.create(
                **_request(submission, content, storage_uri=self._output.storage_uri(prefix)),
                timeout=self._submit_timeout.total_seconds(),
            )
        # After any error, the submission may have been accepted: the rules decide.
        except Exception as error:  # noqa: BLE001
            # The SDK's words may hold a token.
            raise self._calls.not_accepted(error, submission) from None
        found = getattr(interaction, "id", None) or ""
        if not _ID.fullmatch(found):
            raise SubmissionUnknownError("Google's answer to the submission names no interaction.")
        name = f"{self._parent}/interactions/{found}"
        return Accepted(operation=self._output.handle(name, prefix), expected_in=EXPECTED_IN)

    def check(self, operation: str) -> OperationState:
        prefix, name = parse_handle(operation)
        match = _PATH.fullmatch(name)
        if match is None:
            return Gone()
        try:
            found = self._client.interactions.get(match["id"], timeout=TRY.total_seconds())
        # An unexpected error must not end an interaction that is paid for.
        except Exception as error:  # noqa: BLE001
            return self._calls.not_known(error)
        return self._state(found, prefix)

    def cancel(self, operation: str) -> None:
        match = _PATH.fullmatch(parse_handle(operation)[1])
        if match is None:
            return
        try:
            self._client.interactions.cancel(match["id"], timeout=TRY.total_seconds())
        # An interaction that has ended cannot be cancelled; the next check says how it ended.
        except Exception as error:  # noqa: BLE001
            logger.warning("omni.not_cancelled: %s", type(error).__name__)

    def close(self) -> None:
        self._client.close()

    def _state(self, interaction: Interaction, prefix: str) -> OperationState:
        rule = first_fitting(INTERACTION_ANSWERS, interaction)
        if rule.then is not Then.WAIT and is_paid_without_clip(interaction):
            logger.error("omni.paid_without_clip", extra={"operation": interaction.id})
        state = state_after(
            rule,
            message=lambda: failure_message(interaction),
            clip=lambda: self._kept(interaction, prefix),
        )
        if isinstance(state, Succeeded):
            return replace(state, usd=usd_of(interaction))
        if isinstance(state, Gone):
            logger.warning("omni.interaction_without_clip", extra={"operation": interaction.id})
        return state

    def _kept(self, interaction: Interaction, prefix: str) -> str | None:
        clips = (_video(each) for each in output(interaction, "video"))
        return next((path for clip in clips if (path := self._output.keep(clip, prefix))), None)


def _request(
    submission: Submission, content: str | list[_Json], *, storage_uri: str | None
) -> _Json:
    """Without a storage URI, the bytes come in the answer."""
    parameters = submission.parameters
    response_format = _wanted_clip(parameters)
    response_format["delivery"] = "uri" if storage_uri else "inline"
    generation_config: _Json = {"video_config": {"task": _TASKS[task_of(parameters.inputs)]}}
    if storage_uri:
        response_format["gcs_uri"] = storage_uri
    if parameters.seed is not None:
        generation_config["seed"] = parameters.seed
    return {
        "model": parameters.model,
        "input": content,
        "background": True,
        "store": True,
        "generation_config": generation_config,
        "response_format": response_format,
        "labels": labels(submission),
    }


def _content_of(submission: Submission, output: ClipOutput) -> str | list[_Json]:
    """Raise ObjectNotFoundError, StorageError or UnavailableError."""
    campaign_id, inputs = submission.campaign_id, submission.parameters.inputs
    given = [
        _block(output.sent(input_path(campaign_id, each), each.media_type))
        for each in inputs or Inputs()
    ]
    if not given:
        return submission.enhanced_prompt
    return [{"type": "text", "text": submission.enhanced_prompt}, *given]


def _wanted_clip(parameters: GenerationParameters) -> _Json:
    """Return the clip's form. Google refuses to be told what a clip in the input determines."""
    wanted = {"type": "video", "resolution": parameters.resolution}
    task = task_of(parameters.inputs)
    if task is Task.EDIT:
        return wanted
    wanted["duration"] = f"{parameters.duration_seconds}s"
    if task is not Task.EXTENSION:
        wanted["aspect_ratio"] = parameters.aspect_ratio
    return wanted


def _block(given: SentInput) -> _Json:
    block = {"type": given.media_type.partition("/")[0], "mime_type": given.media_type}
    if given.uri:
        return {**block, "uri": given.uri}
    return {**block, "data": base64.b64encode(given.content or b"").decode()}


def _video(content: Any) -> types.Video:  # noqa: ANN401  # The SDK's class is private.
    return types.Video.model_validate(
        {"uri": content.uri, "video_bytes": content.data, "mime_type": content.mime_type}
    )
