"""Say where content lies by the records alone: a URL is signed without a look at the objects."""

from collections.abc import Iterable

from shared.domain.campaign import Campaign, ChoreKind
from shared.domain.errors import ObjectNotFoundError, UnreadableRecordError
from shared.domain.storage_layout import clip_path, thumbnail_path, version_of_media
from shared.domain.video import Phase, Video
from shared.ports import Ports
from shared.use_cases.finding_clips import require_stored_clip
from shared.use_cases.read_content import Variant, require_content


def locate_content(ports: Ports, video: Video, variant: Variant) -> str:
    """Raise NotReadyError, as `content_of_video`."""
    require_content(video)
    if variant is Variant.THUMBNAIL:
        return thumbnail_path(video.campaign_id, video.video_hash, video.index)
    return locate_clips(ports, (video,))[video.id]


def locate_file(ports: Ports, campaign_id: str, filename: str) -> str:
    """Find a file by its public name. Raise VideoNotFoundError or ObjectNotFoundError."""
    video_hash, index = version_of_media(campaign_id, filename)
    video = ports.campaigns.get_video(campaign_id, video_hash)
    if video.phase is not Phase.DONE or video.index != index:
        raise ObjectNotFoundError("There is no such file.")
    is_thumbnail = filename.endswith(".jpg")
    return locate_content(ports, video, Variant.THUMBNAIL if is_thumbnail else Variant.VIDEO)


def locate_clips(ports: Ports, videos: Iterable[Video]) -> dict[str, str]:
    """Return the path of each finished video's clip, by the video's id.

    Each campaign is read once: it knows which clips are about to be renamed, and for those alone
    the store is asked, as for all of a campaign that cannot be read. Raise ObjectNotFoundError if
    such a clip is missing.
    """
    campaigns: dict[str, Campaign | None] = {}
    paths = {}
    for video in videos:
        if video.campaign_id not in campaigns:
            campaigns[video.campaign_id] = _campaign(ports, video.campaign_id)
        paths[video.id] = _path(ports, campaigns[video.campaign_id], video)
    return paths


def _campaign(ports: Ports, campaign_id: str) -> Campaign | None:
    try:
        return ports.campaigns.get_campaign(campaign_id)
    except UnreadableRecordError:
        return None


def _path(ports: Ports, campaign: Campaign | None, video: Video) -> str:
    if campaign is None or _is_being_renamed(campaign, video):
        return require_stored_clip(ports, video).path
    return clip_path(video.campaign_id, video.video_hash, video.index, current=video.is_current)


def _is_being_renamed(campaign: Campaign, video: Video) -> bool:
    return any(
        chore.kind is ChoreKind.RENAME and chore.video_hash == video.video_hash
        for chore in campaign.chores
    )
