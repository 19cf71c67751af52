"""Create videos: from the cache, by attaching to one that is being made, or by reserving."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from shared.domain.campaign import Campaign, Change
from shared.domain.errors import CampaignNotFoundError, CampaignVideoLimitError
from shared.domain.models import require_supported
from shared.domain.reservation import new_video
from shared.domain.versions import reserve
from shared.domain.video import GenerationParameters, Video
from shared.ports import Ports
from shared.use_cases.announcing import announce, ask_for_step
from shared.use_cases.committing import until_committed


@dataclass(frozen=True, kw_only=True)
class Draft:
    """One prompt, and its slot; without one it goes to the next free slot."""

    prompt: str
    index: int | None = None


@dataclass(frozen=True, kw_only=True)
class CreateVideos:
    campaign_id: str
    drafts: tuple[Draft, ...]
    parameters: GenerationParameters
    business_context: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)


class Outcome(StrEnum):
    CREATED = "created"
    ATTACHED = "attached"
    CACHE_HIT = "cache_hit"


@dataclass(frozen=True, kw_only=True)
class CreatedVideo:
    video: Video
    outcome: Outcome


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`places` names a video for each draft, in order; `reserved` are the new ones among them."""

    campaign: Campaign
    places: tuple[str, ...]
    reserved: Mapping[str, Video]


def create_videos(ports: Ports, request: CreateVideos) -> tuple[CreatedVideo, ...]:
    """Answer every draft with a video, in order, or refuse all of them.

    A draft whose fingerprint is current or pending anywhere in the campaign costs nothing.
    Raises InvalidRequestError, CampaignVideoLimitError or SlotBusyError before anything is kept.
    """
    require_supported(request.parameters, ports.now().date())
    plan = until_committed(lambda: _reserve(ports, request))
    for video in plan.reserved.values():
        announce("video.reserved", video)
        ask_for_step(ports, video)
    return tuple(_answer(ports, plan, video_hash) for video_hash in plan.places)


def plan_videos(ports: Ports, request: CreateVideos) -> Plan:
    """Decide what a request would do, without doing it."""
    limit = ports.policy.max_videos_per_campaign
    if len(request.drafts) > limit:
        raise CampaignVideoLimitError(
            f"A campaign has at most {limit} videos; {len(request.drafts)} prompts were sent."
        )
    campaign = campaign_or_new(ports, request.campaign_id)
    places: list[str] = []
    reserved: dict[str, Video] = {}
    for draft in request.drafts:
        video = _draft_video(ports, request, draft)
        known = campaign.find(video.fingerprint)
        if known is not None:
            places.append(known.video_hash)
            continue
        index = campaign.free_index(limit) if draft.index is None else draft.index
        video = replace(video, index=index)
        campaign = reserve(campaign, video, limit=limit).campaign
        reserved[video.video_hash] = video
        places.append(video.video_hash)
    return Plan(campaign=campaign, places=tuple(places), reserved=reserved)


def campaign_or_new(ports: Ports, campaign_id: str) -> Campaign:
    try:
        return ports.campaigns.get_campaign(campaign_id)
    except CampaignNotFoundError:
        now = ports.now()
        return Campaign(campaign_id=campaign_id, created_at=now, updated_at=now)


def _reserve(ports: Ports, request: CreateVideos) -> Plan:
    plan = plan_videos(ports, request)
    if not plan.reserved:
        return plan
    change = Change(campaign=plan.campaign, videos=tuple(plan.reserved.values()))
    committed = ports.campaigns.commit(change)
    return replace(plan, reserved={video.video_hash: video for video in committed.videos})


def _draft_video(ports: Ports, request: CreateVideos, draft: Draft) -> Video:
    return new_video(
        campaign_id=request.campaign_id,
        video_hash=secrets.token_hex(8),
        index=draft.index or 0,
        prompt=draft.prompt,
        business_context=request.business_context,
        parameters=request.parameters,
        metadata=request.metadata,
        simulated=ports.policy.simulated,
        now=ports.now(),
    )


def _answer(ports: Ports, plan: Plan, video_hash: str) -> CreatedVideo:
    reserved = plan.reserved.get(video_hash)
    if reserved is not None:
        return CreatedVideo(video=reserved, outcome=Outcome.CREATED)
    video = ports.campaigns.get_video(plan.campaign.campaign_id, video_hash)
    if not video.is_current:
        return CreatedVideo(video=video, outcome=Outcome.ATTACHED)
    ports.savings.add(video.campaign_id, video.cost.estimated)
    return CreatedVideo(video=video, outcome=Outcome.CACHE_HIT)
