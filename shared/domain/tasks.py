"""What a video is made from, and what no model can combine."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from shared.domain.errors import UnsupportedParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.domain.inputs import Inputs, Picture


class Task(StrEnum):
    TEXT = "text_to_video"
    IMAGE = "image_to_video"
    FRAMES = "first_and_last_frame"
    REFERENCES = "reference_to_video"
    EXTENSION = "extend_video"
    EDIT = "edit_video"


FIELDS = {
    Task.IMAGE: "image",
    Task.FRAMES: "last_frame",
    Task.REFERENCES: "reference_images",
}


class ClipLimits(Struct, frozen=True, kw_only=True):
    """Which clips a model extends or edits, from the `shortest` to the `longest`, in seconds.

    An extension `adds` one of these numbers of seconds. Of a clip that `is_remade`, every second is
    billed; else only the added ones. `not_in` are the resolutions that the task does not make.
    """

    shortest: int
    longest: int
    adds: Sequence[int] = ()
    is_remade: bool = False
    not_in: Sequence[str] = ()


class Shape(Struct, frozen=True, kw_only=True):
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


def require_clip(clip: Picture, limits: ClipLimits, *, model_id: str, task: Task) -> None:
    """Raise UnsupportedParameterError unless the model takes a clip of this duration."""
    seconds = clip.duration_seconds or 0
    if not limits.shortest <= round(seconds) <= limits.longest:
        raise UnsupportedParameterError(
            f"{model_id} {'extends' if task is Task.EXTENSION else 'edits'} clips of "
            f"{limits.shortest} to {limits.longest} seconds. This one lasts {seconds:.1f} s.",
            param="video",
        )
