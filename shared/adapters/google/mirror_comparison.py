"""Whether the JSON in the bucket says what the records say."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from shared.adapters.google.campaign_documents import Record
from shared.domain.campaign import ZERO
from shared.domain.errors import ObjectNotFoundError, StorageError
from shared.domain.storage_layout import (
    CACHE,
    CAMPAIGN_FILE,
    campaign_path,
    metadata_path,
    video_hash_of_metadata,
)
from shared.domain.video import Video
from shared.ports.object_store import ObjectStore
from shared.records.campaigns import decode_campaign
from shared.records.form import encode, parse
from shared.records.videos import decode_video


def path_of(record: Record) -> str:
    """Return the path of a record's JSON."""
    if isinstance(record, Video):
        return metadata_path(record.campaign_id, record.video_hash, current=record.is_current)
    return campaign_path(record.campaign_id)


def differences(
    objects: ObjectStore, campaign_id: str, records: Iterable[Record]
) -> Mapping[str, Record | None]:
    """Return by path what is to be written there, or None for what is to go.

    `records` are all of the campaign's.
    """
    expected: dict[str, Record | None] = {path_of(record): record for record in records}
    listed = (each.path for each in objects.list(f"{CACHE}/{campaign_id}/"))
    there = {path for path in listed if _is_metadata(path)}
    stale = {
        path: record
        for path, record in expected.items()
        if path not in there or not _says(objects, path, record)
    }
    return {**stale, **dict.fromkeys(there - expected.keys())}


def _is_metadata(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name == CAMPAIGN_FILE or video_hash_of_metadata(name) is not None


def _says(objects: ObjectStore, path: str, record: Record | None) -> bool:
    """A video that waits is not compared: its leases are not written."""
    if isinstance(record, Video) and not record.has_ended:
        return True
    try:
        with objects.open(path) as file:
            content = file.read()
        decode = decode_video if isinstance(record, Video) else decode_campaign
        return record is not None and _essence(decode(content)) == _essence(record)
    except (ObjectNotFoundError, StorageError):
        return False


def _essence(record: Record) -> object:
    """What the cache saved reaches the bucket with the campaign's next commit.

    As JSON: a moment of which this version does not know that it is one is text there.
    """
    if isinstance(record, Video):
        return parse(encode(record))
    money = replace(record.money, saved=ZERO)
    return parse(encode(replace(record, money=money, cache_hits=0)))
