"""The pictures of a submission as Veo takes them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from google.genai.types import (
    Image,
    VideoGenerationReferenceImage,
    VideoGenerationReferenceType,
)

from shared.adapters.google.clip_output import ClipOutput
from shared.domain.errors import (
    GenerationRefusedError,
    GeneratorBusyError,
    ObjectNotFoundError,
    StorageError,
    UnavailableError,
)
from shared.domain.inputs import Picture
from shared.domain.schedule import RECHECK_AFTER
from shared.domain.storage_layout import input_path
from shared.ports.video_generator import INPUT_MISSING, Submission


@dataclass(frozen=True, kw_only=True)
class VeoPictures:
    image: Image | None = None
    last_frame: Image | None = None
    references: list[VideoGenerationReferenceImage] | None = None


def pictures_of(submission: Submission, output: ClipOutput) -> VeoPictures:
    """Raise ObjectNotFoundError, StorageError or UnavailableError."""
    inputs = submission.parameters.inputs
    if inputs is None:
        return VeoPictures()

    def image(picture: Picture) -> Image:
        return output.picture(input_path(submission.campaign_id, picture), picture.media_type)

    references = [
        VideoGenerationReferenceImage(
            image=image(each), reference_type=VideoGenerationReferenceType.ASSET
        )
        for each in inputs.reference_images
    ]
    return VeoPictures(
        image=image(inputs.image) if inputs.image else None,
        last_frame=image(inputs.last_frame) if inputs.last_frame else None,
        references=references or None,
    )


@contextmanager
def pictures_read() -> Iterator[None]:
    """Raise GenerationRefusedError for a picture that is lost, GeneratorBusyError otherwise."""
    try:
        yield
    except ObjectNotFoundError as error:
        raise GenerationRefusedError(
            "A picture that the video is made from is lost. Send it again.", code=INPUT_MISSING
        ) from error
    except (StorageError, UnavailableError) as error:
        raise GeneratorBusyError(error.message, retry_after=RECHECK_AFTER) from error
