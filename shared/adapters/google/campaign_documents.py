"""Campaigns, their savings, and videos as documents of Firestore.

Savings, `savings/<campaign_id>`, are counters, which processes increment without a condition. They
count money in millionths of a dollar, because Firestore adds only integers exactly.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from shared.adapters.google.firestore_documents import Document, Write
from shared.adapters.google.firestore_pages import filled_page
from shared.domain.batch_share import BatchShare, share_of
from shared.domain.campaign import Campaign, CampaignRecord
from shared.domain.errors import InvalidRequestError, UnreadableRecordError, VideoNotFoundError
from shared.domain.identity import parse_video_id, require_campaign_id, video_id
from shared.domain.money import ZERO, Savings
from shared.domain.search import keys_of
from shared.domain.unreadable import Unreadable
from shared.domain.values import replace
from shared.domain.video import Video
from shared.ports.campaign_repository import VideoPage
from shared.records.form import encode_record, from_record, parse, require_place, to_record

CAMPAIGNS = "campaigns"
VIDEOS = "videos"
# When a document was last written. It is not part of the record; queries cannot use Firestore's own
# update time.
WRITTEN_AT = "written_at"

# What a video of a batch has cost, in millionths of a dollar: no part of its record, for the
# database to add up.
CHARGED = "charged_millionths"

# By what a campaign is found: the beginnings of its words, and its states. It is no part of the
# record.
FOUND_BY = "found_by"
LONGEST_BEGINNING = 10

MILLIONTHS = 1_000_000

T = TypeVar("T")

_OURS = re.compile(rf"{CAMPAIGNS}/[^/]+(?:/{VIDEOS}/[0-9a-f]{{16}})?")


class Key(NamedTuple):
    """The key of a video, or, without a hash, of a campaign."""

    campaign_id: str
    video_hash: str | None = None

    @property
    def path(self) -> str:
        campaign = f"{CAMPAIGNS}/{self.campaign_id}"
        return f"{campaign}/{VIDEOS}/{self.video_hash}" if self.video_hash else campaign


def key_of(record: CampaignRecord | Unreadable) -> Key:
    return Key(record.campaign_id, None if isinstance(record, Campaign) else record.video_hash)


def is_ours(path: str) -> bool:
    """Whether the document is Showreel's: other applications may share the database."""
    return _OURS.fullmatch(path) is not None


def key_at(path: str) -> Key:
    return Key(*path.split("/")[1::2])


def write_of(record: CampaignRecord, *, at: datetime) -> Write:
    fields = {**to_record(record), WRITTEN_AT: at}
    if isinstance(record, Campaign):
        fields[FOUND_BY] = _beginnings(keys_of(record))
    elif record.batch_id is not None:
        fields[CHARGED] = int((record.cost.actual or ZERO) * MILLIONTHS)
    return Write(path=key_of(record).path, fields=fields, revision=record.revision)


def _beginnings(keys: Iterable[str]) -> list[str]:
    lengths = range(1, LONGEST_BEGINNING + 1)
    return sorted({key if ":" in key else key[:length] for key in keys for length in lengths})


def write_as_it_is(record: Unreadable, *, at: datetime) -> Write:
    """Create a document from an unreadable record, even if it is not JSON."""
    try:
        fields = parse(record.content)
    except UnreadableRecordError:
        fields = {"content": record.content}
    return Write(path=key_of(record).path, fields={**fields, WRITTEN_AT: at}, revision="")


def removals_of(records: Iterable[Video | Unreadable]) -> Iterator[Write]:
    """Remove records. A video of a batch stays in the totals, which count documents by phase.

    What is counted then is in the group of the videos, whose other queries do not find it.
    """
    for record in records:
        yield Write(path=key_of(record).path, fields=None, revision=record.revision)
        if isinstance(record, Video) and (share := share_of(record)):
            yield _write_of_share(record.id, share)


def shares_in(campaign: Campaign) -> Iterator[Write]:
    """Count the removed videos of a rebuilt campaign in the totals of their batches again."""
    for each in campaign.removed:
        if each.share is not None:
            yield _write_of_share(video_id(campaign.campaign_id, each.video_hash), each.share)


def _write_of_share(video_id: str, share: BatchShare) -> Write:
    path = f"batches/{share.batch_id}/{VIDEOS}/{video_id}"
    charged = int(share.usd * MILLIONTHS)
    fields = {"batch_id": share.batch_id, "phase": share.phase.value, CHARGED: charged}
    return Write(path=path, fields=fields, revision=None)


def campaign_of(document: Document) -> Campaign:
    """Raise UnreadableRecordError."""
    try:
        campaign = from_record(_record_in(document), Campaign, revision=document.revision)
        require_place(key_of(campaign).path == document.path)
    except UnreadableRecordError as error:
        raise unreadable(document, error).error() from error
    return campaign


def video_of(document: Document) -> Video:
    """Raise UnreadableRecordError."""
    try:
        video = from_record(_record_in(document), Video, revision=document.revision)
        require_place(key_of(video).path == document.path)
    except UnreadableRecordError as error:
        raise unreadable(document, error).error() from error
    return video


def unreadable(document: Document, error: UnreadableRecordError) -> Unreadable:
    """Return an unreadable document with its ids, its content and the error."""
    if error.record is not None:
        return error.record
    key = key_at(document.path)
    return Unreadable(
        campaign_id=key.campaign_id,
        video_hash=key.video_hash,
        detail=f"{document.path}: {error.message}",
        is_newer=error.is_newer,
        content=encode_record(_record_in(document)),
        revision=document.revision,
    )


def savings_path(campaign_id: str) -> str:
    return f"savings/{campaign_id}"


def increments(amount: Decimal, hits: int) -> dict[str, int]:
    return {"usd_millionths": int(amount * MILLIONTHS), "hits": hits}


def with_savings(campaign: Campaign, documents: Mapping[str, Document]) -> Campaign:
    """Return `campaign` with its savings, if their document is among `documents`, by path."""
    found = documents.get(savings_path(campaign.campaign_id))
    return replace(campaign, savings=_savings_of(found)) if found else campaign


def filled(
    read: Callable[[Document | None, int], list[Document]],
    decode: Callable[[Document], T],
    limit: int,
    is_wanted: Callable[[T], bool] = lambda _: True,
) -> tuple[list[T], list[Unreadable]]:
    """Read pages until there are `limit` readable records that are wanted, or no more documents."""
    failed: list[Unreadable] = []

    def records_of(page: Sequence[Document]) -> list[T]:
        records, unread = sorted_out(page, decode)
        failed.extend(unread)
        return [record for record in records if is_wanted(record)]

    return list(filled_page(read, records_of, limit)), failed


def sorted_out(
    documents: Iterable[Document], decode: Callable[[Document], T]
) -> tuple[list[T], list[Unreadable]]:
    """Return the readable and the unreadable records. Ignore other applications' documents."""
    found: list[T] = []
    failed: list[Unreadable] = []
    for document in documents:
        if is_ours(document.path):
            try:
                found.append(decode(document))
            except UnreadableRecordError as error:
                failed.append(unreadable(document, error))
    return found, failed


def campaign_in(found: Mapping[str, Document], campaign_id: str) -> Campaign | Unreadable | None:
    document = found.get(Key(campaign_id).path)
    if document is None:
        return None
    campaign = campaign_or_unreadable(document)
    return with_savings(campaign, found) if isinstance(campaign, Campaign) else campaign


def campaign_or_unreadable(document: Document) -> Campaign | Unreadable:
    try:
        return campaign_of(document)
    except UnreadableRecordError as error:
        return unreadable(document, error)


def paths_of(campaign_id: str, video_hashes: Iterable[str]) -> tuple[str, ...]:
    """Return the paths of videos, each once. An invalid hash has no path."""
    paths: dict[str, None] = {}
    for each in video_hashes:
        with suppress(VideoNotFoundError):
            paths[Key(*parse_video_id(video_id(campaign_id, each))).path] = None
    return tuple(paths)


def page_of(paths: Iterable[str], found: Mapping[str, Document]) -> VideoPage:
    videos, unread = sorted_out((found[path] for path in paths if path in found), video_of)
    return VideoPage(videos=tuple(videos), has_more=False, unreadable=tuple(unread))


def is_campaign_id(text: str) -> bool:
    try:
        require_campaign_id(text)
    except InvalidRequestError:
        return False
    return True


def _savings_of(document: Document) -> Savings:
    millionths, hits = (document.fields.get(name) for name in ("usd_millionths", "hits"))
    if not isinstance(millionths, int) or not isinstance(hits, int):
        return Savings()
    return Savings(amount=Decimal(millionths) / MILLIONTHS, hits=hits)


def _record_in(document: Document) -> dict[str, Any]:
    beside = (WRITTEN_AT, CHARGED, FOUND_BY)
    return {name: value for name, value in document.fields.items() if name not in beside}
