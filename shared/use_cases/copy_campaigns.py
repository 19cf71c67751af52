"""Copy campaigns from one installation to another, such as from a folder into the cloud.

It may be stopped and run again at any time: what is there already costs no more than a look.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from shared.domain.campaign import Campaign, Change
from shared.domain.copying import Verdict, judge, succeed
from shared.domain.errors import CampaignNotFoundError, ConflictError
from shared.domain.reconciling import CampaignState, reconciled
from shared.domain.video import Video
from shared.ports.campaign_repository import CampaignRepository, SortOrder, VideoQuery
from shared.ports.object_store import ObjectStore
from shared.use_cases.committing import until_committed
from shared.use_cases.copy_media import MediaCopy, Transfer

_PAGE = 100


@dataclass(frozen=True, kw_only=True)
class Installation:
    """Where campaigns are kept, with their objects."""

    campaigns: CampaignRepository
    objects: ObjectStore


@dataclass(frozen=True, kw_only=True)
class CopiedCampaign:
    """`videos` counts the records that were written."""

    campaign_id: str
    verdict: Verdict
    videos: int
    transfer: Transfer


def copy_campaigns(source: Installation, target: Installation) -> Iterator[CopiedCampaign]:
    """Copy one after the other, and yield each when it is there."""
    for campaign in _campaigns(source):
        yield copy_campaign(source, target, campaign.campaign_id)


def copy_campaign(source: Installation, target: Installation, campaign_id: str) -> CopiedCampaign:
    """Copy the objects first: no record is there without its clip. Raise CampaignNotFoundError."""

    def attempt() -> CopiedCampaign:
        here = reconciled(_read(source, campaign_id))
        there = _read_if_any(target, campaign_id)
        verdict = judge(here, there)
        if verdict in (Verdict.NEWER_THERE, Verdict.ANOTHER_THERE):
            return CopiedCampaign(
                campaign_id=campaign_id, verdict=verdict, videos=0, transfer=Transfer()
            )
        media = MediaCopy(source.objects, target.objects, campaign_id)
        media.copy_missing(here.videos.values())
        change = succeed(here, there)
        if verdict is Verdict.COPY:
            _commit(target.campaigns, change)
        media.name_after_states((*here.videos.values(), *change.videos))
        return CopiedCampaign(
            campaign_id=campaign_id,
            verdict=verdict,
            videos=len(change.videos),
            transfer=media.transfer,
        )

    return until_committed(attempt)


def _commit(campaigns: CampaignRepository, change: Change) -> None:
    """Commit what the slots name with the campaign; a store may bound the size of a commit."""
    first, rest = change.videos[:_PAGE], change.videos[_PAGE:]
    committed = campaigns.commit(replace(change, videos=first))
    while rest:
        first, rest = rest[:_PAGE], rest[_PAGE:]
        committed = campaigns.commit(Change(campaign=committed.campaign, videos=first))


def _campaigns(installation: Installation) -> Iterator[Campaign]:
    after: str | None = None
    while page := installation.campaigns.list_campaigns(after=after, limit=_PAGE):
        yield from page
        after = page[-1].campaign_id


def _read_if_any(installation: Installation, campaign_id: str) -> CampaignState | None:
    try:
        return _read(installation, campaign_id)
    except CampaignNotFoundError:
        return None


def _read(installation: Installation, campaign_id: str) -> CampaignState:
    """Raise ConflictError where the campaign is changed at this moment."""
    campaign = installation.campaigns.get_campaign(campaign_id)
    videos = tuple(_videos(installation, campaign_id))
    if installation.campaigns.get_campaign(campaign_id).revision != campaign.revision:
        raise ConflictError(f"The campaign {campaign_id!r} has changed. Read it again.")
    return CampaignState.of(campaign, videos)


def _videos(installation: Installation, campaign_id: str) -> Iterator[Video]:
    query = VideoQuery(campaign_id=campaign_id, order=SortOrder.ASCENDING, limit=_PAGE)
    while True:
        page = installation.campaigns.list_videos(query)
        yield from page.videos
        if not page.has_more:
            return
        query = replace(query, after=page.videos[-1].id)
