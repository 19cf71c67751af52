"""The stored state of a synthetic operation, with which any process can continue it."""

from collections.abc import Callable
from datetime import datetime

import msgspec
from msgspec import Struct

from shared.adapters.local.clip import ClipSpec
from shared.domain.errors import StorageError
from shared.domain.faults import FaultKind
from shared.domain.inputs import Inputs, Picture
from shared.domain.model_registry import MODELS, Model
from shared.domain.models import frame_size
from shared.domain.storage_layout import input_path
from shared.ports.video_generator import CANCELLED, FILTERED, Failed, Gone, Submission

_FILE = "operation.json"
_ENDINGS: dict[FaultKind | None, Failed | Gone] = {
    FaultKind.FILTERED: Failed(
        code=FILTERED,
        message=(
            "Veo could not generate 1 videos based on the prompt provided. You will not be "
            "charged for this request. Try rephrasing the prompt. Support codes: 42237218"
        ),
    ),
    FaultKind.FAILED: Failed(
        code="provider_error",
        message="The generator ended with an internal error.",
        possibly_billed=True,
    ),
    FaultKind.LOST: Gone(),
}

# Gemini Omni completes a refused interaction with a text.
_REFUSED_BY_OMNI = Failed(
    code=FILTERED,
    message=(
        "Gemini Omni made no clip. Rephrase the prompt. The model says: I can't make this video."
    ),
)
STOPPED = Failed(
    code=CANCELLED,
    message="The interaction with Gemini Omni was cancelled.",
    possibly_billed=True,
)


class SyntheticOperation(Struct, frozen=True, kw_only=True):
    """Stored as JSON beside the future clip."""

    submission: Submission
    fault: FaultKind | None
    accepted_at: datetime
    done_at: datetime

    @property
    def path(self) -> str:
        return f"{self.submission.output_prefix}{_FILE}"

    @property
    def clip_path(self) -> str:
        return f"{self.submission.output_prefix}sample_0.mp4"

    @property
    def cancelled_path(self) -> str:
        return f"{self.submission.output_prefix}cancelled"

    @property
    def can_cancel(self) -> bool:
        return _model(self).can_cancel

    @property
    def ending(self) -> Failed | Gone | None:
        """The result of an operation that ends without a clip; else None."""
        if self.fault is FaultKind.FILTERED and _model(self).family == "omni":
            return _REFUSED_BY_OMNI
        return _ENDINGS.get(self.fault)

    def clip_spec(self, read: Callable[[str], bytes]) -> ClipSpec:
        """`read` returns the content of a picture by its path."""
        submission = self.submission
        parameters = submission.parameters
        inputs = parameters.inputs or Inputs()

        def content(picture: Picture | None) -> bytes | None:
            return read(input_path(submission.campaign_id, picture)) if picture else None

        width, height = frame_size(parameters.resolution, parameters.aspect_ratio)
        if self.fault is FaultKind.TURNED:
            width, height = height, width
        return ClipSpec(
            prompt=submission.prompt,
            caption=f"{submission.campaign_id} · video {submission.index + 1} · {parameters.model}",
            width=width,
            height=height,
            fps=parameters.fps,
            seconds=round(parameters.clip_seconds),
            audio=parameters.generate_audio,
            variation=submission.video_hash,
            # Veo puts the index last. Players have to support both.
            fast_start=int(submission.video_hash, 16) % 2 == 0,
            image=content(inputs.image),
            last_frame=content(inputs.last_frame),
            references=tuple(filter(None, map(content, inputs.reference_images))),
            extended=content(inputs.extended_clip),
            edited=content(inputs.edited_clip),
        )


def _model(operation: SyntheticOperation) -> Model:
    return MODELS[operation.submission.parameters.model]


# Created at import, by one thread: several threads that are the first to decode a dataclass crash
# the process (msgspec 0.22).
_DECODER = msgspec.json.Decoder(SyntheticOperation)


def encode_operation(operation: SyntheticOperation) -> bytes:
    return msgspec.json.format(msgspec.json.encode(operation))


def decode_operation(record: bytes) -> SyntheticOperation:
    """Raise StorageError if the record is damaged."""
    try:
        return _DECODER.decode(record)
    except msgspec.DecodeError as error:
        raise StorageError("The record of the operation is damaged.") from error
