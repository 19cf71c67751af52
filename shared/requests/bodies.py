"""The bodies of requests for videos, by HTTP and by message.

OpenAPI is made from these types. `commands` checks what a schema cannot express.
"""

import re
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType, field

from shared.domain.model_registry import MODELS
from shared.requests.lanes import Priority
from shared.requests.parsing import Amount, Body, CampaignId

MAX_ENTRIES = 16
MAX_ENTRY_CHARACTERS = 500
MAX_TAGS = 16
MAX_TAG_CHARACTERS = 64

DEFAULT_SECONDS = 8
# Every model that extends clips can add this.
DEFAULT_ADDED_SECONDS = 7
DEFAULT_FPS = 24
MAX_TAKES = 4

_MOST_REFERENCES = max(model.most_references for model in MODELS.values())

_WHOLE_NUMBER = re.compile(r"([0-9]{1,5})(?:\.0+)?")


def whole_number(value: int | str | None) -> int | str | None:
    """Turn "4", which OpenAI's SDK sends, into 4. Return anything else as it is."""
    whole = _WHOLE_NUMBER.fullmatch(value) if isinstance(value, str) else None
    return int(whole[1]) if whole else value


_LENGTH = {"maxLength": MAX_ENTRY_CHARACTERS}
_ENTRY = Meta(extra_json_schema=_LENGTH)

Prompt = Annotated[str, Meta(extra_json_schema={"minLength": 1})]
Prompts = Annotated[list[Prompt | None], Meta(extra_json_schema={"minItems": 1})]
Entries = Annotated[
    dict[str, Annotated[str, _ENTRY]],
    Meta(extra_json_schema={"maxProperties": MAX_ENTRIES, "propertyNames": _LENGTH}),
]
Takes = Annotated[int, Meta(ge=1, le=MAX_TAKES)]
References = Annotated[list[str], Meta(max_length=_MOST_REFERENCES)]
Tags = Annotated[
    list[Annotated[str, Meta(min_length=1, max_length=MAX_TAG_CHARACTERS)]],
    Meta(max_length=MAX_TAGS),
]


class InputReference(Body, forbid_unknown_fields=False):
    """A picture as OpenAI names it: by one of these."""

    image_url: str | None = None
    file_id: str | None = None


class GenerationBody(Body):
    """The optional fields of every request for a video. null equals a missing field."""

    model: str | None = None
    seconds: int | str | None = None
    size: str | None = None
    aspect_ratio: str | None = None
    resolution: str | None = None
    fps: int | None = None
    generate_audio: bool | None = None
    negative_prompt: str | None = None
    seed: int | None = None
    person_generation: str | None = None
    image: str | None = None
    last_frame: str | None = None
    reference_images: References = field(default_factory=list)
    input_reference: str | InputReference | None = None
    business_context: Entries = field(default_factory=dict)
    metadata: Entries = field(default_factory=dict)
    tags: Tags = field(default_factory=list)
    priority: Priority | None = None

    def __post_init__(self) -> None:
        """Turn what OpenAI's SDK sends into plain values, and default values into None."""
        self.seconds = whole_number(self.seconds)
        if isinstance(self.input_reference, InputReference):
            self.input_reference = _named(self.input_reference)
        self.seconds = None if self.seconds == DEFAULT_SECONDS else self.seconds
        self.fps = None if self.fps == DEFAULT_FPS else self.fps
        self.generate_audio = None if self.generate_audio else self.generate_audio


def _named(reference: InputReference) -> str | InputReference:
    """Return what an object with one field names."""
    names = [each for each in (reference.image_url, reference.file_id) if each is not None]
    return names[0] if len(names) == 1 else reference


class CreationBody(GenerationBody):
    """The fields of requests that spend: `max_cost_usd` limits the sum of all their videos."""

    max_cost_usd: Amount | None = None


class CreateVideoBody(CreationBody, kw_only=True):
    """Without a `campaign_id` the video gets a campaign of its own."""

    prompt: Prompt
    campaign_id: CampaignId | None = None
    index: Annotated[int, Meta(ge=0)] | None = None
    n: Takes | None = None

    def __post_init__(self) -> None:
        """Turn default values into None."""
        super().__post_init__()
        self.n = None if self.n == 1 else self.n


class CreateCampaignVideosBody(CreationBody, kw_only=True):
    prompts: Prompts


class RequestVideosBody(CreateCampaignVideosBody, kw_only=True):
    """The body of a message, which has no path with the campaign's id."""

    campaign_id: CampaignId


class BatchLineBody(CreationBody, kw_only=True):
    """A line of a batch: the body of either endpoint that creates videos."""

    campaign_id: CampaignId
    prompt: Prompt | None = None
    prompts: Prompts | None = None
    index: Annotated[int, Meta(ge=0)] | None = None
    n: Takes | None = None


class DerivationBody(Body, kw_only=True):
    """Another prompt for a video. What the body does not name stays as it is."""

    prompt: Prompt
    max_cost_usd: Amount | None = None
    priority: Priority | None = None


class RemixBody(DerivationBody, kw_only=True):
    """Pictures replace those of the video. A null `image` alone removes them."""

    image: str | UnsetType | None = UNSET
    last_frame: str | None = None
    reference_images: References = field(default_factory=list)


class EditBody(DerivationBody, kw_only=True):
    model: str | None = None


class ExtendBody(EditBody, kw_only=True):
    seconds: int | str | None = None

    def __post_init__(self) -> None:
        self.seconds = whole_number(self.seconds)


class VideoReference(Body):
    id: str


class EditOfBody(EditBody, kw_only=True):
    """OpenAI's form, which names the video beside the prompt."""

    video: VideoReference


class ExtensionOfBody(ExtendBody, kw_only=True):
    """OpenAI's form, as that of an edit."""

    video: VideoReference


class EstimateBody(GenerationBody):
    """The body of either endpoint that creates videos."""

    prompt: Prompt | None = None
    prompts: Prompts | None = None
    campaign_id: CampaignId | None = None
    index: Annotated[int, Meta(ge=0)] | None = None
    n: Takes | None = None
