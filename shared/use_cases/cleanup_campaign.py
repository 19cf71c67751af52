"""Clean-up: move historical videos to the trash, with a preview.

Current videos are never touched. Without a trash, the videos are removed.
"""

from collections.abc import Iterator
from contextlib import suppress

from msgspec import Struct

from shared.domain.campaign import Change
from shared.domain.errors import CampaignNotFoundError
from shared.domain.removal import surplus
from shared.domain.unreadable import Unreadable
from shared.domain.video import Video
from shared.ports import Ports
from shared.use_cases.announcing import report_unreadable
from shared.use_cases.campaign_state import all_campaigns
from shared.use_cases.committing import commit, until_committed
from shared.use_cases.finish_chores import finish_chores
from shared.use_cases.read_campaigns import readable_videos_of
from shared.use_cases.trash_videos import trash_or_remove


class Cleanup(Struct, frozen=True, kw_only=True):
    """`size_bytes` is the total size of the videos' clips."""

    videos: tuple[Video, ...]
    size_bytes: int


def preview_cleanup(ports: Ports, campaign_id: str, *, keep: int) -> Cleanup:
    """Return what `cleanup_campaign` would take away."""
    change = until_committed(lambda: _change(ports, campaign_id, keep=keep))
    return _measure(change)


def cleanup_campaign(ports: Ports, campaign_id: str, *, keep: int) -> Cleanup:
    """Take away all historical videos except the `keep` latest of each slot.

    A video with an unreadable record is kept, and counts as one of the latest of its slot.
    """

    def attempt() -> Change:
        change = _change(ports, campaign_id, keep=keep)
        return commit(ports, change) if change.videos or change.removed else change

    change = until_committed(attempt)
    finish_chores(ports, campaign_id)
    return _measure(change)


def cleanup_all(ports: Ports, *, keep: int) -> Iterator[Cleanup]:
    """Clean up one campaign after the other, but none that is deleted or whose record is damaged.

    Yield what was taken away of each.
    """
    for campaign in all_campaigns(ports.campaigns):
        if isinstance(campaign, Unreadable):
            report_unreadable(campaign.id, campaign.detail)
            continue
        with suppress(CampaignNotFoundError):
            yield cleanup_campaign(ports, campaign.campaign_id, keep=keep)


def _change(ports: Ports, campaign_id: str, *, keep: int) -> Change:
    campaign = ports.campaigns.get_campaign(campaign_id)
    old = readable_videos_of(ports, campaign, surplus(campaign, keep))
    return trash_or_remove(ports, campaign, tuple(old.values()))


def _measure(change: Change) -> Cleanup:
    videos = (*change.videos, *change.removed)
    size_bytes = sum(video.clip.size_bytes for video in videos if video.clip)
    return Cleanup(videos=videos, size_bytes=size_bytes)
