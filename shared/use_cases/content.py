"""The content of a video: its stored object, or the path of that by the records alone.

Signed URLs are made from the records, without reading the store.
"""

from collections.abc import Iterable, Mapping
from functools import partial

from shared.domain.campaign import Campaign, ChoreKind
from shared.domain.clip import Companion
from shared.domain.errors import (
    CampaignNotFoundError,
    NotReadyError,
    ObjectNotFoundError,
    UnreadableRecordError,
)
from shared.domain.storage_layout import (
    GENERATED,
    clip_path,
    parts_of_media,
    picture_path,
    spellings_of_media,
)
from shared.domain.unreadable import Unreadable
from shared.domain.video import Phase, Video
from shared.parallel import in_parallel
from shared.ports import Ports
from shared.ports.object_store import ObjectInfo
from shared.use_cases.committing import read_both
from shared.use_cases.finding_clips import require_stored_clip


def content_of_video(ports: Ports, video: Video, picture: Companion | None) -> ObjectInfo:
    """Find the clip, or a picture of it. Raise NotReadyError or ObjectNotFoundError."""
    require_content(video)
    if picture is not None:
        return ports.objects.head(path_of_picture(video, picture))
    return require_stored_clip(ports, video)


def require_content(video: Video) -> None:
    """Raise NotReadyError if the video is not finished or has failed."""
    if video.failure is not None:
        raise NotReadyError(f"This video has no content: {video.failure.message}")
    if video.phase is not Phase.DONE:
        raise NotReadyError("This video is not finished. Ask again when its status is completed.")


def content_of_path(ports: Ports, path: str) -> ObjectInfo:
    """Find the object of a signed URL of this service, even if the clip was renamed."""
    folder, _, filename = path.rpartition("/")
    campaign_id = folder.removeprefix(f"{GENERATED}/")
    return content_of_file(ports, campaign_id, filename)


def content_of_file(ports: Ports, campaign_id: str, filename: str) -> ObjectInfo:
    """Find a file by its public name. Raise ObjectNotFoundError."""
    likely, *others = spellings_of_media(campaign_id, filename)
    # It may be renamed from the second name to the first between two calls.
    for path in (likely, *others, likely):
        try:
            return ports.objects.head(path)
        except ObjectNotFoundError:
            continue
    raise ObjectNotFoundError("There is no such file.")


def locate_content(ports: Ports, video: Video, picture: Companion | None) -> str:
    """Raise NotReadyError or ObjectNotFoundError, as `content_of_video`."""
    require_content(video)
    if picture is not None:
        return path_of_picture(video, picture)
    return locate_clips(ports, (video,))[video.id]


def locate_file(ports: Ports, campaign_id: str, filename: str) -> str:
    """Find a file by its public name. Raise VideoNotFoundError or ObjectNotFoundError."""
    video_hash, index, picture = parts_of_media(campaign_id, filename)
    campaign, video = read_with_campaign(ports, campaign_id, video_hash)
    if video.phase is not Phase.DONE or video.index != index:
        raise ObjectNotFoundError("There is no such file.")
    if picture is not None:
        return path_of_picture(video, picture)
    return path_of_clip(ports, campaign, video)


def locate_clips(ports: Ports, videos: Iterable[Video]) -> dict[str, str]:
    """Return the path of each finished video's clip, by the video's id.

    One call reads all their campaigns, whose chores are the pending renames. Raise
    ObjectNotFoundError, as `paths_of_clips`.
    """
    wanted = tuple(videos)
    found = ports.campaigns.get_many({video.campaign_id: () for video in wanted})
    campaigns = {key: campaign for key, (campaign, _) in found.items()}
    return paths_of_clips(ports, campaigns, wanted)


def paths_of_clips(
    ports: Ports, campaigns: Mapping[str, Campaign | Unreadable | None], videos: Iterable[Video]
) -> dict[str, str]:
    """Return the path of each finished video's clip, by the video's id.

    The store is queried only for clips that are being renamed, and for those of a campaign that
    cannot be read, up to eight at once. Raise ObjectNotFoundError if such a clip is missing.
    """
    wanted = tuple(videos)
    paths = {video.id: _recorded_path(campaigns[video.campaign_id], video) for video in wanted}
    unsure = [video for video in wanted if paths[video.id] is None]
    stored = in_parallel(partial(require_stored_clip, ports, video) for video in unsure)
    looked_up = {video.id: info.path for video, info in zip(unsure, stored, strict=True)}
    return {key: path or looked_up[key] for key, path in paths.items()}


def read_with_campaign(
    ports: Ports, campaign_id: str, video_hash: str
) -> tuple[Campaign | None, Video]:
    """Read a video together with its campaign, which is None if unreadable."""
    try:
        return read_both(ports, campaign_id, video_hash)
    except (CampaignNotFoundError, UnreadableRecordError):
        video = ports.campaigns.get_video(campaign_id, video_hash)
        return _campaign(ports, campaign_id), video


def _campaign(ports: Ports, campaign_id: str) -> Campaign | None:
    try:
        return ports.campaigns.get_campaign(campaign_id)
    except UnreadableRecordError:
        return None


def path_of_clip(ports: Ports, campaign: Campaign | None, video: Video) -> str:
    return _recorded_path(campaign, video) or require_stored_clip(ports, video).path


def _recorded_path(campaign: Campaign | Unreadable | None, video: Video) -> str | None:
    """Return None where the records do not say which of its two names a clip has."""
    if not isinstance(campaign, Campaign) or _is_being_renamed(campaign, video):
        return None
    return clip_path(video.campaign_id, video.video_hash, video.index, current=video.is_current)


def path_of_picture(video: Video, picture: Companion) -> str:
    """Raise ObjectNotFoundError for a video of a release that did not store such pictures."""
    if video.clip is None or picture not in video.clip.pictures:
        raise ObjectNotFoundError(
            f"This video has no {picture}: it was stored by an earlier release. Regenerate it for "
            f"one."
        )
    return picture_path(video.campaign_id, video.video_hash, video.index, picture)


def path_of_thumbnail(video: Video) -> str | None:
    """Return None for a video of an early release."""
    if video.clip is None or "thumbnail" not in video.clip.pictures:
        return None
    return path_of_picture(video, "thumbnail")


def _is_being_renamed(campaign: Campaign, video: Video) -> bool:
    return any(
        chore.kind is ChoreKind.RENAME and chore.video_hash == video.video_hash
        for chore in campaign.chores
    )
