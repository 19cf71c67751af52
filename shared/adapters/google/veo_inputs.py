"""The inputs of a submission as Veo takes them."""

from google.genai.types import (
    Image,
    Video,
    VideoGenerationReferenceImage,
    VideoGenerationReferenceType,
)
from msgspec import Struct

from shared.adapters.google.clip_output import ClipOutput, SentInput
from shared.domain.inputs import Picture
from shared.domain.storage_layout import input_path
from shared.ports.video_generator import Submission


class VeoInputs(Struct, frozen=True, kw_only=True):
    image: Image | None = None
    video: Video | None = None
    last_frame: Image | None = None
    references: list[VideoGenerationReferenceImage] | None = None


def inputs_of(submission: Submission, output: ClipOutput) -> VeoInputs:
    """Raise ObjectNotFoundError, StorageError or UnavailableError."""
    inputs = submission.parameters.inputs
    if inputs is None:
        return VeoInputs()

    def sent_of(given: Picture) -> SentInput:
        return output.sent(input_path(submission.campaign_id, given), given.media_type)

    def image(picture: Picture) -> Image:
        sent = sent_of(picture)
        return Image(gcs_uri=sent.uri, image_bytes=sent.content, mime_type=sent.media_type)

    def video(clip: Picture) -> Video:
        sent = sent_of(clip)
        return Video(uri=sent.uri, video_bytes=sent.content, mime_type=sent.media_type)

    references = [
        VideoGenerationReferenceImage(
            image=image(each), reference_type=VideoGenerationReferenceType.ASSET
        )
        for each in inputs.reference_images
    ]
    return VeoInputs(
        video=video(inputs.extended_clip) if inputs.extended_clip else None,
        image=image(inputs.image) if inputs.image else None,
        last_frame=image(inputs.last_frame) if inputs.last_frame else None,
        references=references or None,
    )
