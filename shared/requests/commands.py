"""From what callers send to what use cases take."""

import re

from shared.domain.errors import InvalidRequestError, UnsupportedParameterError
from shared.domain.identity import require_campaign_id
from shared.domain.limits import require_dollars
from shared.domain.models import shape_of_size
from shared.domain.prompt import require_business_context, require_negative_prompt, require_prompt
from shared.domain.video import GenerationParameters
from shared.ports.policy import Policy
from shared.requests.bodies import (
    CreateCampaignVideosBody,
    CreateVideoBody,
    CreationBody,
    EstimateBody,
    GenerationBody,
)
from shared.use_cases.create_videos import CreateVideos, Draft

_WHOLE_NUMBER = re.compile(r"[0-9]{1,5}")

MAX_METADATA_ENTRIES = 16
MAX_METADATA_CHARACTERS = 500


def create_one(body: CreateVideoBody, policy: Policy) -> CreateVideos:
    if body.index is not None and body.index < 0:
        raise InvalidRequestError("An index is 0 or more.", param="index")
    draft = Draft(prompt=require_prompt(body.prompt), index=body.index)
    return _create(body, body.campaign_id, (draft,), policy)


def create_all(campaign_id: str, body: CreateCampaignVideosBody, policy: Policy) -> CreateVideos:
    if not body.prompts:
        raise InvalidRequestError("prompts must hold at least one prompt.", param="prompts")
    drafts = tuple(
        Draft(prompt=require_prompt(prompt, param=f"prompts[{index}]"), index=index)
        for index, prompt in enumerate(body.prompts)
    )
    return _create(body, campaign_id, drafts, policy)


def estimate(body: EstimateBody, policy: Policy) -> CreateVideos:
    """Take the body of either way to create."""
    if (body.prompt is None) == (body.prompts is None):
        raise InvalidRequestError("Send either prompt or prompts.", param="prompt")
    generation = {name: getattr(body, name) for name in GenerationBody.__struct_fields__}
    if body.prompts is not None:
        many = CreateCampaignVideosBody(prompts=body.prompts, **generation)
        return create_all(body.campaign_id, many, policy)
    one = CreateVideoBody(
        prompt=body.prompt or "", campaign_id=body.campaign_id, index=body.index, **generation
    )
    return create_one(one, policy)


def _create(
    body: CreationBody, campaign_id: str, drafts: tuple[Draft, ...], policy: Policy
) -> CreateVideos:
    return CreateVideos(
        campaign_id=require_campaign_id(campaign_id),
        drafts=drafts,
        parameters=_parameters(body, policy),
        business_context=require_business_context(body.business_context),
        metadata=_metadata(body.metadata),
        max_cost=require_dollars(body.max_cost_usd, param="max_cost_usd"),
    )


def _parameters(body: GenerationBody, policy: Policy) -> GenerationParameters:
    aspect_ratio, resolution = _shape(body)
    return GenerationParameters(
        model=policy.default_model if body.model is None else body.model,
        duration_seconds=_seconds(body.seconds),
        aspect_ratio=aspect_ratio,
        resolution=resolution,
        fps=24 if body.fps is None else body.fps,
        generate_audio=body.generate_audio is not False,
        negative_prompt=require_negative_prompt(body.negative_prompt),
        seed=body.seed,
        person_generation=body.person_generation,
    )


def _shape(body: GenerationBody) -> tuple[str, str]:
    """Return (aspect_ratio, resolution), from either or from a size that agrees with them."""
    if body.size is None:
        aspect_ratio = "16:9" if body.aspect_ratio is None else body.aspect_ratio
        return aspect_ratio, "720p" if body.resolution is None else body.resolution
    aspect_ratio, resolution = shape_of_size(body.size)
    if body.aspect_ratio not in (None, aspect_ratio) or body.resolution not in (None, resolution):
        raise UnsupportedParameterError(
            f"size={body.size} means {aspect_ratio} in {resolution}. Send size, or aspect_ratio "
            f"and resolution, or let them agree.",
            param="size",
        )
    return aspect_ratio, resolution


def _seconds(value: int | str | None) -> int:
    """Take 8 and "8": OpenAI's SDK sends a string."""
    if value is None:
        return 8
    if isinstance(value, str) and not _WHOLE_NUMBER.fullmatch(value):
        raise UnsupportedParameterError("seconds is a whole number.", param="seconds")
    return int(value)


def _metadata(metadata: dict[str, str]) -> dict[str, str]:
    too_long = any(
        len(text) > MAX_METADATA_CHARACTERS for pair in metadata.items() for text in pair
    )
    if len(metadata) > MAX_METADATA_ENTRIES or too_long:
        raise InvalidRequestError(
            f"metadata has at most {MAX_METADATA_ENTRIES} entries of at most "
            f"{MAX_METADATA_CHARACTERS} characters.",
            param="metadata",
        )
    return metadata
