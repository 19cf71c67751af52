"""What a model makes a video from, and what it cannot combine."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from shared.domain.errors import UnsupportedParameterError
from shared.domain.inputs import MOST_REFERENCES, Inputs, Picture


class Task(StrEnum):
    TEXT = "text_to_video"
    IMAGE = "image_to_video"
    FRAMES = "first_and_last_frame"
    REFERENCES = "reference_to_video"
    EXTENSION = "extend_video"
    EDIT = "edit_video"


_FIELDS = {
    Task.IMAGE: "image",
    Task.FRAMES: "last_frame",
    Task.REFERENCES: "reference_images",
}
REFERENCE_SECONDS = 8


class ClipLimits(NamedTuple):
    """Which clips a model extends or edits, from the `shortest` to the `longest`, in seconds.

    An extension `adds` one of these numbers of seconds. Of a clip that `is_remade`, every second is
    billed; else only the added ones.
    """

    shortest: int
    longest: int
    adds: Sequence[int] = ()
    is_remade: bool = False


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Which pictures a request has, or whether it extends or edits a clip."""

    image: bool = False
    last_frame: bool = False
    references: int = 0
    extends: bool = False
    edits: bool = False

    @property
    def task(self) -> Task:
        """Raise UnsupportedParameterError for a combination that no model accepts."""
        if self.extends or self.edits:
            return Task.EXTENSION if self.extends else Task.EDIT
        if self.references and (self.image or self.last_frame):
            raise UnsupportedParameterError(
                "reference_images cannot be combined with image or last_frame. Send either.",
                param="reference_images",
            )
        if self.references > MOST_REFERENCES:
            raise UnsupportedParameterError(
                f"A video has at most {MOST_REFERENCES} reference_images.",
                param="reference_images",
            )
        if self.last_frame and not self.image:
            raise UnsupportedParameterError(
                "last_frame needs an image, which is the first frame.", param="last_frame"
            )
        if self.references:
            return Task.REFERENCES
        if self.last_frame:
            return Task.FRAMES
        return Task.IMAGE if self.image else Task.TEXT


def shape_of(inputs: Inputs | None) -> Shape:
    if inputs is None:
        return Shape()
    return Shape(
        image=inputs.image is not None,
        last_frame=inputs.last_frame is not None,
        references=len(inputs.reference_images),
        extends=inputs.extended_clip is not None,
        edits=inputs.edited_clip is not None,
    )


def task_of(inputs: Inputs | None) -> Task:
    return shape_of(inputs).task


def require_task(shape: Shape, *, model_id: str, tasks: Collection[Task], seconds: int) -> None:
    """Raise UnsupportedParameterError unless the model can make a video from these inputs."""
    task = shape.task
    if task is Task.TEXT:
        return
    if task not in tasks:
        field = _FIELDS.get(task)
        raise UnsupportedParameterError(
            f"{model_id} does not support {field or task}. It makes: {', '.join(tasks)}.",
            param=field or "model",
        )
    if task is Task.REFERENCES and seconds != REFERENCE_SECONDS:
        raise UnsupportedParameterError(
            f"{model_id} takes reference_images only for {REFERENCE_SECONDS} seconds. Ask for "
            f"seconds={REFERENCE_SECONDS}.",
            param="seconds",
        )


def require_clip(clip: Picture, limits: ClipLimits, *, model_id: str, task: Task) -> None:
    """Raise UnsupportedParameterError unless the model takes a clip of this duration."""
    seconds = clip.duration_seconds or 0
    if not limits.shortest <= round(seconds) <= limits.longest:
        raise UnsupportedParameterError(
            f"{model_id} {'extends' if task is Task.EXTENSION else 'edits'} clips of "
            f"{limits.shortest} to {limits.longest} seconds. This one lasts {seconds:.1f} s.",
            param="video",
        )
