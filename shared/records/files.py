"""The JSON files beside the videos: where a record has its file, and what the files contain."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from msgspec import Struct, field

from shared.domain.campaign import Campaign, CampaignRecord
from shared.domain.copying import agreed, stage_of
from shared.domain.errors import UnreadableRecordError
from shared.domain.reconciling import CampaignState
from shared.domain.storage_layout import (
    CACHE,
    CAMPAIGN_FILE,
    campaign_path,
    metadata_path,
    video_hash_of_metadata,
)
from shared.domain.unreadable import Unreadable
from shared.domain.video import Phase, Video
from shared.records.form import decode, encode, require_place

# Processes that commit have clocks that differ by less.
_CLOCK_SKEW = timedelta(minutes=1)


def is_up_to_date(file: CampaignRecord, record: CampaignRecord) -> bool:
    """Compare without the fields that are not worth a write, such as leases.

    A file that is newer than the record counts too: the records may have been restored from a
    backup, and `make rebuild-records` needs the file then.
    """
    if isinstance(record, Campaign) and isinstance(file, Campaign):
        is_newer = file.updated_at > record.updated_at + _CLOCK_SKEW
        return is_newer or encode(file) == encode(record)
    if isinstance(record, Campaign) or isinstance(file, Campaign):
        return False
    if record.has_ended:
        return encode(file) == encode(record)
    is_ahead = file.submissions > record.submissions
    if file.has_ended or (record.phase is Phase.RESERVED and is_ahead):
        # The next submission is about to begin. To write over this would permit another one.
        return True
    return _progress(file) == _progress(record)


def _progress(video: Video) -> tuple[object, ...]:
    is_reserved = video.phase is Phase.RESERVED
    return video.attempts, video.submissions, is_reserved, video.cancel_requested


def file_path_of(record: CampaignRecord) -> str:
    if isinstance(record, Video):
        return metadata_path(record.campaign_id, record.video_hash, current=record.is_current)
    return campaign_path(record.campaign_id)


def decode_file(path: str, content: bytes) -> CampaignRecord:
    """Raise UnreadableRecordError, with the record as far as the file says it."""
    try:
        return _decode(path, content)
    except UnreadableRecordError as error:
        raise Unreadable(
            campaign_id=campaign_id_at(path),
            video_hash=video_hash_at(path),
            detail=f"{path}: {error.message}",
            is_newer=error.is_newer,
            content=content,
            revision="",
        ).error() from error


def _decode(path: str, content: bytes) -> CampaignRecord:
    video_hash = video_hash_at(path)
    record = decode(content, Video) if video_hash else decode(content, Campaign)
    is_named = isinstance(record, Campaign) or record.video_hash == video_hash
    require_place(is_named and record.campaign_id == campaign_id_at(path))
    return record


def campaign_id_at(path: str) -> str:
    return path.removeprefix(f"{CACHE}/").partition("/")[0]


def video_hash_at(path: str) -> str | None:
    return video_hash_of_metadata(path.rpartition("/")[2])


def decode_cursor(content: bytes) -> datetime | None:
    """Return the time until which the JSON is complete; None where the cursor does not say it."""
    try:
        return datetime.fromisoformat(json.loads(content)["until"])
    except (ValueError, LookupError, TypeError):
        return None


def is_record_file(path: str) -> bool:
    return path.endswith(f"/{CAMPAIGN_FILE}") or video_hash_at(path) is not None


class FiledRecords(Struct, kw_only=True):
    """The records in the files of one campaign. Those that cannot be read are kept as they are."""

    campaign: Campaign | Unreadable | None = None
    videos: dict[str, Video] = field(default_factory=dict)
    unreadable: dict[str, Unreadable] = field(default_factory=dict)


def records_in(contents: Mapping[str, bytes]) -> FiledRecords:
    """Decode the files of one campaign, by path, and derive slots and money from the videos.

    A campaign without a file of its own is derived from its videos: the file of a submission may be
    the first that is written. Of two files of one video, the record with more progress counts.
    """
    filed = FiledRecords()
    candidates: dict[str, list[tuple[str, Video]]] = {}
    for path, content in contents.items():
        record = _readable(path, content)
        if isinstance(record, Video):
            candidates.setdefault(record.video_hash, []).append((path, record))
        elif isinstance(record, Unreadable) and record.video_hash:
            filed.unreadable[record.video_hash] = record
        else:
            filed.campaign = record
    for video_hash, found in candidates.items():
        filed.unreadable.pop(video_hash, None)
        filed.videos[video_hash] = _furthest(found, filed.campaign)
    if filed.campaign is None and filed.videos:
        filed.campaign = _derived(filed.videos.values())
    if isinstance(filed.campaign, Campaign):
        state = agreed(_state(filed, filed.campaign))
        filed.campaign, filed.videos = state.campaign, state.videos
    return filed


def state_in(contents: Mapping[str, bytes]) -> CampaignState | Unreadable | None:
    """Return the campaign in these files, or what cannot be read of its own file."""
    filed = records_in(contents)
    return _state(filed, filed.campaign) if isinstance(filed.campaign, Campaign) else filed.campaign


def _state(filed: FiledRecords, campaign: Campaign) -> CampaignState:
    return CampaignState(campaign=campaign, videos=filed.videos, unreadable=filed.unreadable)


def _readable(path: str, content: bytes) -> CampaignRecord | Unreadable:
    try:
        return decode_file(path, content)
    except UnreadableRecordError as error:
        if error.record is None:
            raise
        return error.record


def _furthest(found: Iterable[tuple[str, Video]], campaign: Campaign | Unreadable | None) -> Video:
    """A crash may have left the former file of a video beside the one for its new state."""
    is_known = isinstance(campaign, Campaign)
    slots = campaign.slots if isinstance(campaign, Campaign) else ()
    shown = {slot.current.video_hash for slot in slots if slot.current}

    def rank(candidate: tuple[str, Video]) -> tuple[object, ...]:
        path, video = candidate
        is_shown = not is_known or video.video_hash in shown
        likely = metadata_path(video.campaign_id, video.video_hash, current=is_shown)
        return stage_of(video), path == likely

    return max(found, key=rank)[1]


def _derived(videos: Iterable[Video]) -> Campaign:
    first = min(videos, key=lambda video: video.created_at)
    return Campaign(
        campaign_id=first.campaign_id, created_at=first.created_at, updated_at=first.created_at
    )
