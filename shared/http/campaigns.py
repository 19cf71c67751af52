"""Handlers of /v1/campaigns."""

from collections.abc import Sequence
from http import HTTPStatus

from werkzeug.wrappers import Response

from shared.domain.errors import InvalidRequestError
from shared.domain.identity import require_campaign_id
from shared.http.calls import Call, json_response, list_response
from shared.http.requests import CleanupBody, EmptyBody, read_body
from shared.http.resources import campaign_resource, created_resource
from shared.requests import commands
from shared.requests.bodies import CreateCampaignVideosBody
from shared.use_cases.cleanup_campaign import cleanup_campaign, preview_cleanup
from shared.use_cases.create_videos import CreatedVideo, Outcome, create_videos
from shared.use_cases.read_campaigns import read_campaign
from shared.use_cases.regenerate_videos import regenerate_campaign


def read(call: Call, campaign_id: str) -> Response:
    view = read_campaign(call.ports, require_campaign_id(campaign_id))
    limit = call.ports.policy.max_videos_per_campaign
    resource = campaign_resource(view, base_url=call.base_url, now=call.now, limit=limit)
    return json_response(resource)


def create(call: Call, campaign_id: str) -> Response:
    require_campaign_id(campaign_id)
    body = read_body(call.request, CreateCampaignVideosBody)
    request = commands.create_all(campaign_id, body, call.ports.policy)
    return _created(call, campaign_id, create_videos(call.ports, request))


def regenerate(call: Call, campaign_id: str) -> Response:
    require_campaign_id(campaign_id)
    read_body(call.request, EmptyBody)
    return _created(call, campaign_id, regenerate_campaign(call.ports, campaign_id))


def cleanup(call: Call, campaign_id: str) -> Response:
    require_campaign_id(campaign_id)
    body = read_body(call.request, CleanupBody)
    if body.keep_last < 0:
        raise InvalidRequestError("keep_last is 0 or more.", param="keep_last")
    clean = preview_cleanup if body.dry_run else cleanup_campaign
    cleaned = clean(call.ports, campaign_id, keep=body.keep_last)
    return json_response(
        {
            "object": "cleanup",
            "dry_run": body.dry_run,
            "deleted": [{"id": video.id, "index": video.index} for video in cleaned.videos],
            "bytes": cleaned.size_bytes,
        }
    )


def _created(call: Call, campaign_id: str, created: Sequence[CreatedVideo]) -> Response:
    is_new = any(each.outcome is Outcome.CREATED for each in created)
    return list_response(
        [created_resource(each, base_url=call.base_url, now=call.now) for each in created],
        status=HTTPStatus.ACCEPTED if is_new else HTTPStatus.OK,
        headers={"Location": f"{call.base_url}v1/campaigns/{campaign_id}"},
    )
