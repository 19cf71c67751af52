"""The records of reviews in the same SQLite database as the campaigns and the events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.adapters.local.record_pages import first_readable
from shared.adapters.local.record_rows import row_of, stored_record
from shared.domain.errors import NotFoundError
from shared.domain.review import MOST_REVIEWS, Review, require_room
from shared.records.form import decode, naming, require_place

if TYPE_CHECKING:
    from collections.abc import Sequence
    from sqlite3 import Connection

    from shared.adapters.local.campaign_repository import LocalCampaignRepository
    from shared.domain.events import Event

_COLUMNS = "SELECT id, record, revision FROM reviews"
_ONE = f"{_COLUMNS} WHERE id = ?"
_AFTER = f"{_COLUMNS} WHERE campaign_id = ? AND id > ? ORDER BY id"
_REMOVE = "DELETE FROM reviews WHERE id = ?"
_DELETE = "DELETE FROM reviews WHERE campaign_id = ?"
_MISSING = "There is no review with this id."


class LocalReviewRepository:
    """A revision is a digest of a record's JSON, as for campaigns."""

    def __init__(self, campaigns: LocalCampaignRepository) -> None:
        self._campaigns = campaigns
        self._database = campaigns.database

    def get(self, review_id: str) -> Review:
        with self._database.reading() as connection:
            row = row_of(connection, _ONE, review_id)
        if row is None:
            raise NotFoundError(_MISSING)
        return _review_of(*row)

    def commit(self, review: Review, *, events: Sequence[Event] = ()) -> Review:
        derived = {"id": review.id, "campaign_id": review.campaign_id}
        with self._database.writing() as connection:
            if not review.revision:
                others = _listed(connection, review.campaign_id, after=None, limit=MOST_REVIEWS)
                require_room(others, review.created_at)
            self._campaigns.store_events(connection, events)
            return stored_record(connection, "reviews", derived, review, "The review")

    def list(self, campaign_id: str, *, after: str | None, limit: int) -> tuple[Review, ...]:
        with self._database.reading() as connection:
            return _listed(connection, campaign_id, after=after, limit=limit)

    def remove(self, review_id: str) -> None:
        with self._database.writing() as connection:
            if row_of(connection, _ONE, review_id) is None:
                raise NotFoundError(_MISSING)
            connection.execute(_REMOVE, (review_id,))

    def delete_campaign(self, campaign_id: str) -> None:
        with self._database.writing() as connection:
            connection.execute(_DELETE, (campaign_id,))


def _listed(
    connection: Connection, campaign_id: str, *, after: str | None, limit: int
) -> tuple[Review, ...]:
    rows = connection.execute(_AFTER, (campaign_id, after or ""))
    return first_readable(_review_of, rows, limit)


def _review_of(review_id: str, record: bytes, revision: str) -> Review:
    """Raise UnreadableRecordError."""
    with naming(f"reviews/{review_id}"):
        stored = decode(record, Review, revision=revision)
        require_place(stored.id == review_id)
    return stored
