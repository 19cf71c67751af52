"""The endpoints of reviews: for those who may use the API, and for reviewers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.building import ModuleOnUse
from shared.http.endpoint import Endpoint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shared.http import resource_types as answered
    from shared.http import review_types as of_reviews
    from shared.http import reviewing, reviews, studio_pages
else:
    answered = ModuleOnUse("shared.http.resource_types")
    of_reviews = ModuleOnUse("shared.http.review_types")
    reviewing = ModuleOnUse("shared.http.reviewing")
    reviews = ModuleOnUse("shared.http.reviews")
    studio_pages = ModuleOnUse("shared.http.studio_pages")


def _review() -> Mapping[int, Any]:
    return {200: of_reviews.ReviewResource}


# fmt: off
REVIEW_ENDPOINTS: Sequence[Endpoint] = (
    Endpoint("GET", "/review", lambda: studio_pages.review_page,
             "The page of reviewers: watch, comment and decide in a browser",
             answers=lambda: {200: str, 304: None}, is_open=True),
    Endpoint("POST", "/v1/campaigns/{campaign_id}/reviews", lambda: reviews.create,
             "Create a link by which people without access see a campaign's videos and answer",
             answers=lambda: {201: of_reviews.ReviewResource}, body=lambda: of_reviews.ReviewBody),
    Endpoint("GET", "/v1/campaigns/{campaign_id}/reviews", lambda: reviews.list_all,
             "List the reviews of a campaign, the newest first, with comments and decisions",
             answers=lambda: {200: answered.ListResource[of_reviews.ReviewResource]}),
    Endpoint("GET", "/v1/campaigns/{campaign_id}/reviews/{review_id}", lambda: reviews.read,
             "Read a review, with its comments and decisions", answers=_review),
    Endpoint("POST", "/v1/campaigns/{campaign_id}/reviews/{review_id}/close",
             lambda: reviews.close, "Close a review: its link shows nothing any more",
             answers=_review),
    Endpoint("DELETE", "/v1/campaigns/{campaign_id}/reviews/{review_id}", lambda: reviews.delete,
             "Delete a review with its comments and decisions; its link shows nothing any more",
             answers=lambda: {200: of_reviews.DeletedReview}),
    Endpoint("GET", "/v1/reviews/{review_token}", lambda: reviewing.read,
             "What a reviewer sees: the videos, and what was said of them",
             answers=lambda: {200: of_reviews.ReviewPage}, is_open=True),
    Endpoint("POST", "/v1/reviews/{review_token}/comments", lambda: reviewing.comment,
             "Comment on a version, or on a moment in it: 201, and 200 for the same comment again",
             answers=lambda: dict.fromkeys((201, 200), of_reviews.CommentResource),
             body=lambda: of_reviews.CommentBody, is_open=True),
    Endpoint("PUT", "/v1/reviews/{review_token}/decisions/{video_id}", lambda: reviewing.decision,
             "Approve a version, or ask for changes",
             answers=lambda: {200: of_reviews.DecisionResource},
             body=lambda: of_reviews.DecisionBody, is_open=True),
)
# fmt: on
