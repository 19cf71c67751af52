"""Handlers that read videos."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.errors import InvalidRequestError
from shared.domain.identity import parse_video_id, require_campaign_id
from shared.domain.text import canonical
from shared.domain.video import Status, VersionState
from shared.http.calls import POLLING, json_response, list_response
from shared.http.queries import ListQuery, ReadQuery, read_query, require_one_of
from shared.http.resources import encoded_video, unreadable_resource, video_resource
from shared.use_cases.queue_estimates import estimates_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.wrappers import Response

    from shared.domain.video import Video
    from shared.http.calls import Call


def read(call: Call, video_id: str) -> Response:
    query = read_query(call.request, ReadQuery)
    video = call.ports.campaigns.get_video(*parse_video_id(video_id))
    headers = None if video.has_ended else POLLING
    (resource,) = video_resources(call, (video,), include=require_include(query.include))
    return json_response(resource, headers=headers)


def list_all(call: Call) -> Response:
    from shared.ports.campaign_repository import SortOrder, VideoQuery
    from shared.use_cases.list_videos import list_videos

    query = read_query(call.request, ListQuery)
    if query.campaign_id is not None:
        require_campaign_id(query.campaign_id)
    page = list_videos(
        call.ports,
        VideoQuery(
            campaign_id=query.campaign_id,
            tag=query.tag and canonical(query.tag),
            version_state=require_one_of(VersionState, query.version_state, "version_state"),
            status=require_one_of(Status, query.status, "status"),
            limit=query.limit,
            order=require_one_of(SortOrder, query.order, "order") or SortOrder.DESCENDING,
        ),
        after=query.after,
    )
    return list_response(
        video_resources(call, page.videos, include=require_include(query.include)),
        ids=[video.id for video in page.videos],
        has_more=page.has_more,
        unreadable=list(map(unreadable_resource, page.unreadable)),
    )


def require_include(include: str | None) -> str | None:
    if include not in (None, "signed_url"):
        raise InvalidRequestError("include can be signed_url.", param="include")
    return include


def video_resources(
    call: Call, videos: Sequence[Video], *, include: str | None
) -> Sequence[object]:
    """Return the videos as they are answered, with what `include` adds."""
    queue = estimates_of(call.ports, videos)
    if include is None:
        return [encoded_video(call, each, queue=queue.get(each.id)) for each in videos]
    from shared.http.content import signed_clips

    signed = signed_clips(call, videos)
    resources = [video_resource(call, each, queue=queue.get(each.id)) for each in videos]
    for resource in resources:
        resource["signed_url"] = signed.get(resource["id"])
    return resources
