"""The task, the prompt and the pictures of a submission, as Gemini Omni gets them."""

import base64
from collections.abc import Mapping
from typing import Any

from google.genai.types import Image

from shared.adapters.google.clip_output import ClipOutput
from shared.domain.inputs import Inputs
from shared.domain.storage_layout import input_path
from shared.domain.tasks import Task, task_of
from shared.ports.video_generator import Submission

Content = str | list[dict[str, Any]]

# Two pictures are the first and the last frame, in this order.
_TASKS: Mapping[Task, str] = {
    Task.TEXT: "text_to_video",
    Task.IMAGE: "image_to_video",
    Task.FRAMES: "image_to_video",
    Task.REFERENCES: "reference_to_video",
}


def omni_task(submission: Submission) -> str:
    return _TASKS[task_of(submission.parameters.inputs)]


def content_of(submission: Submission, output: ClipOutput) -> Content:
    """Raise ObjectNotFoundError, StorageError or UnavailableError."""
    campaign_id, inputs = submission.campaign_id, submission.parameters.inputs
    pictures = [
        _block(output.picture(input_path(campaign_id, each), each.media_type))
        for each in inputs or Inputs()
    ]
    if not pictures:
        return submission.enhanced_prompt
    return [{"type": "text", "text": submission.enhanced_prompt}, *pictures]


def _block(picture: Image) -> dict[str, Any]:
    block = {"type": "image", "mime_type": picture.mime_type}
    if picture.gcs_uri:
        return {**block, "uri": picture.gcs_uri}
    return {**block, "data": base64.b64encode(picture.image_bytes or b"").decode()}
