"""The JSON files beside the videos: where a record has its file, and what a file says."""

from shared.domain.campaign import Campaign
from shared.domain.errors import UnreadableRecordError
from shared.domain.storage_layout import (
    CACHE,
    CAMPAIGN_FILE,
    campaign_path,
    metadata_path,
    video_hash_of_metadata,
)
from shared.domain.unreadable import Unreadable
from shared.domain.video import Phase, Video
from shared.records.campaigns import decode_campaign, encode_campaign
from shared.records.videos import decode_video, encode_video

Record = Campaign | Video


def is_up_to_date(file: Record, record: Record) -> bool:
    """Compare without the fields that are not worth a write, such as leases."""
    if isinstance(record, Campaign) or isinstance(file, Campaign):
        return encode_record(file) == encode_record(record)
    if record.has_ended:
        return encode_video(file) == encode_video(record)
    is_ahead = len(file.attempts) > len(record.attempts)
    if record.phase is Phase.RESERVED and is_ahead:
        # The next submission is about to begin. To write over this would permit another one.
        return True
    return _progress(file) == _progress(record)


def _progress(video: Video) -> tuple[object, ...]:
    return video.attempts, video.phase is Phase.RESERVED, video.cancel_requested


def file_path_of(record: Record) -> str:
    if isinstance(record, Video):
        return metadata_path(record.campaign_id, record.video_hash, current=record.is_current)
    return campaign_path(record.campaign_id)


def encode_record(record: Record) -> bytes:
    return encode_video(record) if isinstance(record, Video) else encode_campaign(record)


def decode_file(path: str, content: bytes) -> Record:
    """Raise UnreadableRecordError, with the record as far as the file says it."""
    try:
        return _decode(path, content)
    except UnreadableRecordError as error:
        raise Unreadable(
            campaign_id=_campaign_id_at(path),
            video_hash=video_hash_at(path),
            detail=f"{path}: {error.message}",
            is_newer=error.is_newer,
            content=content,
            revision="",
        ).error() from error


def _decode(path: str, content: bytes) -> Record:
    video_hash = video_hash_at(path)
    record = decode_video(content) if video_hash else decode_campaign(content)
    is_named = isinstance(record, Campaign) or record.video_hash == video_hash
    if not is_named or record.campaign_id != _campaign_id_at(path):
        raise UnreadableRecordError("This is the record of something else.")
    return record


def _campaign_id_at(path: str) -> str:
    return path.removeprefix(f"{CACHE}/").partition("/")[0]


def video_hash_at(path: str) -> str | None:
    return video_hash_of_metadata(path.rpartition("/")[2])


def is_record_file(path: str) -> bool:
    return path.endswith(f"/{CAMPAIGN_FILE}") or video_hash_at(path) is not None
