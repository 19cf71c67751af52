"""What a video is made from, pictures or a clip, and how a campaign keeps it."""

import binascii
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from io import BytesIO
from itertools import chain

from msgspec import Struct

from shared.domain.errors import InvalidInputError, NotFoundError
from shared.domain.values import replace

MAX_INPUT_BYTES = 20_000_000
MAX_PIXELS = 40_000_000
MOST_INPUTS = 300
PICTURE_SUFFIXES = {"image/jpeg": "jpg", "image/png": "png"}
CLIP_TYPE = "video/mp4"
SUFFIXES = {**PICTURE_SUFFIXES, CLIP_TYPE: "mp4"}
ACCEPTED = "Send a JPEG or PNG."

_INPUT_ID = r"input_([A-Za-z0-9][A-Za-z0-9_-]{0,63})\.([0-9a-f]{16})"
_HASH_LENGTH = 16
_DATA_URI = re.compile(r"data:[^,]{0,200},", re.ASCII)
# Characters of base64: a multiple of four, so that each piece is whole.
_PIECE = 256 * 1024


class Picture(Struct, frozen=True, kw_only=True):
    """A picture as it was sent, or a moving one: the clip of a video. Only a clip has a duration.

    `sha256` is that of its bytes. Width and height are as a viewer shows it; the stored picture may
    be rotated, with an EXIF orientation.
    """

    sha256: str
    media_type: str
    size_bytes: int
    width: int
    height: int
    duration_seconds: float | None = None

    @property
    def short_hash(self) -> str:
        return self.sha256[:_HASH_LENGTH]


class Inputs(Struct, frozen=True, kw_only=True):
    """A first frame, and a last one; or references; or a clip to extend or to edit."""

    image: Picture | None = None
    last_frame: Picture | None = None
    reference_images: tuple[Picture, ...] = ()
    extended_clip: Picture | None = None
    edited_clip: Picture | None = None

    def __iter__(self) -> Iterator[Picture]:
        single = (self.image, self.last_frame, self.extended_clip, self.edited_clip)
        return chain((each for each in single if each), self.reference_images)

    @property
    def clip(self) -> Picture | None:
        return self.extended_clip or self.edited_clip

    def clip_seconds(self, own: int) -> float:
        """Return the length of a clip that is made from these, with `own` seconds of its own."""
        given = (self.clip and self.clip.duration_seconds) or 0.0
        return given if self.edited_clip else given + own


class InputState(StrEnum):
    """KEPT was uploaded as an input; USED came with a request; DELETED is kept for videos only."""

    KEPT = "kept"
    USED = "used"
    DELETED = "deleted"


class StoredInput(Struct, frozen=True, kw_only=True):
    """An input of a campaign. While the campaign's record has it, its object exists."""

    picture: Picture
    created_at: datetime
    state: InputState


def input_id(campaign_id: str, picture: Picture) -> str:
    return f"input_{campaign_id}.{picture.short_hash}"


def parse_input_id(text: str) -> tuple[str, str]:
    """Return (campaign_id, the first 16 digits of the SHA-256). Raise NotFoundError."""
    # Compiled on its first use: most processes handle no input.
    match = re.fullmatch(_INPUT_ID, text, re.ASCII)
    if match is None:
        raise NotFoundError("There is no input with this id.")
    return match[1], match[2]


def find_input(inputs: Iterable[StoredInput], short_hash: str) -> StoredInput | None:
    """Return the input that callers may use, or None if there is none or it was deleted."""
    return next(
        (
            each
            for each in inputs
            if each.picture.short_hash == short_hash and each.state is not InputState.DELETED
        ),
        None,
    )


def with_input(
    inputs: tuple[StoredInput, ...], picture: Picture, state: InputState, *, now: datetime
) -> tuple[StoredInput, ...]:
    """Return the inputs with this one. One that was uploaded by itself stays KEPT.

    Raise InvalidInputError if there is no room for it.
    """
    known = next((each for each in inputs if each.picture.short_hash == picture.short_hash), None)
    if known is None:
        if len(inputs) >= MOST_INPUTS:
            raise InvalidInputError(
                f"The campaign has {MOST_INPUTS} of {MOST_INPUTS} inputs. Delete one, or use "
                f"another campaign."
            )
        return (*inputs, StoredInput(picture=picture, created_at=now, state=state))
    if known.picture.sha256 != picture.sha256:
        raise InvalidInputError("Another input of this campaign has the same id.")
    if known.state in (state, InputState.KEPT):
        return inputs
    return tuple(replace(each, state=state) if each is known else each for each in inputs)


def content_of_uri(uri: str) -> bytes:
    """Return the content of a `data:` URI. Raise InvalidInputError."""
    if (start := _DATA_URI.match(uri)) is None:
        raise InvalidInputError("Send the id of an input, an https:// URL or a data: URI.")
    if not start[0].endswith(";base64,"):
        raise InvalidInputError(
            "Encode the data: URI in base64, as in data:image/jpeg;base64,/9j/4AAQ."
        )
    try:
        return _decoded(uri, start.end())
    except ValueError as error:
        raise InvalidInputError(f"The data: URI is not valid base64: {error}.") from error


def _decoded(uri: str, start: int) -> bytes:
    """Decode base64 from `start` on, piece by piece: a copy of it would need as much memory again.

    Raise ValueError.
    """
    content = BytesIO()
    for place in range(start, len(uri), _PIECE):
        piece = uri[place : place + _PIECE]
        if content.tell() % 3:
            raise ValueError("Excess data after padding")
        content.write(binascii.a2b_base64(piece, strict_mode=True))
    return content.getvalue()
