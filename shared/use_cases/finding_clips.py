"""Find the object that has a video's clip."""

from shared.domain.errors import ObjectNotFoundError
from shared.domain.storage_layout import attempts_prefix, clip_path, is_clip
from shared.domain.video import Phase, Video
from shared.ports import Ports
from shared.ports.object_store import ObjectInfo

_NOT_STORED_YET = frozenset(
    {Phase.RESERVED, Phase.SUBMITTING, Phase.GENERATING, Phase.OUTCOME_UNKNOWN}
)


def find_stored_clip(ports: Ports, video: Video) -> ObjectInfo | None:
    """Look up both names that a stored clip may have, the likelier one first."""
    for current in (video.is_current, not video.is_current):
        path = clip_path(video.campaign_id, video.video_hash, video.index, current=current)
        try:
            return ports.objects.head(path)
        except ObjectNotFoundError:
            continue
    return None


def require_stored_clip(ports: Ports, video: Video) -> ObjectInfo:
    """Raise ObjectNotFoundError."""
    # It may be renamed from the second name to the first between the two calls.
    found = find_stored_clip(ports, video) or find_stored_clip(ports, video)
    if found is None:
        raise ObjectNotFoundError("The clip of this video is missing from the store.")
    return found


def find_generated_clip(ports: Ports, video: Video) -> ObjectInfo | None:
    """Look for the clip that the generator wrote, in any folder of the video's attempts."""
    prefix = attempts_prefix(video.campaign_id, video.video_hash)
    return next((each for each in ports.objects.list(prefix) if is_clip(each.path)), None)


def find_clip(ports: Ports, video: Video) -> ObjectInfo | None:
    """Look only where the clip can be: before the phase `storing` no step has stored it."""
    if video.phase in _NOT_STORED_YET:
        return find_generated_clip(ports, video)
    return find_stored_clip(ports, video) or find_generated_clip(ports, video)
