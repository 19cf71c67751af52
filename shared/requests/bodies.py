"""What may be asked for, by whatever way it comes."""

from decimal import Decimal

from msgspec import field

from shared.requests.parsing import Body


class GenerationBody(Body):
    """What every request for a video may say of how it is made."""

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
    business_context: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)


class CreationBody(GenerationBody):
    """What a request may say that pays: `max_cost_usd` holds for all of it together."""

    max_cost_usd: Decimal | None = None


class CreateVideoBody(CreationBody, kw_only=True):
    prompt: str
    campaign_id: str = "default"
    index: int | None = None


class CreateCampaignVideosBody(CreationBody, kw_only=True):
    prompts: list[str]


class RequestVideosBody(CreateCampaignVideosBody, kw_only=True):
    """The same in a message, which has no path that could name the campaign."""

    campaign_id: str


class EstimateBody(GenerationBody):
    """Either of the two ways to create."""

    prompt: str | None = None
    prompts: list[str] | None = None
    campaign_id: str = "default"
    index: int | None = None
