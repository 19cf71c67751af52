"""Turn checked request bodies into the commands of use cases."""

from typing import Any

from shared.domain.errors import InvalidRequestError, UnsupportedParameterError
from shared.domain.fingerprint import own_campaign_id
from shared.domain.identity import require_campaign_id
from shared.domain.limits import require_dollars
from shared.domain.models import shape_of_size
from shared.domain.prompt import require_business_context, require_negative_prompt, require_prompt
from shared.domain.text import canonical, is_visible, require_plain
from shared.domain.values import replace
from shared.domain.video import GenerationParameters, Lane
from shared.requests.bodies import (
    DEFAULT_FPS,
    DEFAULT_SECONDS,
    MAX_ENTRIES,
    MAX_ENTRY_CHARACTERS,
    BatchLineBody,
    CreateCampaignVideosBody,
    CreateVideoBody,
    CreationBody,
    EstimateBody,
    GenerationBody,
    InputReference,
)
from shared.use_cases.create_videos import CreateVideos, Draft
from shared.use_cases.inputs import Sources, require_ids, sent_inputs

# Until 0.4: the campaign of requests without a campaign_id, in releases before 0.2.
_FORMER_CAMPAIGN = "default"


def create_one(
    body: CreateVideoBody,
    default_model: str,
    *,
    requested_by: str | None = None,
    sources: Sources | None = None,
) -> CreateVideos:
    """`sources` are the pictures of the body once they were read."""
    takes = body.n or 1
    if takes > 1 and body.index is not None:
        raise InvalidRequestError(
            f"{takes} videos need {takes} slots. Leave index out.", param="index"
        )
    prompt = require_prompt(body.prompt)
    drafts = tuple(Draft(prompt=prompt, index=body.index, take=take) for take in range(takes))
    return _create(
        body, body.campaign_id, drafts, default_model, requested_by=requested_by, sources=sources
    )


def create_all(
    campaign_id: str | None,
    body: CreateCampaignVideosBody,
    default_model: str,
    *,
    priority: Lane = Lane.INTERACTIVE,
    requested_by: str | None = None,
    sources: Sources | None = None,
) -> CreateVideos:
    """`priority` is that of a body which names none. `sources` are as in `create_one`."""
    drafts = tuple(
        Draft(prompt=require_prompt(prompt, param=f"prompts[{index}]"), index=index)
        for index, prompt in enumerate(body.prompts)
        if prompt is not None
    )
    if not drafts:
        raise InvalidRequestError("prompts must hold at least one prompt.", param="prompts")
    request = _create(
        body, campaign_id, drafts, default_model, requested_by=requested_by, sources=sources
    )
    return replace(request, priority=lane_of(body.priority, default=priority))


def estimate(
    body: EstimateBody, default_model: str, *, sources: Sources | None = None
) -> CreateVideos:
    """Estimate either way to create videos."""
    generation = {name: getattr(body, name) for name in GenerationBody.__struct_fields__}
    return _either(body, generation, default_model, sources=sources)


def batch_line(
    body: BatchLineBody,
    default_model: str,
    *,
    priority: Lane,
    requested_by: str | None = None,
) -> CreateVideos:
    """Create videos in either way. `priority` is that of a line which names none."""
    creation = {name: getattr(body, name) for name in CreationBody.__struct_fields__}
    creation["priority"] = body.priority or priority
    sources = require_ids(sources_of(body), "A line of a batch")
    return _either(body, creation, default_model, requested_by, sources=sources)


def _either(
    body: EstimateBody | BatchLineBody,
    fields: dict[str, Any],
    default_model: str,
    requested_by: str | None = None,
    *,
    sources: Sources | None = None,
) -> CreateVideos:
    if (body.prompt is None) == (body.prompts is None):
        raise InvalidRequestError("Send either prompt or prompts.", param="prompt")
    if body.prompts is not None:
        for name in ("index", "n"):
            if getattr(body, name) is not None:
                about = f"{name} belongs to prompt: each of the prompts has one slot, from 0."
                raise InvalidRequestError(about, param=name)
        many = CreateCampaignVideosBody(prompts=body.prompts, **fields)
        return create_all(
            body.campaign_id, many, default_model, requested_by=requested_by, sources=sources
        )
    one = CreateVideoBody(
        prompt=body.prompt or "",
        campaign_id=body.campaign_id,
        index=body.index,
        n=body.n,
        **fields,
    )
    return create_one(one, default_model, requested_by=requested_by, sources=sources)


def _create(
    body: CreationBody,
    campaign_id: str | None,
    drafts: tuple[Draft, ...],
    default_model: str,
    *,
    requested_by: str | None,
    sources: Sources | None,
) -> CreateVideos:
    sources = sources_of(body) if sources is None else sources
    parameters = _parameters(body, default_model)
    if campaign_id is None:
        # The pictures count in the id of a campaign of its own.
        parameters = replace(parameters, inputs=sent_inputs(sources))
    context = require_business_context(body.business_context)
    is_named = campaign_id is not None
    return CreateVideos(
        campaign_id=require_campaign_id(campaign_id)
        if campaign_id is not None
        else own_campaign_id(
            # Any number of takes of a prompt are in one campaign.
            [draft.prompt for draft in drafts if not draft.take],
            business_context=context,
            parameters=parameters,
        ),
        former_campaign_id=None if is_named else _FORMER_CAMPAIGN,
        drafts=drafts,
        parameters=parameters,
        business_context=context,
        metadata=_metadata(body.metadata),
        tags=_tags(body.tags),
        max_cost=require_dollars(body.max_cost_usd, param="max_cost_usd"),
        requested_by=requested_by,
        priority=lane_of(body.priority),
        sources=sources,
        is_sized=body.size is not None,
    )


def sources_of(body: GenerationBody) -> Sources:
    """Return the pictures that a body names. OpenAI's input_reference is the image."""
    reference = body.input_reference
    if isinstance(reference, InputReference):
        about = "input_reference has either image_url or file_id."
        raise InvalidRequestError(about, param="input_reference")
    if body.image is not None and reference is not None:
        about = "input_reference is another name of image. Send either."
        raise InvalidRequestError(about, param="input_reference")
    return Sources(
        image=reference if body.image is None else body.image,
        image_field="image" if reference is None else "input_reference",
        last_frame=body.last_frame,
        reference_images=tuple(body.reference_images),
    )


def lane_of(priority: str | None, *, default: Lane = Lane.INTERACTIVE) -> Lane:
    """Raise InvalidRequestError for a priority that does not exist."""
    if priority is None:
        return default
    try:
        return Lane(priority)
    except ValueError:
        about = f"priority is one of: {', '.join(Lane)}."
        raise InvalidRequestError(about, param="priority") from None


def _parameters(body: GenerationBody, default_model: str) -> GenerationParameters:
    aspect_ratio, resolution = _shape(body)
    return GenerationParameters(
        model=default_model if body.model is None else body.model,
        duration_seconds=seconds_of(body.seconds),
        aspect_ratio=aspect_ratio,
        resolution=resolution,
        fps=DEFAULT_FPS if body.fps is None else body.fps,
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
            f"size={body.size} means {aspect_ratio} in {resolution}. Send either size, or "
            f"aspect_ratio and resolution.",
            param="size",
        )
    return aspect_ratio, resolution


def seconds_of(value: int | str | None, *, default: int = DEFAULT_SECONDS) -> int:
    """Raise UnsupportedParameterError for a text that is no whole number."""
    if value is None:
        return default
    if isinstance(value, str):
        raise UnsupportedParameterError("seconds must be an integer.", param="seconds")
    return value


def _metadata(metadata: dict[str, str]) -> dict[str, str]:
    texts = [*metadata, *metadata.values()]
    if len(metadata) > MAX_ENTRIES or any(len(text) > MAX_ENTRY_CHARACTERS for text in texts):
        most = f"at most {MAX_ENTRIES} entries of at most {MAX_ENTRY_CHARACTERS} characters"
        raise InvalidRequestError(f"metadata has {most}.", param="metadata")
    require_plain("\n".join(texts), "metadata")
    return metadata


def _tags(tags: list[str]) -> tuple[str, ...]:
    """Return each tag once, in the canonical form by which lists are filtered."""
    require_plain("\n".join(tags), "tags")
    if not all(map(is_visible, tags)):
        about = "A tag must not be empty: it needs a letter, a digit or a symbol."
        raise InvalidRequestError(about, param="tags")
    return tuple(dict.fromkeys(map(canonical, tags)))
