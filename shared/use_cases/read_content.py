"""Find the object behind a video's content URL."""

from enum import StrEnum

from shared.domain.errors import NotReadyError, ObjectNotFoundError
from shared.domain.storage_layout import GENERATED, spellings_of_media, thumbnail_path
from shared.domain.video import Phase, Video
from shared.ports import Ports
from shared.ports.object_store import ObjectInfo
from shared.use_cases.finding_clips import require_stored_clip


class Variant(StrEnum):
    VIDEO = "video"
    THUMBNAIL = "thumbnail"


def content_of_video(ports: Ports, video: Video, variant: Variant) -> ObjectInfo:
    """Raise NotReadyError or ObjectNotFoundError."""
    require_content(video)
    if variant is Variant.THUMBNAIL:
        path = thumbnail_path(video.campaign_id, video.video_hash, video.index)
        return ports.objects.head(path)
    return require_stored_clip(ports, video)


def require_content(video: Video) -> None:
    """Raise NotReadyError while the video is made, and for one that never will be."""
    if video.failure is not None:
        raise NotReadyError(f"This video has no content: {video.failure.message}")
    if video.phase is not Phase.DONE:
        raise NotReadyError("This video is not finished. Ask again when its status is completed.")


def content_of_path(ports: Ports, path: str) -> ObjectInfo:
    """Find what a signed URL of this service reads, also after the clip was renamed."""
    folder, _, filename = path.rpartition("/")
    campaign_id = folder.removeprefix(f"{GENERATED}/")
    return content_of_file(ports, campaign_id, filename)


def content_of_file(ports: Ports, campaign_id: str, filename: str) -> ObjectInfo:
    """Find a file by its public name. Raise ObjectNotFoundError."""
    likely, *others = spellings_of_media(campaign_id, filename)
    # It may be renamed from the second name to the first between two looks.
    for path in (likely, *others, likely):
        try:
            return ports.objects.head(path)
        except ObjectNotFoundError:
            continue
    raise ObjectNotFoundError("There is no such file.")
