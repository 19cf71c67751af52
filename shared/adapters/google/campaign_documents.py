"""Campaigns and videos as documents of Firestore: their names, and what is in them."""

import re
from typing import NamedTuple

from shared.adapters.google.firestore_documents import Document, Write
from shared.domain.campaign import Campaign
from shared.domain.errors import StorageError
from shared.domain.video import Video
from shared.records.campaigns import campaign_from_record
from shared.records.form import to_record
from shared.records.videos import video_from_record

CAMPAIGNS = "campaigns"
VIDEOS = "videos"

Record = Campaign | Video

_OURS = re.compile(rf"{CAMPAIGNS}/[^/]+(?:/{VIDEOS}/[^/]+)?")


class Key(NamedTuple):
    """Of a video, or (without a hash) of a campaign."""

    campaign_id: str
    video_hash: str | None = None

    @property
    def path(self) -> str:
        campaign = f"{CAMPAIGNS}/{self.campaign_id}"
        return f"{campaign}/{VIDEOS}/{self.video_hash}" if self.video_hash else campaign


def key_of(record: Record) -> Key:
    return Key(record.campaign_id, record.video_hash if isinstance(record, Video) else None)


def is_ours(path: str) -> bool:
    """Whether it is no document of another application that shares the database."""
    return _OURS.fullmatch(path) is not None


def key_at(path: str) -> Key:
    return Key(*path.split("/")[1::2])


def write_of(record: Record) -> Write:
    return Write(path=key_of(record).path, fields=to_record(record), revision=record.revision)


def removal_of(video: Video) -> Write:
    return Write(path=key_of(video).path, fields=None, revision=video.revision)


def campaign_of(document: Document) -> Campaign:
    """Raise StorageError if it is damaged."""
    campaign = campaign_from_record(document.fields, revision=document.revision)
    _require_place(campaign, document)
    return campaign


def video_of(document: Document) -> Video:
    """Raise StorageError if it is damaged."""
    video = video_from_record(document.fields, revision=document.revision)
    _require_place(video, document)
    return video


def record_of(document: Document | None) -> Record | None:
    """Raise StorageError if it is damaged."""
    if document is None:
        return None
    is_video = key_at(document.path).video_hash
    return video_of(document) if is_video else campaign_of(document)


def _require_place(record: Record, document: Document) -> None:
    if key_of(record).path != document.path:
        raise StorageError(f"{document.path} in Firestore is the record of something else.")
