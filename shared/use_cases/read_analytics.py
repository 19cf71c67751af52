"""Read how versions were watched, each by itself."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from shared.domain.errors import InvalidRequestError
from shared.domain.identity import parse_video_id
from shared.domain.plays import Counts, CountsKey
from shared.domain.video import Video
from shared.ports import Ports

LONGEST_DAYS = 366
EARLIEST = date(2000, 1, 1)
LATEST = date(2999, 12, 31)


class Period(Struct, frozen=True, kw_only=True):
    """Days in UTC, with both ends."""

    first: date
    last: date

    def require_possible(self) -> None:
        """Raise InvalidRequestError."""
        for param, day in (("to", self.last), ("from", self.first)):
            if not EARLIEST <= day <= LATEST:
                raise InvalidRequestError(
                    f"{param} is a day from {EARLIEST} to {LATEST}.", param=param
                )
        if self.first > self.last:
            raise InvalidRequestError("from is after to.", param="from")
        if (self.last - self.first).days >= LONGEST_DAYS:
            raise InvalidRequestError(
                f"from and to are at most {LONGEST_DAYS} days apart, both included.", param="from"
            )


Counted = Sequence[tuple[CountsKey, Counts]]


def read_video_counts(ports: Ports, video_id: str, period: Period) -> tuple[Video, Counted]:
    """Raise VideoNotFoundError, or InvalidRequestError for an impossible period."""
    period.require_possible()
    video = ports.campaigns.get_video(*parse_video_id(video_id))
    return video, ports.plays.counts_of_video(video_id, period.first, period.last)


def read_campaign_counts(
    ports: Ports, campaign_id: str, period: Period
) -> tuple[dict[str, Video], Counted]:
    """Return the videos of the campaign, by id, and the counts of all that it ever had.

    Raise CampaignNotFoundError, or InvalidRequestError for an impossible period.
    """
    period.require_possible()
    page = ports.campaigns.get_all_videos(campaign_id)
    if not page.videos and not page.unreadable:
        ports.campaigns.get_campaign(campaign_id)
    counts = ports.plays.counts_of_campaign(campaign_id, period.first, period.last)
    return {video.id: video for video in page.videos}, counts
