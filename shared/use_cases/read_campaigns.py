"""Read a campaign with the videos of its slots, or single videos of it."""

from collections.abc import Iterable

from msgspec import Struct

from shared.domain.campaign import Campaign
from shared.domain.errors import CampaignNotFoundError, ConflictError
from shared.domain.slot import Slot
from shared.domain.unreadable import Unreadable
from shared.domain.video import Video
from shared.ports import Ports
from shared.ports.campaign_repository import VideoPage


class SlotView(Struct, frozen=True, kw_only=True):
    index: int
    current: Video | None
    pending: Video | None
    historical: tuple[Video, ...]
    unreadable: tuple[Unreadable, ...] = ()


class CampaignView(Struct, frozen=True, kw_only=True):
    campaign: Campaign
    slots: tuple[SlotView, ...]


def read_campaign(ports: Ports, campaign_id: str) -> CampaignView:
    """Raise CampaignNotFoundError. All records are of one snapshot."""
    campaign: Campaign | None = ports.campaigns.get_campaign(campaign_id)
    asked: set[str] = set()
    page = VideoPage(videos=(), has_more=False)
    while campaign is not None:
        names = _names(campaign)
        if names <= asked:
            slots = tuple(_view(slot, page) for slot in campaign.slots)
            return CampaignView(campaign=ports.savings.included_in(campaign), slots=slots)
        asked = names
        campaign, page = ports.campaigns.get_together(campaign_id, names)
    raise CampaignNotFoundError(f"There is no campaign {campaign_id!r}.")


def videos_of(ports: Ports, campaign: Campaign, video_hashes: Iterable[str]) -> dict[str, Video]:
    """Read videos that `campaign` names. Raise ConflictError if one was deleted meanwhile.

    Raise UnreadableRecordError if one cannot be read.
    """
    videos, unreadable = _read(ports, campaign, video_hashes)
    for record in unreadable:
        raise record.error()
    return videos


def readable_videos_of(
    ports: Ports, campaign: Campaign, video_hashes: Iterable[str]
) -> dict[str, Video]:
    """Return what `videos_of` does, without the unreadable ones."""
    return _read(ports, campaign, video_hashes)[0]


def current_video(ports: Ports, campaign: Campaign, index: int) -> Video | None:
    """Raise ConflictError and UnreadableRecordError, as `videos_of`."""
    current = campaign.slot(index).current
    if current is None:
        return None
    return videos_of(ports, campaign, (current.video_hash,))[current.video_hash]


def _read(
    ports: Ports, campaign: Campaign, video_hashes: Iterable[str]
) -> tuple[dict[str, Video], tuple[Unreadable, ...]]:
    wanted = tuple(dict.fromkeys(video_hashes))
    if not wanted:
        return {}, ()
    page = ports.campaigns.get_videos(campaign.campaign_id, wanted)
    if len(page.videos) + len(page.unreadable) < len(wanted):
        raise ConflictError("The campaign has changed. Read it again.")
    return {video.video_hash: video for video in page.videos}, page.unreadable


def _names(campaign: Campaign) -> set[str]:
    return {
        version.video_hash
        for slot in campaign.slots
        for version in (*slot.versions, *slot.historical)
    }


def _view(slot: Slot, page: VideoPage) -> SlotView:
    """Leave out a version without a record: reconciling reports it."""
    videos = {video.video_hash: video for video in page.videos}
    named = {each.video_hash for each in (*slot.versions, *slot.historical)}
    return SlotView(
        index=slot.index,
        current=videos.get(slot.current.video_hash) if slot.current else None,
        pending=videos.get(slot.pending.video_hash) if slot.pending else None,
        historical=tuple(
            videos[each.video_hash] for each in slot.historical if each.video_hash in videos
        ),
        unreadable=tuple(each for each in page.unreadable if each.video_hash in named),
    )
