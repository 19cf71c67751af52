"""Delete a damaged record, or restore it from its JSON, when a person has decided so."""

from collections.abc import Iterator

from shared.domain.campaign import Campaign, Change
from shared.domain.errors import (
    ConflictError,
    ObjectNotFoundError,
    UnreadableRecordError,
    WrongStateError,
)
from shared.domain.identity import video_id
from shared.domain.removal import discard, indexes_in
from shared.domain.storage_layout import GENERATED, parts_of_media
from shared.domain.unreadable import Unreadable
from shared.domain.values import replace
from shared.domain.video import Phase, Video
from shared.ports import Ports
from shared.use_cases.campaign_state import load_campaign_state
from shared.use_cases.committing import commit, until_committed
from shared.use_cases.finish_chores import finish_chores
from shared.use_cases.reconcile import repair_disagreements


def discard_damaged(ports: Ports, campaign_id: str, video_hash: str) -> None:
    """Remove a damaged record, its JSON and its objects, and free its slot.

    What it cost is not known, so all that it may have cost stays counted. Raise WrongStateError if
    it is not damaged, and UnreadableRecordError if a newer version wrote it.
    """
    _damaged(ports, campaign_id, video_hash)

    def attempt() -> None:
        state = load_campaign_state(ports.campaigns, campaign_id)
        record = state.unreadable.get(video_hash)
        if record is None:
            raise ConflictError(f"The record of {video_id(campaign_id, video_hash)} has changed.")
        indexes = {*indexes_in(state.campaign, video_hash), *_indexes_of(ports, record)}
        commit(ports, discard(state, record, indexes, now=ports.now()))

    until_committed(attempt)
    finish_chores(ports, campaign_id)


def restore_record(ports: Ports, campaign_id: str, video_hash: str) -> Video:
    """Put the JSON beside the videos in place of a damaged record, and bring all into agreement.

    Raise ObjectNotFoundError if no JSON can be read. Raise WrongStateError if the record is not
    damaged, or if it may have been submitted after the JSON was written: such a video would be
    submitted again.
    """
    video = until_committed(lambda: _restore(ports, campaign_id, video_hash))
    repair_disagreements(ports, campaign_id)
    return video


def _restore(ports: Ports, campaign_id: str, video_hash: str) -> Video:
    campaign = ports.campaigns.get_campaign(campaign_id)
    record = _damaged(ports, campaign_id, video_hash)
    kept = ports.mirror.read_video(campaign_id, video_hash, current=_shows(campaign, record))
    if kept is None:
        raise ObjectNotFoundError(f"There is no JSON of {record.id} that can be read.")
    if kept.phase is Phase.RESERVED:
        raise WrongStateError(
            f"The JSON of {record.id} says that it waits for its submission, which may have been "
            f"made since. Delete it instead: its dollars stay counted."
        )
    restored = replace(kept, revision=record.revision)
    return ports.campaigns.commit(Change(campaign=campaign, videos=(restored,))).videos[0]


def _damaged(ports: Ports, campaign_id: str, video_hash: str) -> Unreadable:
    try:
        video = ports.campaigns.get_video(campaign_id, video_hash)
    except UnreadableRecordError as error:
        if error.record is None or error.is_newer:
            raise
        return error.record
    raise WrongStateError(f"The record of {video.id} is not damaged.")


def _shows(campaign: Campaign, record: Unreadable) -> bool:
    shown = (slot.current for slot in campaign.slots if slot.current)
    return any(each.video_hash == record.video_hash for each in shown)


def _indexes_of(ports: Ports, record: Unreadable) -> Iterator[int]:
    """Yield the slots in the names of its objects."""
    for info in ports.objects.list(f"{GENERATED}/{record.campaign_id}/"):
        try:
            video_hash, index, _ = parts_of_media(record.campaign_id, info.path.rpartition("/")[2])
        except ObjectNotFoundError:
            continue
        if video_hash == record.video_hash:
            yield index
