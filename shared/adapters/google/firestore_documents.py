"""Documents in Firestore: each read is one call, each commit one batch with preconditions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from google.api_core.datetime_helpers import DatetimeWithNanoseconds
from google.api_core.exceptions import (
    Aborted,
    AlreadyExists,
    DeadlineExceeded,
    FailedPrecondition,
    InternalServerError,
    NotFound,
    ResourceExhausted,
    ServiceUnavailable,
    Unknown,
)
from google.api_core.retry import Retry, if_exception_type
from google.cloud import firestore
from google.cloud.firestore_v1.aggregation import AggregationQuery
from msgspec import Struct

from shared.adapters.google.firestore_fields import Fields, by_path, from_fields, to_fields
from shared.adapters.google.google_errors import google_errors
from shared.building import built_once
from shared.domain.errors import ConflictError, StorageError
from shared.domain.schedule import LAST_RETRY, TRY

T = TypeVar("T")

_SERVICE = "Firestore"
_NO_INDEX = "Firestore has no index for this list. Deploy infra/firestore.indexes.json."
_CHANGED = "The records have changed. Read them again."
_TRY_SECONDS = TRY.total_seconds()
_RETRY_SECONDS = LAST_RETRY.total_seconds()
_PASSING = if_exception_type(
    DeadlineExceeded, InternalServerError, ResourceExhausted, ServiceUnavailable, Unknown
)
_CONFLICTS = (Aborted, AlreadyExists, FailedPrecondition, NotFound)


class Document(Struct, frozen=True, kw_only=True):
    """`revision` is the time of the document's last change, to the nanosecond."""

    path: str
    fields: Fields
    revision: str


class Aggregate(Struct, frozen=True, kw_only=True):
    """`values` are by their aliases. Another query `at` the time `read_at` sees the same moment."""

    values: Mapping[str, float]
    read_at: datetime


class Write(Struct, frozen=True, kw_only=True):
    """The new fields of a document; without `fields` it is removed.

    The document must have the given `revision`; if that is empty, it must not exist yet. With None
    the write is unconditional.
    """

    path: str
    fields: Fields | None
    revision: str | None


class FirestoreDocuments:
    """Each call ends within its time limit. Transient errors and time-outs are retried.

    The SDK makes single tries: its own retries would start over with each part of an answer, and
    would give a late try the whole time limit again.

    The client, and with it a gRPC channel, is created by the first call: no channel may exist when
    the platform forks the process.
    """

    def __init__(self, *, project: str, database: str) -> None:
        self._project = project
        self._database = database

    @built_once
    def client(self) -> firestore.Client:
        with google_errors(_SERVICE, permission="datastore.databases.get"):
            return firestore.Client(project=self._project, database=self._database)

    def get(self, path: str) -> Document | None:
        with google_errors(_SERVICE, permission="datastore.entities.get"):
            reference = self.client.document(path)
            return _document(_retried(lambda: reference.get(**_one_try())))

    def get_all(self, paths: Iterable[str]) -> dict[str, Document]:
        """Return the documents that exist, by path, in a consistent snapshot."""
        references = [self.client.document(path) for path in paths]
        with google_errors(_SERVICE, permission="datastore.entities.get"):
            found = _retried(lambda: list(self.client.get_all(references, **_one_try())))
        documents = map(_document, found)
        return {document.path: document for document in documents if document}

    def query(self, query: firestore.Query) -> list[Document]:
        with google_errors(_SERVICE, permission="datastore.entities.list"):
            try:
                found = _retried(lambda: list(query.stream(**_one_try())))
            except FailedPrecondition:
                raise StorageError(_NO_INDEX) from None
        return [each for each in map(_document, found) if each]

    def count(self, query: AggregationQuery) -> int:
        """Return the result of a query that counts."""
        (number,) = self.aggregate(query).values.values()
        return int(number)

    def aggregate(self, query: AggregationQuery, *, at: datetime | None = None) -> Aggregate:
        """Return the results of a query that counts or adds up; `at` is an earlier `read_at`."""
        with google_errors(_SERVICE, permission="datastore.entities.list"):
            try:
                found = _retried(lambda: query.get(**_one_try(), read_time=at))
            except FailedPrecondition:
                raise StorageError(_NO_INDEX) from None
        results: Any = found  # The SDK's types leave out the list around the results.
        read_at: datetime = results[0][0].read_time
        return Aggregate(
            values={each.alias: each.value for each in results[0]},
            read_at=datetime.combine(read_at, read_at.timetz()),
        )

    def commit(self, writes: Sequence[Write]) -> tuple[str, ...]:
        """Write all or nothing, and return the new revisions; a removal's is empty.

        Raise ConflictError if a document does not have the revision of its write. A write that
        changes no field keeps the revision, so it only compares.
        """
        batch, failures = self.client.batch(), list[Exception]()
        for write in writes:
            self._add(batch, write)
        with google_errors(_SERVICE, permission="datastore.entities.update"):
            try:
                results = _retried(lambda: batch.commit(**_one_try()), failures)
            except _CONFLICTS:
                revisions = self._written_before(writes) if failures else None
                if revisions is None:
                    raise ConflictError(_CHANGED) from None
                return revisions
        return tuple(_revision(result.update_time) for result in results)

    def increment(
        self,
        path: str,
        amounts: Mapping[str, int],
        *,
        fields: Fields | None = None,
        beside: Sequence[Write] = (),
        only_try: timedelta | None = None,
    ) -> None:
        """Add to fields of a document and set others of it. A missing document is created.

        The same commit makes the writes `beside` it. Raise ConflictError if one of their documents
        has another revision, also after a lost answer. Without them, a try whose answer was lost is
        added again: `only_try`, a time limit, allows no other try.
        """
        added = {name: firestore.Increment(amount) for name, amount in amounts.items()}
        batch = self.client.batch()
        batch.set(self.client.document(path), to_fields(fields or {}) | added, merge=True)
        for write in beside:
            self._add(batch, write)
        seconds = only_try.total_seconds() if only_try else _TRY_SECONDS
        commit = partial(batch.commit, retry=None, timeout=seconds)
        with google_errors(_SERVICE, permission="datastore.entities.update"):
            try:
                commit() if only_try else _retried(commit)
            except _CONFLICTS:
                raise ConflictError(_CHANGED) from None

    def remove_field(self, path: str, name: str) -> None:
        """Remove a field of a document, if both exist."""
        reference = self.client.document(path)
        with google_errors(_SERVICE, permission="datastore.entities.update"), suppress(NotFound):
            _retried(lambda: reference.update({name: firestore.DELETE_FIELD}, **_one_try()))

    def _add(self, batch: firestore.WriteBatch, write: Write) -> None:
        reference = self.client.document(write.path)
        if write.fields is None:
            batch.delete(
                reference, option=self._unless_changed(write.revision) if write.revision else None
            )
        elif write.revision is None:
            batch.set(reference, to_fields(write.fields))
        elif write.revision:
            option = self._unless_changed(write.revision)
            batch.update(reference, by_path(write.fields), option=option)
        else:
            batch.create(reference, to_fields(write.fields))

    def _unless_changed(self, revision: str) -> firestore.LastUpdateOption:
        moment = DatetimeWithNanoseconds.from_rfc3339(revision)  # type: ignore[no-untyped-call]
        return firestore.LastUpdateOption(moment)

    def _written_before(self, writes: Sequence[Write]) -> tuple[str, ...] | None:
        """Return the revisions if every document is as written.

        If so, an earlier try succeeded and its answer was lost: the batch conflicts with itself.
        """
        found = self.get_all(write.path for write in writes)
        documents = [found.get(write.path) for write in writes]
        if not all(map(_is_as_written, documents, writes)):
            return None
        return tuple(document.revision if document else "" for document in documents)


def _is_as_written(document: Document | None, write: Write) -> bool:
    if document is None or write.fields is None:
        return document is None and write.fields is None
    return to_fields(document.fields) == to_fields(write.fields)


def _one_try() -> dict[str, Any]:
    return {"retry": None, "timeout": _TRY_SECONDS}


def _retried(attempt: Callable[[], T], failures: list[Exception] | None = None) -> T:
    retry = Retry(
        predicate=_PASSING,
        initial=0.1,
        maximum=2.0,
        timeout=_RETRY_SECONDS,
        on_error=None if failures is None else failures.append,
    )
    return retry(attempt)()


def _document(snapshot: firestore.DocumentSnapshot[Any]) -> Document | None:
    if not snapshot.exists:
        return None
    return Document(
        path=snapshot.reference.path,
        fields=from_fields(snapshot.to_dict() or {}),
        revision=_revision(snapshot.update_time),
    )


def _revision(moment: Any) -> str:  # noqa: ANN401  # Commits return another class than reads.
    if moment is None:
        return ""
    if not isinstance(moment, datetime):
        moment = DatetimeWithNanoseconds.from_timestamp_pb(moment)  # type: ignore[no-untyped-call]
    return str(moment.rfc3339())
