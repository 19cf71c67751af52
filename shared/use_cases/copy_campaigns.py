"""Copy campaigns from one installation to another, such as from a folder into the cloud.

It may be stopped and run again at any time: what is there already costs no more than a look.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from shared.domain.campaign import Change
from shared.domain.chores import with_chores
from shared.domain.copying import Verdict, judge, succeed
from shared.domain.errors import CampaignNotFoundError, UnreadableRecordError
from shared.domain.reconciling import CampaignState, reconciled
from shared.domain.unreadable import Unreadable
from shared.ports.campaign_repository import CampaignRepository
from shared.ports.object_store import ObjectStore
from shared.ports.record_mirror import RecordMirror
from shared.use_cases.begin_campaign import require_name
from shared.use_cases.committing import until_committed
from shared.use_cases.copy_media import MediaCopy, Transfer
from shared.use_cases.mirroring import mirror_campaign
from shared.use_cases.read_whole import PAGE, all_campaigns, read_whole


@dataclass(frozen=True, kw_only=True)
class Installation:
    """Where campaigns are kept, with their objects."""

    campaigns: CampaignRepository
    objects: ObjectStore
    mirror: RecordMirror


@dataclass(frozen=True, kw_only=True)
class CopiedCampaign:
    """`videos` counts the records that were written; `unreadable` those that cannot be read."""

    campaign_id: str
    verdict: Verdict
    videos: int = 0
    transfer: Transfer = field(default_factory=Transfer)
    unreadable: int = 0


def copy_campaigns(source: Installation, target: Installation) -> Iterator[CopiedCampaign]:
    """Copy one after the other, and yield each when it is there.

    Raise CampaignNameTakenError, before anything is copied, where the target would take two
    campaigns for one.
    """
    if not target.objects.tells_case_apart():
        known = [*all_campaigns(source.campaigns), *all_campaigns(target.campaigns)]
        for campaign in known:
            require_name(target.objects, campaign.campaign_id, among=known)
    for campaign in all_campaigns(source.campaigns):
        if isinstance(campaign, Unreadable):
            yield CopiedCampaign(
                campaign_id=campaign.id, verdict=Verdict.UNREADABLE_HERE, unreadable=1
            )
            continue
        yield copy_campaign(source, target, campaign.campaign_id)


def copy_campaign(source: Installation, target: Installation, campaign_id: str) -> CopiedCampaign:
    """Copy the objects first: no record is there without its clip. Raise CampaignNotFoundError."""

    def attempt() -> CopiedCampaign:
        here = reconciled(read_whole(source.campaigns, campaign_id))
        unreadable = len(here.unreadable)
        try:
            there = _read_if_any(target, campaign_id)
            verdict = judge(here, there)
        except UnreadableRecordError:
            there, verdict = None, Verdict.UNREADABLE_THERE
        if verdict not in (Verdict.COPY, Verdict.UP_TO_DATE):
            return CopiedCampaign(campaign_id=campaign_id, verdict=verdict, unreadable=unreadable)
        media = MediaCopy(source.objects, target.objects, campaign_id)
        media.copy_missing(here.videos.values())
        media.copy_unexplained(here.unreadable)
        change = succeed(here, there)
        if verdict is Verdict.COPY:
            renames = media.renames((*here.videos.values(), *change.videos))
            campaign = with_chores(change.campaign, *renames)
            _commit(target.campaigns, replace(change, campaign=campaign))
        mirror_campaign(target.mirror, target.campaigns, campaign_id)
        media.name_after_states((*here.videos.values(), *change.videos))
        return CopiedCampaign(
            campaign_id=campaign_id,
            verdict=verdict,
            videos=len(change.videos),
            transfer=media.transfer,
            unreadable=unreadable,
        )

    return until_committed(attempt)


def _commit(campaigns: CampaignRepository, change: Change) -> None:
    """Commit what the slots name with the campaign; a store may bound the size of a commit."""
    first, rest = change.videos[:PAGE], change.videos[PAGE:]
    committed = campaigns.commit(replace(change, videos=first))
    while rest:
        first, rest = rest[:PAGE], rest[PAGE:]
        committed = campaigns.commit(Change(campaign=committed.campaign, videos=first))


def _read_if_any(installation: Installation, campaign_id: str) -> CampaignState | None:
    try:
        return read_whole(installation.campaigns, campaign_id)
    except CampaignNotFoundError:
        return None
