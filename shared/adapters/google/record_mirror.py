"""The records once more as JSON, beside the videos in the bucket.

They are what the local family reads, so that a copy of the bucket is a working installation, and
what a lost database is rebuilt from.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from io import BytesIO

from shared.adapters.google.campaign_documents import Key, Record, key_of, record_of
from shared.adapters.google.firestore_documents import FirestoreDocuments
from shared.adapters.google.mirror_comparison import differences, path_of
from shared.domain.campaign import Change
from shared.domain.errors import ObjectNotFoundError, ShowreelError, UnreadableRecordError
from shared.domain.storage_layout import CACHE, metadata_path, video_hash_of_metadata
from shared.domain.unreadable import Unreadable
from shared.domain.video import Phase, Video
from shared.ports.object_store import ObjectStore, PutMode
from shared.records.campaigns import encode_campaign
from shared.records.videos import decode_video, encode_video

logger = logging.getLogger(__name__)

_AT_ONCE = 8
_CATCH_UPS = 5

Records = Mapping[Key, Record | None]
"""What is stored under each key; None for what was removed."""


class RecordMirror:
    """Follows the commits, and raises nothing: they have happened, and the next one mends a loss.

    The object store is asked for on the first write only: who just reads needs none.
    """

    def __init__(self, documents: FirestoreDocuments, objects: Callable[[], ObjectStore]) -> None:
        self._documents = documents
        self._objects = objects

    def follow(self, change: Change, committed: Change) -> None:
        """Write what a commit has changed.

        Of two commits that are mirrored at once, the earlier may be written last. Where a video
        waits, a later commit mends that for sure; where none does, this one looks again.
        """
        kept: tuple[Record, ...] = (committed.campaign, *committed.videos)
        records: dict[Key, Record | None] = {key_of(record): record for record in kept}
        records |= {key_of(each): None for each in change.gone}
        new = {key_of(video) for video in change.videos if not video.revision}
        with _losses_logged():
            self._write(records, stale=_stale_paths(records, records.keys() - new))
            for record in change.carried:
                _put_json(self._objects(), _carried_path(change, record), record.content)
            if not any(video.due_at for video in change.videos):
                self._catch_up(records)

    def follow_video(self, video: Video) -> None:
        """Write a step of a video that waits, but no mere lease: its holder commits again.

        That a submission begins is written: records that are rebuilt must not lead to another one.
        """
        if video.lease_expires_at is None or video.phase is Phase.SUBMITTING:
            with _losses_logged():
                self._write({key_of(video): video}, stale=())

    def remove(self, campaign_id: str) -> None:
        """Remove all that was written of a campaign."""
        objects = self._objects()
        paths = [each.path for each in objects.list(f"{CACHE}/{campaign_id}/")]
        _run(partial(objects.delete, path) for path in paths)

    def stale(self, campaign_id: str, records: Iterable[Record]) -> tuple[str, ...]:
        """Return the paths of what does not say what the campaign's `records` say."""
        return tuple(sorted(differences(self._objects(), campaign_id, records)))

    def renew(self, campaign_id: str, records: Iterable[Record]) -> None:
        """Write or remove what does not. The JSON of a document that was not read is kept."""
        objects = self._objects()
        known = tuple(records)
        found = differences(objects, campaign_id, known)
        _run(partial(_put, objects, record) for record in found.values() if record)
        paths = {path: _key_of_json(path) for path, record in found.items() if record is None}
        unread = set(paths.values()) - set(map(key_of, known))
        there = self._documents.get_all(key.path for key in unread) if unread else {}
        _run(partial(objects.delete, path) for path, key in paths.items() if key.path not in there)

    def read(self, campaign_id: str, video_hash: str, *, current: bool) -> Video | None:
        """Return what the JSON under one of a video's two names says, if any can be read."""
        for name in (current, not current):
            path = metadata_path(campaign_id, video_hash, current=name)
            with suppress(ObjectNotFoundError, UnreadableRecordError):
                with self._objects().open(path) as file:
                    video = decode_video(file.read())
                if key_of(video) == Key(campaign_id, video_hash):
                    return video
        return None

    def _catch_up(self, records: Records) -> None:
        for _ in range(_CATCH_UPS):
            found = self._documents.get_all(key.path for key in records)
            latest = {key: record_of(found.get(key.path)) for key in records}
            changed = {key: latest[key] for key in records if latest[key] != records[key]}
            if not changed:
                return
            self._write(changed, stale=_stale_paths(changed, changed.keys()))
            records = latest

    def _write(self, records: Records, *, stale: Iterable[str]) -> None:
        """Write the new names before the stale ones go: a crash leaves both rather than neither."""
        objects = self._objects()
        _run(partial(_put, objects, record) for record in records.values() if record)
        _run(partial(objects.delete, path) for path in stale)


def _stale_paths(records: Records, keys: Iterable[Key]) -> Iterator[str]:
    """Yield the names under which these videos are not kept, or not any more."""
    for key in keys:
        if key.video_hash is None:
            continue
        video = records[key]
        for current in (True, False):
            path = metadata_path(key.campaign_id, key.video_hash, current=current)
            if video is None or path != path_of(video):
                yield path


def _key_of_json(path: str) -> Key:
    """Return the key of the record whose JSON lies at `path`."""
    campaign_id, _, name = path.removeprefix(f"{CACHE}/").partition("/")
    return Key(campaign_id, video_hash_of_metadata(name))


def _carried_path(change: Change, record: Unreadable) -> str:
    shown = {slot.current.video_hash for slot in change.campaign.slots if slot.current}
    video_hash = record.video_hash or ""
    return metadata_path(record.campaign_id, video_hash, current=video_hash in shown)


def _put(objects: ObjectStore, record: Record) -> None:
    content = encode_video(record) if isinstance(record, Video) else encode_campaign(record)
    _put_json(objects, path_of(record), content)


def _put_json(objects: ObjectStore, path: str, content: bytes) -> None:
    objects.put(path, BytesIO(content), content_type="application/json", mode=PutMode.OVERWRITE)


def _run(jobs: Iterable[Callable[[], None]]) -> None:
    """Run them at the same time: each waits for the network alone."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for finish in [_started(pool, job) for job in jobs]:
            finish()


def _started(pool: ThreadPoolExecutor, job: Callable[[], None]) -> Callable[[], None]:
    """Return what waits for its end. A process that is about to exit starts no more threads."""
    try:
        return pool.submit(job).result
    except RuntimeError:
        return job


@contextmanager
def _losses_logged() -> Iterator[None]:
    try:
        yield
    except ShowreelError:
        logger.warning("record.unmirrored", exc_info=True)
