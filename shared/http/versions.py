"""Handlers that create, promote, cancel, delete and restore versions of videos."""

from decimal import Decimal
from http import HTTPStatus

from msgspec import UNSET
from werkzeug.wrappers import Response

from shared.domain.identity import parse_video_id, require_campaign_id
from shared.domain.limits import require_dollars
from shared.domain.model_registry import MODELS
from shared.domain.video import Phase, Video
from shared.http.calls import Call, json_response, list_response
from shared.http.campaign_types import CleanupResource, DeletedTrash
from shared.http.creations import all_created_response, created_response
from shared.http.idempotency import answer_idempotently
from shared.http.queries import DeleteQuery, read_query
from shared.http.request_bodies import CleanupBody, RegenerateBody, VideoBody, read_body
from shared.http.resource_types import DeletedVideo
from shared.http.resources import encoded_video, moment, unreadable_resource, video_resource
from shared.requests.commands import lane_of
from shared.use_cases.change_versions import (
    cancel_video,
    delete_video,
    mark_video,
    promote_video,
    restore_video,
)
from shared.use_cases.claims import Claim
from shared.use_cases.cleanup_campaign import cleanup_campaign, preview_cleanup
from shared.use_cases.regenerate_videos import regenerate_campaign, regenerate_video
from shared.use_cases.trash_videos import empty_trash as remove_trash
from shared.use_cases.trash_videos import read_trash


def regenerate(call: Call, video_id: str) -> Response:
    place = parse_video_id(video_id)
    body = read_body(call.request, RegenerateBody)
    max_cost, priority = _max_cost(body), lane_of(body.priority)

    def act(claim: Claim | None) -> Response:
        created = regenerate_video(
            call.ports,
            *place,
            max_cost=max_cost,
            priority=priority,
            requested_by=call.requester,
            claim=claim,
        )
        return created_response(call, created)

    return answer_idempotently(call, body, act)


def regenerate_all(call: Call, campaign_id: str) -> Response:
    require_campaign_id(campaign_id)
    body = read_body(call.request, RegenerateBody)
    max_cost, priority = _max_cost(body), lane_of(body.priority)

    def act(claim: Claim | None) -> Response:
        created = regenerate_campaign(
            call.ports,
            campaign_id,
            max_cost=max_cost,
            priority=priority,
            requested_by=call.requester,
            claim=claim,
        )
        return all_created_response(call, campaign_id, created)

    return answer_idempotently(call, body, act)


def promote(call: Call, video_id: str) -> Response:
    video = promote_video(call.ports, *parse_video_id(video_id))
    return json_response(video_resource(call, video))


def change(call: Call, video_id: str) -> Response:
    """Set whether a video is exempt from every clean-up."""
    place = parse_video_id(video_id)
    body = read_body(call.request, VideoBody)
    if body.kept is UNSET:
        video = call.ports.campaigns.get_video(*place)
    else:
        video = mark_video(call.ports, *place, kept=body.kept)
    return json_response(video_resource(call, video))


def cancel(call: Call, video_id: str) -> Response:
    """Answer with a note: a video that was already submitted may be paid for all the same."""
    video = cancel_video(call.ports, *parse_video_id(video_id))
    resource = video_resource(call, video)
    resource["note"] = _note(video)
    return json_response(resource)


def delete(call: Call, video_id: str) -> Response:
    """Move a video to the trash, or remove it. `purge` is in the query: a body has no field."""
    purge = read_query(call.request, DeleteQuery).purge
    purge_at = delete_video(call.ports, *parse_video_id(video_id), purge=purge)
    deleted = DeletedVideo(
        id=video_id, object="video.deleted", deleted=True, purge_at=moment(purge_at)
    )
    return json_response(deleted)


def restore(call: Call, video_id: str) -> Response:
    video = restore_video(call.ports, *parse_video_id(video_id))
    return json_response(video_resource(call, video))


def trash(call: Call, campaign_id: str) -> Response:
    """List all that is in the trash of a campaign."""
    page = read_trash(call.ports, require_campaign_id(campaign_id))
    return list_response(
        [encoded_video(call, video) for video in page.videos],
        ids=[video.id for video in page.videos],
        unreadable=list(map(unreadable_resource, page.unreadable)),
    )


def empty_trash(call: Call, campaign_id: str) -> Response:
    """Answer 202 where the tick has to remove the rest; what is left can still be restored."""
    is_empty = remove_trash(call.ports, require_campaign_id(campaign_id))
    emptied = DeletedTrash(id=campaign_id, object="trash.deleted", deleted=is_empty)
    return json_response(emptied, status=HTTPStatus.OK if is_empty else HTTPStatus.ACCEPTED)


def cleanup(call: Call, campaign_id: str) -> Response:
    require_campaign_id(campaign_id)
    body = read_body(call.request, CleanupBody)
    clean = preview_cleanup if body.dry_run else cleanup_campaign
    cleaned = clean(call.ports, campaign_id, keep=body.keep_last)
    resource = CleanupResource(
        object="cleanup",
        dry_run=body.dry_run,
        deleted=[{"id": video.id, "index": video.index} for video in cleaned.videos],
        bytes=cleaned.size_bytes,
    )
    return json_response(resource)


def _max_cost(body: RegenerateBody) -> Decimal | None:
    return require_dollars(body.max_cost_usd, param="max_cost_usd")


def _note(cancelled: Video) -> str:
    if cancelled.phase is Phase.CANCELLED:
        return "Nothing was submitted, and nothing is billed."
    model = MODELS.get(cancelled.parameters.model)
    if model is not None and model.can_cancel:
        return (
            "It was already submitted. Google is asked to stop it, and its price is held as "
            "possibly spent. If its clip is made before that, it is billed, and stored as "
            "historical."
        )
    return (
        "It was already submitted, and Veo cannot cancel: it will be billed, and stored as "
        "historical."
    )
