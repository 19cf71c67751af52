"""Find the video that an embed shows at one load of its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from shared.domain.errors import CampaignNotFoundError, NotFoundError, VideoNotFoundError
from shared.domain.identity import parse_video_id
from shared.use_cases.content import (
    path_of_clip,
    path_of_thumbnail,
    read_with_campaign,
    require_content,
)

if TYPE_CHECKING:
    from shared.domain.campaign import Campaign
    from shared.domain.signed_tokens import EmbedTarget
    from shared.domain.video import Video
    from shared.ports import Ports


class Embedded(Struct, frozen=True, kw_only=True):
    video: Video
    duration_seconds: float
    clip_path: str
    poster_path: str | None
    experiment_id: str | None = None
    arm: int | None = None
    label: str | None = None


def find_embedded(ports: Ports, target: EmbedTarget) -> Embedded:
    """Return what is to be played: in a slot, the version that is current now.

    Raise NotFoundError if there is nothing to play, or NotReadyError.
    """
    match target:
        case ("slot", campaign_id, index):
            return _in_slot(ports, campaign_id, index)
        case ("video", video_id):
            return embedded(ports, *read_with_campaign(ports, *parse_video_id(video_id)))
    raise NotFoundError("There is no such embed.")


def _in_slot(ports: Ports, campaign_id: str, index: int) -> Embedded:
    campaign = ports.campaigns.get_campaign(campaign_id)
    version = campaign.slot(index).current
    if version is None:
        raise VideoNotFoundError(
            "This slot has no current video. Make or restore one, and load it again."
        )
    video = ports.campaigns.get_video(campaign_id, version.video_hash)
    return embedded(ports, campaign, video)


def embedded(ports: Ports, campaign: Campaign | None, video: Video) -> Embedded:
    """Raise NotFoundError or NotReadyError, as `find_embedded`."""
    require_content(video)
    if video.is_trashed:
        raise VideoNotFoundError("This video is in the trash. Restore it, and load it again.")
    if video.clip is None or (campaign and campaign.is_being_deleted):
        raise CampaignNotFoundError("The campaign of this embed is being deleted.")
    return Embedded(
        video=video,
        duration_seconds=video.clip.duration_seconds,
        clip_path=path_of_clip(ports, campaign, video),
        poster_path=path_of_thumbnail(video),
    )
