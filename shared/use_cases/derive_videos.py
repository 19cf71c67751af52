"""Make a video from another one, as the next version of its slot: remix, extend or edit it.

Each is a request to create a video in that slot, so its rules are those of any creation: an equal
video is not paid again, and a slot makes one video at a time.
"""

import hashlib
from datetime import date
from decimal import Decimal
from functools import partial

from msgspec import Struct

from shared.domain.clip_warnings import KEPT_ASIDE, clip_warnings
from shared.domain.errors import UnsupportedParameterError
from shared.domain.inputs import CLIP_TYPE, Inputs, Picture
from shared.domain.models import require_supported, usable_model
from shared.domain.tasks import Task
from shared.domain.trash import require_not_trashed
from shared.domain.values import replace
from shared.domain.video import GenerationParameters, Lane, Video
from shared.ports import Ports
from shared.use_cases.claims import Claim, hashes_of, made_before
from shared.use_cases.content import require_content
from shared.use_cases.create_videos import CreateVideos, Draft, create_videos
from shared.use_cases.finding_clips import require_stored_clip
from shared.use_cases.inputs import CopiedClip, Sources
from shared.use_cases.reserving import CreatedVideo, begin_all, repeated

_BLOCK_BYTES = 1024 * 1024


class DeriveVideo(Struct, frozen=True, kw_only=True):
    """`task` is EXTENSION or EDIT, or None for a remix: the same parameters with another prompt.

    The `sources` of a remix replace the pictures of the video.
    An extension or an edit may be made by another `model` than the video. An extension adds
    `seconds`.
    """

    campaign_id: str
    video_hash: str
    prompt: str
    task: Task | None = None
    seconds: int = 0
    model: str | None = None
    sources: Sources | None = None
    max_cost: Decimal | None = None
    priority: Lane = Lane.INTERACTIVE
    requested_by: str | None = None
    claim: Claim | None = None


def derive_video(ports: Ports, request: DeriveVideo) -> CreatedVideo:
    """Make the next version of the video's slot. Its clip, if it is used, becomes an input.

    A repeated request gets its video even if the video that it was made from is gone.
    Raise NotReadyError without a clip, WrongStateError if it is trashed, and the errors of
    `create_videos`.
    """
    if made := _made_before(ports, request):
        begin_all(ports, (made,))
        return made
    source = ports.campaigns.get_video(request.campaign_id, request.video_hash)
    require_not_trashed(source)
    creation = CreateVideos(
        campaign_id=source.campaign_id,
        drafts=(Draft(prompt=request.prompt, index=source.index),),
        parameters=source.parameters,
        business_context=source.business_context,
        metadata=source.metadata,
        tags=source.tags,
        max_cost=request.max_cost,
        requested_by=request.requested_by,
        claim=request.claim,
        priority=request.priority,
        remixed_from_video_id=source.id,
    )
    if request.sources is not None:
        others = replace(source.parameters, inputs=None)
        creation = replace(creation, parameters=others, sources=request.sources)
    if request.task is not None:
        creation = _with_clip(ports, creation, request, source)
    (created,) = create_videos(ports, creation)
    return created


def _made_before(ports: Ports, request: DeriveVideo) -> CreatedVideo | None:
    """Return the video that an earlier attempt made for the claim."""
    if request.claim is None:
        return None
    names = hashes_of(request.claim, range(1))
    _, page = ports.campaigns.get_together(request.campaign_id, names)
    made = made_before(request.claim, range(1), page)
    return repeated(made[0]) if made else None


def _with_clip(
    ports: Ports, creation: CreateVideos, request: DeriveVideo, source: Video
) -> CreateVideos:
    """Return the request with the clip of `source`, which is read only if the model takes it."""
    require_content(source)
    today = ports.now().date()
    described = _described(source)
    require_supported(_parameters(request, source, described, today), today)
    clip = replace(described, sha256=_sha256(ports, source))
    return replace(
        creation,
        parameters=_parameters(request, source, clip, today),
        clip=CopiedClip(picture=clip, video=source),
    )


def _parameters(
    request: DeriveVideo, source: Video, clip: Picture, today: date
) -> GenerationParameters:
    """Return those of `source` as far as the model takes them. It always makes audio."""
    parameters = source.parameters
    model = usable_model(request.model or parameters.model, today)
    extends = request.task is Task.EXTENSION
    takes_negative, takes_person = (
        option in model.options for option in ("negative_prompt", "person_generation")
    )
    return replace(
        parameters,
        model=model.model_id,
        duration_seconds=request.seconds if extends else round(clip.duration_seconds or 0),
        generate_audio=True,
        negative_prompt=parameters.negative_prompt if takes_negative else None,
        person_generation=parameters.person_generation if takes_person else None,
        inputs=Inputs(extended_clip=clip) if extends else Inputs(edited_clip=clip),
    )


def _described(source: Video) -> Picture:
    """Return the clip of a completed video without its digest.

    Raise UnsupportedParameterError for a clip that is not what was ordered of its model.
    """
    assert source.clip is not None  # noqa: S101  # It is completed.
    warnings = clip_warnings(source.clip, source.parameters)
    for code in KEPT_ASIDE.intersection(warnings):
        raise UnsupportedParameterError(
            f"This clip cannot be the input of a model. {warnings[code]}", param="video"
        )
    return Picture(
        sha256="",
        media_type=CLIP_TYPE,
        size_bytes=source.clip.size_bytes,
        width=source.clip.width,
        height=source.clip.height,
        duration_seconds=source.clip.duration_seconds,
    )


def _sha256(ports: Ports, source: Video) -> str:
    digest = hashlib.sha256()
    with ports.objects.open(require_stored_clip(ports, source).path) as clip:
        for block in iter(partial(clip.read, _BLOCK_BYTES), b""):
            digest.update(block)
    return digest.hexdigest()
