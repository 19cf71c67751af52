"""Copy campaigns from one installation to another, such as from a folder into the cloud.

A copy may be interrupted and run again at any time: objects that exist are not copied again.
"""

from collections.abc import Iterator

from msgspec import Struct, field

from shared.domain.campaign import Change
from shared.domain.chores import with_chores
from shared.domain.copying import CopyDecision, decide_copy, merge_into_target
from shared.domain.errors import CampaignNotFoundError, UnreadableRecordError
from shared.domain.reconciling import CampaignState, reconciled
from shared.domain.unreadable import Unreadable
from shared.domain.values import replace
from shared.ports.campaign_repository import CampaignRepository
from shared.ports.object_store import ObjectStore
from shared.ports.record_mirror import RecordMirror
from shared.use_cases.begin_campaign import require_name
from shared.use_cases.campaign_state import PAGE, all_campaigns, load_campaign_state
from shared.use_cases.committing import until_committed
from shared.use_cases.copy_media import MediaCopy, Transfer
from shared.use_cases.mirroring import mirror_campaign


class Installation(Struct, frozen=True, kw_only=True):
    """The stores of one installation."""

    campaigns: CampaignRepository
    objects: ObjectStore
    mirror: RecordMirror


class CopiedCampaign(Struct, frozen=True, kw_only=True):
    """`videos` counts the records written, `unreadable` the source's unreadable ones."""

    campaign_id: str
    decision: CopyDecision
    videos: int = 0
    transfer: Transfer = field(default_factory=Transfer)
    unreadable: int = 0


def copy_campaigns(source: Installation, target: Installation) -> Iterator[CopiedCampaign]:
    """Copy each campaign, and yield it once it is complete.

    Raise CampaignNameTakenError, before anything is copied, if two names differ in case alone and
    the target is not case-sensitive.
    """
    if not target.objects.is_case_sensitive():
        known = [*all_campaigns(source.campaigns), *all_campaigns(target.campaigns)]
        for campaign in known:
            require_name(target.objects, campaign.campaign_id, among=known)
    for campaign in all_campaigns(source.campaigns):
        if isinstance(campaign, Unreadable):
            yield CopiedCampaign(
                campaign_id=campaign.id, decision=CopyDecision.UNREADABLE_IN_SOURCE, unreadable=1
            )
            continue
        yield copy_campaign(source, target, campaign.campaign_id)


def copy_campaign(source: Installation, target: Installation, campaign_id: str) -> CopiedCampaign:
    """Copy objects before records: no record lacks its clip. Raise CampaignNotFoundError."""

    def attempt() -> CopiedCampaign:
        wanted = reconciled(load_campaign_state(source.campaigns, campaign_id))
        unreadable = len(wanted.unreadable)
        try:
            existing = _read_if_any(target, campaign_id)
            decision = decide_copy(wanted, existing)
        except UnreadableRecordError:
            existing, decision = None, CopyDecision.UNREADABLE_IN_TARGET
        if decision not in (CopyDecision.COPY, CopyDecision.UP_TO_DATE):
            return CopiedCampaign(campaign_id=campaign_id, decision=decision, unreadable=unreadable)
        media = MediaCopy(source.objects, target.objects, campaign_id)
        media.copy_missing(wanted.videos.values())
        media.copy_unreadable(wanted.unreadable)
        media.copy_inputs()
        change = merge_into_target(wanted, existing)
        if decision is CopyDecision.COPY:
            renames = media.renames((*wanted.videos.values(), *change.videos))
            campaign = with_chores(change.campaign, *renames)
            commit_in_parts(target.campaigns, replace(change, campaign=campaign))
        mirror_campaign(target.mirror, target.campaigns, campaign_id)
        media.name_after_states((*wanted.videos.values(), *change.videos))
        return CopiedCampaign(
            campaign_id=campaign_id,
            decision=decision,
            videos=len(change.videos),
            transfer=media.transfer,
            unreadable=unreadable,
        )

    return until_committed(attempt)


def commit_in_parts(campaigns: CampaignRepository, change: Change) -> None:
    """Commit the campaign with the videos that its slots name, and the others in pages."""
    first, rest = change.videos[:PAGE], change.videos[PAGE:]
    committed = campaigns.commit(replace(change, videos=first))
    while rest:
        first, rest = rest[:PAGE], rest[PAGE:]
        committed = campaigns.commit(Change(campaign=committed.campaign, videos=first))


def _read_if_any(installation: Installation, campaign_id: str) -> CampaignState | None:
    try:
        return load_campaign_state(installation.campaigns, campaign_id)
    except CampaignNotFoundError:
        return None
