"""The records of reviews in Firestore: `campaigns/<campaign_id>/reviews/<id>`.

`latest_reviews/<campaign_id>` names the one that was created last. Each creation changes it: of two
that have counted the same reviews, one conflicts.
"""

from collections.abc import Sequence

from shared.adapters.google.campaign_repository import FirestoreCampaignRepository
from shared.adapters.google.firestore_documents import Document, Write
from shared.adapters.google.firestore_pages import delete_all, named_page
from shared.domain.errors import NotFoundError
from shared.domain.events import Event
from shared.domain.identity import campaign_of_review
from shared.domain.review import MOST_REVIEWS, Review, require_room
from shared.domain.values import replace
from shared.records.form import from_record, naming, require_place, to_record


class FirestoreReviewRepository:
    """A revision is the time of a document's last change, as for campaigns."""

    def __init__(self, campaigns: FirestoreCampaignRepository) -> None:
        self._campaigns = campaigns
        self._documents = campaigns.documents

    def get(self, review_id: str) -> Review:
        return _review_of(self._document_of(review_id))

    def commit(self, review: Review, *, events: Sequence[Event] = ()) -> Review:
        own = Write(path=_path(review.id), fields=to_record(review), revision=review.revision)
        beside = self._campaigns.writes_of_events(events)
        if not review.revision:
            beside = [self._take_room(review), *beside]
        revision, *_ = self._documents.commit([own, *beside])
        return replace(review, revision=revision)

    def list(self, campaign_id: str, *, after: str | None, limit: int) -> tuple[Review, ...]:
        first = None if after is None else _path(after)
        folder = _folder_of(campaign_id)
        return named_page(self._documents, folder, _review_of, after=first, limit=limit)

    def remove(self, review_id: str) -> None:
        path = self._document_of(review_id).path
        self._documents.commit([Write(path=path, fields=None, revision=None)])

    def delete_campaign(self, campaign_id: str) -> None:
        client = self._documents.client
        delete_all(self._documents, client.collection(_folder_of(campaign_id)))
        latest = Write(path=_latest_path(campaign_id), fields=None, revision=None)
        self._documents.commit([latest])

    def _take_room(self, review: Review) -> Write:
        """Return the write by which another creation since now conflicts. Raise LimitError."""
        path = _latest_path(review.campaign_id)
        latest = self._documents.get(path)
        others = self.list(review.campaign_id, after=None, limit=MOST_REVIEWS)
        require_room(others, review.created_at)
        return Write(
            path=path, fields={"id": review.id}, revision=latest.revision if latest else ""
        )

    def _document_of(self, review_id: str) -> Document:
        document = self._documents.get(_path(review_id))
        if document is None:
            raise NotFoundError("There is no review with this id.")
        return document


def _folder_of(campaign_id: str) -> str:
    return f"campaigns/{campaign_id}/reviews"


def _latest_path(campaign_id: str) -> str:
    return f"latest_reviews/{campaign_id}"


def _path(review_id: str) -> str:
    """Raise NotFoundError if it cannot be the id of a review."""
    return f"{_folder_of(campaign_of_review(review_id))}/{review_id}"


def _review_of(document: Document) -> Review:
    """Raise UnreadableRecordError."""
    with naming(document.path):
        review = from_record(document.fields, Review, revision=document.revision)
        require_place(document.path == _path(review.id))
    return review
