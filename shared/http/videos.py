"""Handlers of /v1/videos."""

from enum import StrEnum
from http import HTTPStatus
from typing import TypeVar

from werkzeug.wrappers import Response

from shared.domain.errors import InvalidRequestError
from shared.domain.identity import parse_video_id, require_campaign_id
from shared.domain.video import Phase, Status, VersionState, Video
from shared.http.calls import Call, json_response, list_response
from shared.http.requests import EmptyBody, ListQuery, ReadQuery, read_body, read_query
from shared.http.resources import (
    Resource,
    created_resource,
    estimate_resource,
    video_resource,
)
from shared.http.signing import DEFAULT_LIFE, signed_url_resource
from shared.ports import SortOrder, VideoQuery
from shared.requests import commands
from shared.requests.bodies import CreateVideoBody, EstimateBody
from shared.use_cases.change_versions import cancel_video, delete_video, promote_video
from shared.use_cases.create_videos import CreatedVideo, Outcome, create_videos
from shared.use_cases.estimate_videos import estimate_videos
from shared.use_cases.read_content import Variant, content_of_video
from shared.use_cases.regenerate_videos import regenerate_video

MAX_PAGE = 100

E = TypeVar("E", bound=StrEnum)

# OpenAI's SDK reads the first answer only, and then keeps to that pace.
_POLLING = {"Retry-After": "2", "openai-poll-after-ms": "2000"}


def create(call: Call) -> Response:
    body = read_body(call.request, CreateVideoBody)
    request = commands.create_one(body, call.ports.policy)
    (created,) = create_videos(call.ports, request)
    return created_response(call, created)


def estimate(call: Call) -> Response:
    body = read_body(call.request, EstimateBody)
    request = commands.estimate(body, call.ports.policy)
    return json_response(estimate_resource(estimate_videos(call.ports, request)))


def read(call: Call, video_id: str) -> Response:
    query = read_query(call.request, ReadQuery)
    video = call.ports.campaigns.get_video(*parse_video_id(video_id))
    headers = None if video.has_ended else _POLLING
    return json_response(_resource(call, video, include=query.include), headers=headers)


def list_all(call: Call) -> Response:
    query = read_query(call.request, ListQuery)
    if not 1 <= query.limit <= MAX_PAGE:
        raise InvalidRequestError(f"limit lies between 1 and {MAX_PAGE}.", param="limit")
    if query.campaign_id is not None:
        require_campaign_id(query.campaign_id)
    page = call.ports.campaigns.list_videos(
        VideoQuery(
            campaign_id=query.campaign_id,
            version_state=_one_of(VersionState, query.version_state, "version_state"),
            status=_one_of(Status, query.status, "status"),
            after=query.after,
            limit=query.limit,
            order=_one_of(SortOrder, query.order, "order") or SortOrder.DESCENDING,
        )
    )
    data = [_resource(call, video, include=query.include) for video in page.videos]
    return list_response(data, has_more=page.has_more)


def delete(call: Call, video_id: str) -> Response:
    delete_video(call.ports, *parse_video_id(video_id))
    return json_response({"id": video_id, "object": "video.deleted", "deleted": True})


def regenerate(call: Call, video_id: str) -> Response:
    read_body(call.request, EmptyBody)
    created = regenerate_video(call.ports, *parse_video_id(video_id))
    return created_response(call, created)


def promote(call: Call, video_id: str) -> Response:
    read_body(call.request, EmptyBody)
    video = promote_video(call.ports, *parse_video_id(video_id))
    return json_response(_resource(call, video))


def cancel(call: Call, video_id: str) -> Response:
    """Say what a cancellation can still spare, which after the submission is nothing."""
    read_body(call.request, EmptyBody)
    video = cancel_video(call.ports, *parse_video_id(video_id))
    spared = video.phase is Phase.CANCELLED
    note = (
        "Nothing was submitted and nothing is paid."
        if spared
        else "It was submitted already, and Veo cannot cancel: it is paid for, and will be stored "
        "as historical."
    )
    return json_response(_resource(call, video) | {"note": note})


def created_response(call: Call, created: CreatedVideo) -> Response:
    """202 for what is new, with its place; 200 for what was there or is being made."""
    resource = created_resource(created, base_url=call.base_url, now=call.now)
    location = {"Location": f"{call.base_url}v1/videos/{created.video.id}"}
    if created.outcome is Outcome.CACHE_HIT:
        return json_response(resource, headers=location)
    status = HTTPStatus.ACCEPTED if created.outcome is Outcome.CREATED else HTTPStatus.OK
    return json_response(resource, status=status, headers=location | _POLLING)


def _resource(call: Call, video: Video, *, include: str | None = None) -> Resource:
    resource = video_resource(video, base_url=call.base_url, now=call.now)
    if include is None:
        return resource
    if include != "signed_url":
        raise InvalidRequestError("include can be signed_url.", param="include")
    return resource | {"signed_url": _signed_url(call, video)}


def _signed_url(call: Call, video: Video) -> Resource | None:
    if video.phase is not Phase.DONE:
        return None
    found = content_of_video(call.ports, video, Variant.VIDEO)
    return signed_url_resource(call, found.path, DEFAULT_LIFE)


def _one_of(kind: type[E], value: str | None, param: str) -> E | None:
    if value is None:
        return None
    try:
        return kind(value)
    except ValueError:
        choices = ", ".join(kind)
        raise InvalidRequestError(f"{param} is one of: {choices}.", param=param) from None
