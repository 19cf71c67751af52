"""Claims: whoever acts for a request that may be made again finds what was done for it before."""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO

from shared.domain.errors import (
    CampaignDeletedError,
    ObjectNotFoundError,
    VideoNotFoundError,
)
from shared.domain.storage_layout import deletion_path
from shared.domain.video import Video
from shared.ports import Ports
from shared.ports.object_store import PutMode

# A claim of this age is that of the request itself, not of an earlier try.
_JUST_NOW = timedelta(seconds=5)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """Stands for one request, however often it is made. `name` belongs to it alone.

    It names its videos before they are made. The commit that reserves them demands that there are
    none of these names yet, so only one of those who act for a claim reserves anything.
    """

    name: str
    digest: str
    claimed_at: str

    def video_hash(self, position: int) -> str:
        return hashlib.sha256(f"{self.name}:{position}".encode()).hexdigest()[:16]


def new_video_hash(claim: Claim | None, position: int) -> str:
    """Name the video that is made for a position in a request."""
    return secrets.token_hex(8) if claim is None else claim.video_hash(position)


def made_before(
    ports: Ports, campaign_id: str, claim: Claim | None, positions: range
) -> dict[int, Video]:
    """Return what was made for a claim, by position. It may have ended since.

    To be read after the campaign that is to be committed: what is made in between is a conflict.
    """
    if claim is None:
        return {}
    made = _look(ports, campaign_id, claim, positions)
    if not made or len(made) == len(positions):
        return made
    # It was committed as a whole, perhaps between two looks: now all of it is there.
    return _look(ports, campaign_id, claim, positions)


def note_deletion(ports: Ports, campaign_id: str) -> None:
    """Let no claim of before bring the campaign back: its message may be delivered again."""
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
    try:
        with ports.objects.open(deletion_path(campaign_id)) as note:
            deleted_at = str(json.load(note)["deleted_at"])
    except ObjectNotFoundError:
        return
    if datetime.fromisoformat(claim.claimed_at) <= datetime.fromisoformat(deleted_at):
        raise CampaignDeletedError(
            f"Campaign {campaign_id!r} was deleted after this request was first made. Send it as a "
            f"new request."
        )


def _look(ports: Ports, campaign_id: str, claim: Claim, positions: range) -> dict[int, Video]:
    found = ((each, _find(ports, campaign_id, claim.video_hash(each))) for each in positions)
    return {position: video for position, video in found if video}


def _find(ports: Ports, campaign_id: str, video_hash: str) -> Video | None:
    try:
        return ports.campaigns.get_video(campaign_id, video_hash)
    except VideoNotFoundError:
        return None
