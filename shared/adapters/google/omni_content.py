"""The task, the prompt and the inputs of a submission, as Gemini Omni gets them."""

import base64
from collections.abc import Mapping
from typing import Any

from shared.adapters.google.clip_output import ClipOutput, SentInput
from shared.domain.inputs import Inputs
from shared.domain.storage_layout import input_path
from shared.domain.tasks import Task, task_of
from shared.domain.video import GenerationParameters
from shared.ports.video_generator import Submission

Json = dict[str, Any]

# Two pictures are the first and the last frame, in this order.
_TASKS: Mapping[Task, str] = {
    Task.TEXT: "text_to_video",
    Task.IMAGE: "image_to_video",
    Task.FRAMES: "image_to_video",
    Task.REFERENCES: "reference_to_video",
    Task.EXTENSION: "extend",
    Task.EDIT: "edit",
}


def omni_task(parameters: GenerationParameters) -> str:
    return _TASKS[task_of(parameters.inputs)]


def content_of(submission: Submission, output: ClipOutput) -> str | list[Json]:
    """Raise ObjectNotFoundError, StorageError or UnavailableError."""
    campaign_id, inputs = submission.campaign_id, submission.parameters.inputs
    given = [
        _block(output.sent(input_path(campaign_id, each), each.media_type))
        for each in inputs or Inputs()
    ]
    if not given:
        return submission.enhanced_prompt
    return [{"type": "text", "text": submission.enhanced_prompt}, *given]


def wanted_clip(parameters: GenerationParameters) -> Json:
    """Return the clip's form. Google refuses to be told what a clip in the input determines."""
    wanted = {"type": "video", "resolution": parameters.resolution}
    task = task_of(parameters.inputs)
    if task is Task.EDIT:
        return wanted
    wanted["duration"] = f"{parameters.duration_seconds}s"
    if task is not Task.EXTENSION:
        wanted["aspect_ratio"] = parameters.aspect_ratio
    return wanted


def _block(given: SentInput) -> Json:
    block = {"type": given.media_type.partition("/")[0], "mime_type": given.media_type}
    if given.uri:
        return {**block, "uri": given.uri}
    return {**block, "data": base64.b64encode(given.content or b"").decode()}
