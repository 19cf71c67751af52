"""Idempotency claims: a retry finds the videos made by the first attempt."""

import hashlib
import json
import secrets
from datetime import datetime, timedelta
from io import BytesIO

from msgspec import Struct

from shared.domain.errors import CampaignDeletedError, ObjectNotFoundError
from shared.domain.storage_layout import deletion_path
from shared.domain.video import Video
from shared.ports import Ports
from shared.ports.campaign_repository import VideoPage
from shared.ports.object_store import ObjectStore, PutMode

# A claim of this age was made by the current request, not by an earlier try.
_JUST_NOW = timedelta(seconds=5)


class Claim(Struct, frozen=True, kw_only=True):
    """The claim of one request and all its retries, with a unique `name`.

    It determines the ids of the request's videos. The commit that reserves them requires that no
    record has these ids, so only one attempt for a claim reserves anything.
    """

    name: str
    digest: str
    claimed_at: str

    def video_hash(self, position: int) -> str:
        return hashlib.sha256(f"{self.name}:{position}".encode()).hexdigest()[:16]


def new_video_hash(claim: Claim | None, position: int) -> str:
    """Return the hash of the video for a position in the request."""
    return secrets.token_hex(8) if claim is None else claim.video_hash(position)


def hashes_of(claim: Claim | None, positions: range) -> tuple[str, ...]:
    """Return the hashes of the claim's videos; none without a claim."""
    return () if claim is None else tuple(map(claim.video_hash, positions))


def made_before(claim: Claim | None, positions: range, page: VideoPage) -> dict[int, Video]:
    """Return the videos that an earlier attempt made for a claim, by position.

    They may have ended since. `page` has the videos of `hashes_of`, read in one snapshot with the
    campaign that is to be committed: a video made after that causes a conflict.
    """
    if claim is None:
        return {}
    for record in page.unreadable:
        raise record.error()
    videos = {video.video_hash: video for video in page.videos}
    names = {position: claim.video_hash(position) for position in positions}
    return {position: videos[name] for position, name in names.items() if name in videos}


def note_deletion(ports: Ports, campaign_id: str) -> None:
    """Record the deletion: a redelivered message with an older claim must not create it again."""
    content = json.dumps({"deleted_at": ports.now().isoformat()}).encode()
    ports.objects.put(
        deletion_path(campaign_id),
        BytesIO(content),
        content_type="application/json",
        mode=PutMode.OVERWRITE,
    )


def require_not_deleted_since(ports: Ports, campaign_id: str, claim: Claim | None) -> None:
    """Raise CampaignDeletedError for a claim that is older than the campaign's deletion."""
    if claim is None or ports.now() - datetime.fromisoformat(claim.claimed_at) < _JUST_NOW:
        return
    deleted_at = deletion_of(ports.objects, campaign_id)
    if deleted_at is not None and datetime.fromisoformat(claim.claimed_at) <= deleted_at:
        raise CampaignDeletedError(
            f"Campaign {campaign_id!r} was deleted after this request was first made. Send it as a "
            f"new request."
        )


def deletion_of(objects: ObjectStore, campaign_id: str) -> datetime | None:
    """Return when a campaign of this id was deleted last, if that is still recorded."""
    try:
        with objects.open(deletion_path(campaign_id)) as note:
            return datetime.fromisoformat(json.load(note)["deleted_at"])
    except ObjectNotFoundError:
        return None
