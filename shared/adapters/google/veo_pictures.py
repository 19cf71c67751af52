"""The pictures of a submission as Veo takes them."""

from dataclasses import dataclass

from google.genai.types import (
    Image,
    VideoGenerationReferenceImage,
    VideoGenerationReferenceType,
)

from shared.adapters.google.clip_output import ClipOutput
from shared.domain.inputs import Picture
from shared.domain.storage_layout import input_path
from shared.ports.video_generator import Submission


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
        sent = output.sent(input_path(submission.campaign_id, picture), picture.media_type)
        return Image(gcs_uri=sent.uri, image_bytes=sent.content, mime_type=sent.media_type)

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
