"""Campaigns and videos as documents of Firestore: their names, and what is in them."""

import re
from typing import NamedTuple

from shared.adapters.google.firestore_documents import Document, Write
from shared.domain.campaign import Campaign
from shared.domain.errors import UnreadableRecordError
from shared.domain.unreadable import Unreadable
from shared.domain.video import Video
from shared.records.campaigns import campaign_from_record
from shared.records.form import encode_record, parse, to_record
from shared.records.videos import video_from_record

CAMPAIGNS = "campaigns"
VIDEOS = "videos"

Record = Campaign | Video

_OURS = re.compile(rf"{CAMPAIGNS}/[^/]+(?:/{VIDEOS}/[0-9a-f]{{16}})?")


class Key(NamedTuple):
    """Of a video, or (without a hash) of a campaign."""

    campaign_id: str
    video_hash: str | None = None

    @property
    def path(self) -> str:
        campaign = f"{CAMPAIGNS}/{self.campaign_id}"
        return f"{campaign}/{VIDEOS}/{self.video_hash}" if self.video_hash else campaign


def key_of(record: Record | Unreadable) -> Key:
    return Key(record.campaign_id, None if isinstance(record, Campaign) else record.video_hash)


def is_ours(path: str) -> bool:
    """Whether it is no document of another application that shares the database."""
    return _OURS.fullmatch(path) is not None


def key_at(path: str) -> Key:
    return Key(*path.split("/")[1::2])


def write_of(record: Record) -> Write:
    return Write(path=key_of(record).path, fields=to_record(record), revision=record.revision)


def write_as_it_is(record: Unreadable) -> Write:
    """Create a document of a record that cannot be read, even if it is no JSON."""
    try:
        fields = parse(record.content)
    except UnreadableRecordError:
        fields = {"content": record.content}
    return Write(path=key_of(record).path, fields=fields, revision="")


def removal_of(record: Video | Unreadable) -> Write:
    return Write(path=key_of(record).path, fields=None, revision=record.revision)


def campaign_of(document: Document) -> Campaign:
    """Raise UnreadableRecordError."""
    try:
        campaign = campaign_from_record(document.fields, revision=document.revision)
        _require_place(campaign, document)
    except UnreadableRecordError as error:
        raise unreadable(document, error).error() from error
    return campaign


def video_of(document: Document) -> Video:
    """Raise UnreadableRecordError."""
    try:
        video = video_from_record(document.fields, revision=document.revision)
        _require_place(video, document)
    except UnreadableRecordError as error:
        raise unreadable(document, error).error() from error
    return video


def record_of(document: Document | None) -> Record | None:
    """Raise UnreadableRecordError."""
    if document is None:
        return None
    is_video = key_at(document.path).video_hash
    return video_of(document) if is_video else campaign_of(document)


def unreadable(document: Document, error: UnreadableRecordError) -> Unreadable:
    """Return what is known of a document that could not be read."""
    if error.record is not None:
        return error.record
    key = key_at(document.path)
    return Unreadable(
        campaign_id=key.campaign_id,
        video_hash=key.video_hash,
        detail=f"{document.path}: {error.message}",
        is_newer=error.is_newer,
        content=encode_record(document.fields),
        revision=document.revision,
    )


def _require_place(record: Record, document: Document) -> None:
    if key_of(record).path != document.path:
        raise UnreadableRecordError("This is the record of something else.")
