"""What a model makes a video from, and what it cannot combine."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from shared.domain.errors import UnsupportedParameterError
from shared.domain.inputs import MOST_REFERENCES


class Task(StrEnum):
    TEXT = "text_to_video"
    IMAGE = "image_to_video"
    FRAMES = "first_and_last_frame"
    REFERENCES = "reference_to_video"


_FIELDS = {
    Task.IMAGE: "image",
    Task.FRAMES: "last_frame",
    Task.REFERENCES: "reference_images",
}
REFERENCE_SECONDS = 8


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Which pictures a request has."""

    image: bool = False
    last_frame: bool = False
    references: int = 0

    @property
    def task(self) -> Task:
        """Raise UnsupportedParameterError for a combination that no model accepts."""
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


def require_task(shape: Shape, *, model_id: str, tasks: Collection[Task], seconds: int) -> None:
    """Raise UnsupportedParameterError unless the model can make a video from these pictures."""
    task = shape.task
    if task is Task.TEXT:
        return
    if task not in tasks:
        raise UnsupportedParameterError(
            f"{model_id} does not support {_FIELDS[task]}. It makes: {', '.join(tasks)}.",
            param=_FIELDS[task],
        )
    if task is Task.REFERENCES and seconds != REFERENCE_SECONDS:
        raise UnsupportedParameterError(
            f"{model_id} takes reference_images only for {REFERENCE_SECONDS} seconds. Ask for "
            f"seconds={REFERENCE_SECONDS}.",
            param="seconds",
        )
