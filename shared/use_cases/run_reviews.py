"""Create, close and delete the reviews of a campaign."""

import secrets
from datetime import timedelta

from shared.domain.review import MOST_REVIEWS, Review, digest_of, review_id, token_of
from shared.domain.values import replace
from shared.domain.versions import require_not_deleted
from shared.ports import Ports
from shared.use_cases.committing import until_committed

_RANDOM_BITS = 16
_SECRET_BYTES = 24


def create_review(ports: Ports, draft: Review, *, days: int) -> tuple[Review, str]:
    """Create the review that `draft` describes, and return it with its token, which is not stored.

    Raise CampaignNotFoundError, CampaignDeletedError or LimitError.
    """
    require_not_deleted(ports.campaigns.get_campaign(draft.campaign_id))
    secret = secrets.token_urlsafe(_SECRET_BYTES)

    def attempt() -> Review:
        now = ports.now()
        review = replace(
            draft,
            id=review_id(draft.campaign_id, now, secrets.randbits(_RANDOM_BITS)),
            digest=digest_of(secret),
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
        return ports.reviews.commit(review)

    review = until_committed(attempt)
    return review, token_of(review, secret)


def reviews_of(ports: Ports, campaign_id: str) -> tuple[Review, ...]:
    """Return all reviews of a campaign, the newest first."""
    return ports.reviews.list(campaign_id, after=None, limit=MOST_REVIEWS)


def close_review(ports: Ports, review_id: str) -> Review:
    """Let the link show nothing from now on; what was said stays. Raise NotFoundError."""

    def attempt() -> Review:
        found = ports.reviews.get(review_id)
        closed = found.closed(ports.now())
        return found if closed is found else ports.reviews.commit(closed)

    return until_committed(attempt)
