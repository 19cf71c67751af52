"""Views and counts of plays in Firestore, in a database of their own.

`play_views/<view_id>` is one view, removed by a TTL policy on `expires_at`. `play_counts/<key>` are
counts, to which `<key>~1` to `<key>~7` are added, made where the document was contended.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import chain, repeat
from secrets import randbelow
from typing import Any, TypeVar

import msgspec
from google.api_core.retry import Retry, if_exception_type
from google.cloud import firestore
from google.cloud.firestore import FieldFilter, Query

from shared.adapters.google.firestore_documents import Document, FirestoreDocuments, Write
from shared.adapters.google.firestore_fields import Fields
from shared.adapters.google.firestore_pages import delete_all
from shared.adapters.google.google_errors import google_errors
from shared.domain.errors import ConflictError, UnreadableRecordError
from shared.domain.identity import parse_video_id
from shared.domain.plays import SLICES, VIEW_LIFETIME, Counts, CountsKey, View, counts_of
from shared.domain.schedule import EXPOSURE_LAST_RETRY, EXPOSURE_TRY, LAST_RETRY

T = TypeVar("T")

VIEWS = "play_views"
COUNTS = "play_counts"
EXPIRES_AT = "expires_at"

_PARTS = 8
_UNLESS_CONFLICT = Retry(predicate=if_exception_type(ConflictError), initial=0.05, maximum=1.0)
_SUMS = tuple(name for name in Counts.__struct_fields__ if name != "bins")
# Threads that are the first to read the same type crash the process (msgspec 0.22). An import
# belongs to one thread: from here on, they are known.
msgspec.json.Decoder(View)
msgspec.json.Decoder(CountsKey)
msgspec.json.Decoder(Counts)
_BINS = tuple(f"bin_{number}" for number in range(SLICES))


class FirestorePlayRepository:
    """A view is read, and committed with its counts on the condition that it has not changed.

    A commit that conflicts is repeated: the view is read again, and another document of its counts
    is taken. So is a commit whose answer was lost, after which the view has no difference.
    """

    def __init__(self, documents: FirestoreDocuments) -> None:
        self._documents = documents

    def merge_view(self, view_id: str, change: Callable[[View | None], View]) -> None:
        path = f"{VIEWS}/{view_id}"

        def merge(part: int) -> None:
            document = self._documents.get(path)
            found = _read(document.fields, View, VIEWS) if document else None
            changed = change(found)
            if changed is found:
                return
            revision = document.revision if document else ""
            write = Write(path=path, fields=_fields_of(changed), revision=revision)
            self._add(
                CountsKey.of(changed), counts_of(changed) - counts_of(found), part, beside=[write]
            )

        self._unless_conflict(merge, last_retry=LAST_RETRY)

    def count_exposure(self, key: CountsKey) -> None:
        # Nothing tells a try whose answer was lost from one that was not made, so none is repeated.
        self._unless_conflict(
            lambda part: self._add(key, Counts(exposures=1), part, only_try=EXPOSURE_TRY),
            last_retry=EXPOSURE_LAST_RETRY,
        )

    def counts_of_campaign(
        self, campaign_id: str, first: date, last: date
    ) -> Sequence[tuple[CountsKey, Counts]]:
        return self._list("campaign_id", campaign_id, first, last)

    def counts_of_video(
        self, video_id: str, first: date, last: date
    ) -> Sequence[tuple[CountsKey, Counts]]:
        return self._list("video_id", video_id, first, last)

    def counts_of_experiment(
        self, experiment_id: str, first: date, last: date
    ) -> Sequence[tuple[CountsKey, Counts]]:
        return self._list("experiment_id", experiment_id, first, last)

    def delete_campaign(self, campaign_id: str) -> None:
        client = self._documents.client
        for query in (
            counts_between(client, "campaign_id", campaign_id, date.min, date.max),
            views_of(client, campaign_id),
        ):
            delete_all(self._documents, query)

    def forget_views(self, before: datetime, *, limit: int) -> int:  # noqa: ARG002  # Of the port.
        """Do nothing: Firestore removes them by itself."""
        return 0

    def _add(
        self,
        key: CountsKey,
        added: Counts,
        part: int,
        *,
        beside: Sequence[Write] = (),
        only_try: timedelta | None = None,
    ) -> None:
        amounts = {name: amount for name, amount in _amounts(added) if amount}
        if not amounts:
            self._documents.commit(beside)
            return
        path = f"{COUNTS}/{_name(key)}{f'~{part}' if part else ''}"
        about = {
            "campaign_id": parse_video_id(key.video_id)[0],
            "video_id": key.video_id,
            "experiment_id": key.experiment_id,
            "arm": key.arm,
            "day": key.day.isoformat(),
        }
        self._documents.increment(path, amounts, fields=about, beside=beside, only_try=only_try)

    def _unless_conflict(self, act: Callable[[int], None], *, last_retry: timedelta) -> None:
        parts = chain((0,), (randbelow(_PARTS) for _ in repeat(None)))
        with google_errors("Firestore", permission="datastore.entities.update"):
            retry = _UNLESS_CONFLICT.with_timeout(last_retry.total_seconds())
            retry(lambda: act(next(parts)))()

    def _list(
        self, field: str, value: str, first: date, last: date
    ) -> Sequence[tuple[CountsKey, Counts]]:
        query = counts_between(self._documents.client, field, value, first, last)
        found: defaultdict[CountsKey, Counts] = defaultdict(Counts)
        for document in self._documents.query(query):
            found[_key_of(document)] += _counts_of(document)
        return sorted(found.items(), key=lambda each: _order(each[0]))


def counts_between(
    client: firestore.Client, field: str, value: str, first: date, last: date
) -> Query:
    return (
        client.collection(COUNTS)
        .where(filter=FieldFilter(field, "==", value))
        .where(filter=FieldFilter("day", ">=", first.isoformat()))
        .where(filter=FieldFilter("day", "<=", last.isoformat()))
        .order_by("day")
    )


def views_of(client: firestore.Client, campaign_id: str) -> Query:
    found: Query = client.collection(VIEWS).where(
        filter=FieldFilter("campaign_id", "==", campaign_id)
    )
    return found


def _fields_of(view: View) -> Fields:
    stored: Fields = msgspec.to_builtins(view, builtin_types=(datetime,))
    campaign_id, _ = parse_video_id(view.video_id)
    return {**stored, "campaign_id": campaign_id, EXPIRES_AT: view.first_at + VIEW_LIFETIME}


def _amounts(counts: Counts) -> Iterator[tuple[str, int]]:
    yield from ((name, getattr(counts, name)) for name in _SUMS)
    yield from zip(_BINS, counts.bins, strict=True)


def _counts_of(document: Document) -> Counts:
    sums = {name: document.fields.get(name, 0) for name in _SUMS}
    bins = [document.fields.get(name, 0) for name in _BINS]
    return _read({**sums, "bins": bins}, Counts, document.path)


def _key_of(document: Document) -> CountsKey:
    return _read(document.fields, CountsKey, document.path)


def _read(fields: dict[str, Any], kind: type[T], place: str) -> T:
    """Raise UnreadableRecordError."""
    try:
        return msgspec.convert(fields, kind)
    except msgspec.ValidationError as error:
        raise UnreadableRecordError(f"A record in {place} cannot be read: {error}.") from error


def _name(key: CountsKey) -> str:
    arm = "" if key.arm is None else key.arm
    return f"{key.video_id}~{key.day.isoformat()}~{key.experiment_id or ''}~{arm}"


def _order(key: CountsKey) -> tuple[date, str, str, int]:
    return key.day, key.video_id, key.experiment_id or "", key.arm or 0
