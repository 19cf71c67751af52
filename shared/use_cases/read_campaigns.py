"""Read a campaign with what its slots show."""

from dataclasses import dataclass

from shared.domain.campaign import Campaign, Slot, Version
from shared.domain.errors import ConflictError, UnreadableRecordError, VideoNotFoundError
from shared.domain.unreadable import Unreadable
from shared.domain.video import Video
from shared.ports import Ports
from shared.use_cases.committing import until_committed


@dataclass(frozen=True, kw_only=True)
class SlotView:
    index: int
    current: Video | None
    pending: Video | None
    historical: tuple[Video, ...]
    unreadable: tuple[Unreadable, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CampaignView:
    campaign: Campaign
    slots: tuple[SlotView, ...]


def read_campaign(ports: Ports, campaign_id: str) -> CampaignView:
    """Raise CampaignNotFoundError."""

    def read() -> CampaignView:
        campaign = ports.campaigns.get_campaign(campaign_id)
        slots = tuple(_view(ports, campaign, slot) for slot in campaign.slots)
        return CampaignView(campaign=ports.savings.included_in(campaign), slots=slots)

    return until_committed(read)


def video_of(ports: Ports, campaign: Campaign, video_hash: str) -> Video:
    """Read a video that `campaign` names. Raise ConflictError if it was deleted meanwhile."""
    try:
        return ports.campaigns.get_video(campaign.campaign_id, video_hash)
    except VideoNotFoundError as error:
        raise ConflictError("The campaign has changed. Read it again.") from error


def current_video(ports: Ports, campaign: Campaign, index: int) -> Video | None:
    """Raise ConflictError, as `video_of`."""
    return _video(ports, campaign, campaign.slot(index).current)


def video_or_unreadable(ports: Ports, campaign: Campaign, video_hash: str) -> Video | Unreadable:
    """The same for callers that can go on without the record."""
    try:
        return video_of(ports, campaign, video_hash)
    except UnreadableRecordError as error:
        if error.record is None:
            raise
        return error.record


def _view(ports: Ports, campaign: Campaign, slot: Slot) -> SlotView:
    versions = [*slot.versions, *slot.historical]
    found = [video_or_unreadable(ports, campaign, each.video_hash) for each in versions]
    videos = {each.video_hash: each for each in found if isinstance(each, Video)}
    return SlotView(
        index=slot.index,
        current=videos.get(slot.current.video_hash) if slot.current else None,
        pending=videos.get(slot.pending.video_hash) if slot.pending else None,
        historical=tuple(
            videos[each.video_hash] for each in slot.historical if each.video_hash in videos
        ),
        unreadable=tuple(each for each in found if isinstance(each, Unreadable)),
    )


def _video(ports: Ports, campaign: Campaign, version: Version | None) -> Video | None:
    return None if version is None else video_of(ports, campaign, version.video_hash)
