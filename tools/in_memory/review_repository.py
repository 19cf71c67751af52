"""Records of reviews in memory, with the whole contract of their port."""

from collections.abc import Sequence

from shared.domain.errors import ConflictError, NotFoundError
from shared.domain.events import Event
from shared.domain.review import MOST_REVIEWS, Review, require_room
from shared.domain.values import replace
from tools.in_memory.campaign_repository import InMemoryCampaignRepository


class InMemoryReviewRepository:
    """`reviews` is what is stored, for a test to look at."""

    def __init__(self, campaigns: InMemoryCampaignRepository) -> None:
        self.reviews: dict[str, Review] = {}
        self._campaigns = campaigns

    def get(self, review_id: str) -> Review:
        try:
            return self.reviews[review_id]
        except KeyError:
            raise NotFoundError("There is no review with this id.") from None

    def commit(self, review: Review, *, events: Sequence[Event] = ()) -> Review:
        with self._campaigns.lock:
            stored = self.reviews.get(review.id)
            if (stored.revision if stored else "") != review.revision:
                raise ConflictError("The review has changed. Read it again.")
            if stored is None:
                others = self.list(review.campaign_id, after=None, limit=MOST_REVIEWS)
                require_room(others, review.created_at)
            self._campaigns.store_events(events)
            revision = f"{int(review.revision or 0) + 1}"
            self.reviews[review.id] = replace(review, revision=revision)
            return self.reviews[review.id]

    def list(self, campaign_id: str, *, after: str | None, limit: int) -> tuple[Review, ...]:
        found = sorted(
            (each for each in self.reviews.values() if each.campaign_id == campaign_id),
            key=lambda each: each.id,
        )
        return tuple(each for each in found if after is None or each.id > after)[:limit]

    def remove(self, review_id: str) -> None:
        with self._campaigns.lock:
            if self.reviews.pop(review_id, None) is None:
                raise NotFoundError("There is no review with this id.")

    def delete_campaign(self, campaign_id: str) -> None:
        with self._campaigns.lock:
            for each in self.list(campaign_id, after=None, limit=len(self.reviews)):
                del self.reviews[each.id]
