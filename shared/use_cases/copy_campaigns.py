"""Copy campaigns from one installation to another, such as from a folder into the cloud.

A copy may be interrupted and run again at any time: objects that exist are not copied again.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import suppress

from msgspec import Struct, field

from shared.domain.campaign import Change, Chore, ChoreKind
from shared.domain.chores import with_chores
from shared.domain.copying import CopyDecision, decide_copy, merge_into_target
from shared.domain.errors import (
    CampaignNotFoundError,
    ConflictError,
    ObjectExistsError,
    ObjectNotFoundError,
    UnreadableRecordError,
)
from shared.domain.reconciling import CampaignState, reconciled
from shared.domain.storage_layout import (
    GENERATED,
    attempts_prefix,
    clip_path,
    inputs_prefix,
    picture_paths,
)
from shared.domain.unreadable import Unreadable
from shared.domain.values import replace
from shared.domain.video import Phase, Video
from shared.ports.campaign_repository import CampaignRepository
from shared.ports.object_store import ObjectInfo, ObjectStore
from shared.ports.record_mirror import RecordMirror
from shared.use_cases.begin_campaign import TakenNames
from shared.use_cases.campaign_state import PAGE, all_campaigns, load_campaign_state
from shared.use_cases.committing import until_committed
from shared.use_cases.mirroring import mirror_campaign

logger = logging.getLogger(__name__)

_Listing = dict[str, ObjectInfo]


class Installation(Struct, frozen=True, kw_only=True):
    """The stores of one installation."""

    campaigns: CampaignRepository
    objects: ObjectStore
    mirror: RecordMirror


class Transfer(Struct, kw_only=True):
    """What was copied. `missing` counts clips that neither store has."""

    objects: int = 0
    size_bytes: int = 0
    missing: int = 0


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
        names = TakenNames(target.objects, all_campaigns(target.campaigns))
        for campaign in all_campaigns(source.campaigns):
            names.take(campaign.campaign_id)
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
        media = _MediaCopy(source.objects, target.objects, campaign_id)
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


class _MediaCopy:
    """Copies the objects of one campaign. Clips are looked up under both their names."""

    def __init__(self, source: ObjectStore, target: ObjectStore, campaign_id: str) -> None:
        self._source = source
        self._campaign_id = campaign_id
        self._target = target
        self._here = _listing(source, f"{GENERATED}/{campaign_id}/")
        self._there = _listing(target, f"{GENERATED}/{campaign_id}/")
        self.transfer = Transfer()

    def copy_missing(self, videos: Iterable[Video]) -> None:
        """Copy objects that the target lacks. Raise ConflictError if one is renamed meanwhile."""
        for video in videos:
            if video.phase is Phase.DONE:
                self._copy_clip(video)
                self._copy_pictures(video)
            elif not video.has_ended or video.is_possibly_billed:
                self._copy_attempts(video.video_hash)

    def copy_inputs(self) -> None:
        """Copy the pictures that the target lacks."""
        folder = inputs_prefix(self._campaign_id)
        here = _listing(self._source, folder)
        there = _listing(self._target, folder) if here else {}
        for path in here.keys() - there.keys():
            self._copy(here[path], path)

    def copy_unreadable(self, hashes: Iterable[str]) -> None:
        """Copy all objects of videos with unreadable records, under their present names."""
        for video_hash in hashes:
            for path, found in self._here.items():
                if video_hash in path and path not in self._there:
                    self._copy(found, path)
            self._copy_attempts(video_hash)

    def renames(self, videos: Iterable[Video]) -> Iterator[Chore]:
        """Yield the chores that rename clips which the target has under their other name."""
        for video in videos:
            if video.phase is Phase.DONE and _clip_names(video)[1] in self._there:
                yield Chore(kind=ChoreKind.RENAME, video_hash=video.video_hash, index=video.index)

    def name_after_states(self, videos: Iterable[Video]) -> None:
        """Copy clips that the target has under their other name to the name of their state.

        A player may have a signed URL of the other name: a chore removes it later.
        """
        for video in videos:
            name, other = _clip_names(video)
            if video.phase is Phase.DONE and other in self._there:
                self._target.copy(other, name)

    def _copy_clip(self, video: Video) -> None:
        names = _clip_names(video)
        if any(name in self._there for name in names):
            return
        found = next((self._here[name] for name in names if name in self._here), None)
        if found is None:
            self.transfer.missing += 1
            logger.warning("clip.missing", extra={"video_id": video.id})
        else:
            self._copy(found, names[0])

    def _copy_pictures(self, video: Video) -> None:
        for path in picture_paths(video.campaign_id, video.video_hash, video.index):
            if path in self._here and path not in self._there:
                self._copy(self._here[path], path)

    def _copy_attempts(self, video_hash: str) -> None:
        """Copy the output of the video's attempts, from which a clip may still be adopted."""
        prefix = attempts_prefix(self._campaign_id, video_hash)
        here = _listing(self._source, prefix)
        there = _listing(self._target, prefix) if here else {}
        for path in here.keys() - there.keys():
            self._copy(here[path], path)

    def _copy(self, found: ObjectInfo, path: str) -> None:
        try:
            content = self._source.open(found.path)
        except ObjectNotFoundError as error:
            raise ConflictError(f"{found.path} has just been renamed. Look again.") from error
        with content, suppress(ObjectExistsError):
            self._target.put(path, content, content_type=found.content_type)
        self.transfer.objects += 1
        self.transfer.size_bytes += found.size


def _clip_names(video: Video) -> tuple[str, str]:
    """Return the name for the video's state, and the other name."""
    current, historical = (
        clip_path(video.campaign_id, video.video_hash, video.index, current=each)
        for each in (True, False)
    )
    return (current, historical) if video.is_current else (historical, current)


def _listing(objects: ObjectStore, prefix: str) -> _Listing:
    return {info.path: info for info in objects.list(prefix)}
