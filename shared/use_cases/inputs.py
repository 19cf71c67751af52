"""The inputs of a request: gathered before anything is decided, stored before it is reserved."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO

from msgspec import Struct

from shared.domain.campaign import Campaign
from shared.domain.errors import InvalidInputError, InvalidRequestError, NotFoundError
from shared.domain.inputs import (
    CLIP_TYPE,
    MAX_INPUT_BYTES,
    Inputs,
    InputState,
    Picture,
    content_of_uri,
    find_input,
    parse_input_id,
    with_input,
)
from shared.domain.storage_layout import input_path
from shared.domain.tasks import Shape
from shared.domain.values import replace
from shared.domain.video import Video
from shared.parallel import in_parallel
from shared.ports import Ports
from shared.ports.object_store import PutMode
from shared.use_cases.finding_clips import require_stored_clip

FETCH = timedelta(seconds=10)


@dataclass(frozen=True, kw_only=True)
class SentPicture:
    """A picture whose bytes came with the request, or were fetched for it."""

    picture: Picture
    content: bytes = field(repr=False)


class CopiedClip(Struct, frozen=True, kw_only=True):
    """The clip of a video of the campaign. Its object is copied from the video's."""

    picture: Picture
    video: Video


NewInput = SentPicture | CopiedClip

Source = str | SentPicture
"""The id of an input, or a picture that was sent."""


class Sources(Struct, frozen=True, kw_only=True):
    """The pictures of a request, in the fields of `Inputs`. `image_field` had the image."""

    image: Source | None = None
    image_field: str = "image"
    last_frame: Source | None = None
    reference_images: tuple[Source, ...] = ()

    def __iter__(self) -> Iterator[tuple[str, Source]]:
        """Yield each field that is set, as errors name it, with its source."""
        if self.image is not None:
            yield self.image_field, self.image
        if self.last_frame is not None:
            yield "last_frame", self.last_frame
        for number, each in enumerate(self.reference_images):
            yield f"reference_images[{number}]", each

    @property
    def shape(self) -> Shape:
        return Shape(
            image=self.image is not None,
            last_frame=self.last_frame is not None,
            references=len(self.reference_images),
        )

    @property
    def sent(self) -> tuple[SentPicture, ...]:
        return tuple(each for _, each in self if isinstance(each, SentPicture))

    def mapped(self, change: Callable[[str, Source], Source]) -> "Sources":
        """Return the sources with each one replaced by `change` of its name and itself."""
        changed = {name: change(name, each) for name, each in self}
        return Sources(
            image=changed.get(self.image_field),
            image_field=self.image_field,
            last_frame=changed.get("last_frame"),
            reference_images=tuple(
                each for name, each in changed.items() if name.startswith("reference_images")
            ),
        )


NO_PICTURES = Sources()


def gather(ports: Ports, sources: Sources) -> Sources:
    """Return the sources with each URL and `data:` URI read and inspected, all at once.

    Raise InvalidInputError or InvalidUrlError with the name of the field.
    """

    def read(name: str, source: Source) -> Source:
        if not isinstance(source, str) or source.startswith("input_"):
            return source
        try:
            content = _content(ports, source)
            return SentPicture(picture=ports.pictures.inspect(content), content=content)
        except InvalidRequestError as error:
            error.param = name
            raise

    found = dict(sources)
    contents = in_parallel(partial(read, *each) for each in found.items())
    ready = dict(zip(found, contents, strict=True))
    return sources.mapped(lambda name, _: ready[name])


def require_ids(sources: Sources, where: str) -> Sources:
    """Raise InvalidInputError if a source is not the id of an input."""
    for name, source in sources:
        if not isinstance(source, str) or not source.startswith("input_"):
            raise InvalidInputError(
                f"{where} names its pictures by the ids of inputs. Upload them first: POST "
                f"/v1/campaigns/{{campaign_id}}/inputs.",
                param=name,
            )
    return sources


def inputs_of(sources: Sources, campaign: Campaign) -> Inputs | None:
    """Return the pictures themselves; None without any.

    Raise InvalidInputError for an id that is not one of the campaign's inputs.
    """

    def found(name: str, source: Source) -> Source:
        if isinstance(source, SentPicture):
            return source
        return SentPicture(picture=_picture_of(name, source, campaign), content=b"")

    return sent_inputs(sources.mapped(found))


def require_inputs(inputs: Inputs | None, campaign: Campaign, new: Iterable[NewInput] = ()) -> None:
    """Raise InvalidInputError unless the campaign has all inputs of a video, or gets them now."""
    kept = {each.picture.sha256 for each in (*campaign.inputs, *new)}
    if any(each.sha256 not in kept for each in inputs or ()):
        raise InvalidInputError("A picture that the video was made from was deleted with it.")


def sent_inputs(sources: Sources) -> Inputs | None:
    """Return the pictures that were sent; None without any."""
    references = map(_sent, sources.reference_images)
    inputs = Inputs(
        image=_sent(sources.image),
        last_frame=_sent(sources.last_frame),
        reference_images=tuple(each for each in references if each),
    )
    return inputs if any(inputs) else None


def _sent(source: Source | None) -> Picture | None:
    return source.picture if isinstance(source, SentPicture) else None


def with_used(campaign: Campaign, used: Iterable[NewInput], now: datetime) -> Campaign:
    """Return the campaign with these among its inputs."""
    inputs = campaign.inputs
    for each in used:
        inputs = with_input(inputs, each.picture, InputState.USED, now=now)
    return campaign if inputs == campaign.inputs else replace(campaign, inputs=inputs)


def new_inputs(campaign: Campaign, used: Iterable[NewInput]) -> tuple[NewInput, ...]:
    """Return those whose bytes are not among the campaign's inputs yet."""
    known = {each.picture.sha256 for each in campaign.inputs}
    new = {each.picture.sha256: each for each in used}
    return tuple(each for digest, each in new.items() if digest not in known)


def store_inputs(ports: Ports, campaign_id: str, inputs: Iterable[NewInput]) -> None:
    """Store the bytes of inputs that the campaign does not have, all at once.

    They replace an object that may be there without a record, and may be about to be removed.
    """
    in_parallel(partial(_store, ports, campaign_id, each) for each in inputs)


def _store(ports: Ports, campaign_id: str, new: NewInput) -> None:
    path = input_path(campaign_id, new.picture)
    if isinstance(new, CopiedClip):
        clip = require_stored_clip(ports, new.video)
        ports.objects.copy(clip.path, path, mode=PutMode.OVERWRITE)
    else:
        content, media_type = BytesIO(new.content), new.picture.media_type
        ports.objects.put(path, content, content_type=media_type, mode=PutMode.OVERWRITE)


def fetch(ports: Ports, url: str) -> bytes:
    """Raise InvalidUrlError."""
    return ports.web.get(url, most_bytes=MAX_INPUT_BYTES, within=FETCH)


def is_url(source: Source) -> bool:
    return isinstance(source, str) and source.startswith("https://")


def _content(ports: Ports, source: str) -> bytes:
    if is_url(source):
        return fetch(ports, source)
    return content_of_uri(source)


def _picture_of(name: str, source: str, campaign: Campaign) -> Picture:
    try:
        campaign_id, short_hash = parse_input_id(source)
    except NotFoundError as error:
        raise InvalidInputError(error.message, param=name) from error
    if campaign_id != campaign.campaign_id:
        raise InvalidInputError(
            f"This input belongs to the campaign {campaign_id!r}. Send its bytes, or upload it to "
            f"the campaign of the video.",
            param=name,
        )
    known = find_input(campaign.inputs, short_hash)
    if known is None:
        raise InvalidInputError("The campaign has no input with this id.", param=name)
    if known.picture.media_type == CLIP_TYPE:
        raise InvalidInputError("This input is a clip. Name a picture.", param=name)
    return known.picture
