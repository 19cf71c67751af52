"""The handler that lists events."""

from functools import partial

from werkzeug.wrappers import Response

from shared.domain.events import Event, EventType, ReviewFacts, UnreadableFacts, VideoFacts
from shared.domain.identity import require_campaign_id
from shared.http.calls import Call, encode, page_response
from shared.http.event_types import EventData, EventListQuery, EventResource
from shared.http.queries import read_query, require_one_of
from shared.http.resources import content_url_of, cost_resource, epoch, thumbnail_url_of
from shared.ports.event_log import EventQuery


def list_all(call: Call) -> Response:
    query = read_query(call.request, EventListQuery)
    if query.campaign_id is not None:
        require_campaign_id(query.campaign_id)
    found = call.ports.events.list(
        EventQuery(
            after=query.after,
            type=require_one_of(EventType, query.type, "type"),
            campaign_id=query.campaign_id,
            limit=query.limit + 1,
        )
    )
    return page_response(
        found,
        limit=query.limit,
        resource=partial(event_resource, base_url=call.base_url),
        id_of=lambda event: event.id,
    )


def event_body(event: Event, base_url: str) -> bytes:
    """Return what is sent of an event: the same bytes each time."""
    return encode(event_resource(event, base_url=base_url))


def event_resource(event: Event, *, base_url: str) -> EventResource:
    return {
        "id": event.id,
        "object": "event",
        "type": event.type,
        "created_at": epoch(event.created_at),
        "timestamp": event.created_at.isoformat(),
        "data": _data(event, base_url),
    }


def _data(event: Event, base_url: str) -> EventData:
    if event.video is not None:
        return _video(event, event.video, base_url)
    if event.unreadable is not None:
        return _unreadable(event, event.unreadable)
    if event.batch_id:
        return {
            "id": event.batch_id,
            "object": "batch",
            "total": event.lines,
            "requested_by": event.requested_by,
        }
    if event.review is not None:
        return _review(event, event.review)
    if event.webhook_id:
        return {"id": event.webhook_id, "object": "webhook", "reason": event.reason}
    return {
        "id": event.campaign_id,
        "object": "campaign",
        "used_usd": event.used_usd,
        "budget_usd": event.budget_usd,
    }


def _review(event: Event, said: ReviewFacts) -> EventData:
    about: EventData = {
        "id": said.id,
        "object": "review",
        "campaign_id": event.campaign_id,
        "video_id": said.video_id,
        "index": said.index,
    }
    if said.decision:
        return {**about, "decision": said.decision}
    return {**about, "comment_id": said.comment_id, "seconds": said.seconds}


def _unreadable(event: Event, video: UnreadableFacts) -> EventData:
    known: EventData = {"id": video.id, "object": "video", "campaign_id": event.campaign_id}
    return known if video.index is None else {**known, "index": video.index}


def _video(event: Event, video: VideoFacts, base_url: str) -> EventData:
    facts: EventData = {
        "id": video.id,
        "object": "video",
        "campaign_id": event.campaign_id,
        "index": video.index,
        "batch_id": video.batch_id,
        "status": video.status,
        "phase": video.phase,
        "error": video.failure,
        "cost": cost_resource(video.cost),
        "requested_by": event.requested_by,
    }
    if event.type is EventType.VIDEO_DELETED:
        return facts
    return {
        **facts,
        "content_url": content_url_of(video.id, base_url=base_url),
        "thumbnail_url": thumbnail_url_of(video.id, base_url=base_url),
    }
