"""Handlers of reviews, for those who may use the API."""

from http import HTTPStatus

from werkzeug.wrappers import Response

from shared.domain.errors import NotFoundError
from shared.domain.identity import campaign_of_review, require_campaign_id
from shared.domain.review import Comment, Decision, Review
from shared.domain.titles import title_of
from shared.http.calls import Call, json_response, list_response
from shared.http.request_bodies import read_body
from shared.http.resources import epoch, moment
from shared.http.review_types import (
    CommentResource,
    DecisionResource,
    DeletedReview,
    ReviewBody,
    ReviewResource,
    SaidResource,
)
from shared.use_cases import run_reviews


def create(call: Call, campaign_id: str) -> Response:
    """Answer 201 with the link, which no other answer repeats.

    The token is in its fragment, which browsers do not send.
    """
    require_campaign_id(campaign_id)
    body = read_body(call.request, ReviewBody)
    draft = Review(
        id="",
        campaign_id=campaign_id,
        digest="",
        created_at=call.now,
        expires_at=call.now,
        title=title_of(body.title),
        include_historical=body.include_historical,
        requested_by=call.requester,
    )
    review, token = run_reviews.create_review(call.ports, draft, days=body.days)
    resource = _resource(call, review)
    resource["url"] = f"{call.base_url}review#{token}"
    location = f"{call.base_url}v1/campaigns/{campaign_id}/reviews/{review.id}"
    return json_response(resource, status=HTTPStatus.CREATED, headers={"Location": location})


def list_all(call: Call, campaign_id: str) -> Response:
    """Answer with all of them, without pages."""
    # A campaign that does not exist has no reviews, and is an error all the same.
    call.ports.campaigns.get_campaign(require_campaign_id(campaign_id))
    found = run_reviews.reviews_of(call.ports, campaign_id)
    return list_response([_resource(call, each) for each in found], ids=[each.id for each in found])


def read(call: Call, campaign_id: str, review_id: str) -> Response:
    _require_review(campaign_id, review_id)
    return json_response(_resource(call, call.ports.reviews.get(review_id)))


def close(call: Call, campaign_id: str, review_id: str) -> Response:
    _require_review(campaign_id, review_id)
    return json_response(_resource(call, run_reviews.close_review(call.ports, review_id)))


def delete(call: Call, campaign_id: str, review_id: str) -> Response:
    _require_review(campaign_id, review_id)
    call.ports.reviews.remove(review_id)
    return json_response(DeletedReview(id=review_id, object="review.deleted", deleted=True))


def said_in(review: Review) -> SaidResource:
    return {
        "comments": [comment_resource(each) for each in review.comments],
        "decisions": [decision_resource(each) for each in review.decisions],
    }


def comment_resource(comment: Comment) -> CommentResource:
    return {
        "id": comment.id,
        "object": "review.comment",
        "video_id": comment.video_id,
        "index": comment.index,
        "name": comment.name,
        "text": comment.text,
        "seconds": comment.seconds,
        "created_at": epoch(comment.created_at),
    }


def decision_resource(decision: Decision) -> DecisionResource:
    return {
        "object": "review.decision",
        "video_id": decision.video_id,
        "index": decision.index,
        "name": decision.name,
        "decision": decision.choice,
        "decided_at": epoch(decision.decided_at),
    }


def _resource(call: Call, review: Review) -> ReviewResource:
    said = said_in(review)
    return {
        "id": review.id,
        "object": "review",
        "campaign_id": review.campaign_id,
        "title": review.title,
        "include_historical": review.include_historical,
        "status": review.status(call.now),
        "created_at": epoch(review.created_at),
        "expires_at": epoch(review.expires_at),
        "closed_at": moment(review.closed_at),
        "requested_by": review.requested_by,
        "comments": said["comments"],
        "decisions": said["decisions"],
    }


def _require_review(campaign_id: str, review_id: str) -> None:
    """Raise NotFoundError unless it can be the id of a review of the campaign."""
    if campaign_of_review(review_id) != campaign_id:
        raise NotFoundError("There is no review with this id in this campaign.")
