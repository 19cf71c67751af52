"""Handlers that create videos, or estimate what that would cost."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from typing import Protocol

import msgspec
from werkzeug.wrappers import Response

from shared.domain.identity import require_campaign_id
from shared.domain.values import replace
from shared.domain.video import Outcome
from shared.http.calls import POLLING, Call, json_response, list_response
from shared.http.idempotency import answer_idempotently
from shared.http.request_bodies import read_body
from shared.http.resource_types import EstimateResource
from shared.http.resources import encoded_video
from shared.requests import commands
from shared.requests.bodies import CreateCampaignVideosBody, CreateVideoBody, EstimateBody
from shared.use_cases.claims import Claim
from shared.use_cases.create_videos import CreateVideos, create_videos, require_usable
from shared.use_cases.estimate_videos import Estimates, estimate_videos
from shared.use_cases.inputs import Sources, gather, is_url
from shared.use_cases.reserving import CreatedVideo


def create(call: Call) -> Response:
    body = read_body(call.request, CreateVideoBody)
    make = partial(
        commands.create_one, body, call.ports.policy.default_model, requested_by=call.requester
    )
    request = make()

    def act(claim: Claim | None) -> Response:
        with _pictures(call, request, make) as ready:
            created = create_videos(call.ports, replace(ready, claim=claim))
        if body.n is None:
            return created_response(call, created[0])
        return all_created_response(call, created[0].video.campaign_id, created)

    return answer_idempotently(call, body, act)


def create_all(call: Call, campaign_id: str) -> Response:
    require_campaign_id(campaign_id)
    body = read_body(call.request, CreateCampaignVideosBody)
    make = partial(
        commands.create_all,
        campaign_id,
        body,
        call.ports.policy.default_model,
        requested_by=call.requester,
    )
    request = make()

    def act(claim: Claim | None) -> Response:
        with _pictures(call, request, make) as ready:
            created = create_videos(call.ports, replace(ready, claim=claim))
        return all_created_response(call, campaign_id, created)

    return answer_idempotently(call, body, act)


def estimate(call: Call) -> Response:
    body = read_body(call.request, EstimateBody)
    make = partial(commands.estimate, body, call.ports.policy.default_model)
    with _pictures(call, make(), make) as ready:
        return json_response(_estimate_resource(estimate_videos(call.ports, ready)))


class _Make(Protocol):
    def __call__(self, *, sources: Sources) -> CreateVideos: ...


@contextmanager
def _pictures(call: Call, request: CreateVideos, make: _Make) -> Iterator[CreateVideos]:
    """Yield the request with its pictures read: a repeat of a known key fetches none."""
    if not any(request.sources):
        yield request
        return
    # Only these pay for the import.
    from shared.http.large_bodies import room_to_fetch

    require_usable(call.ports, request)
    with room_to_fetch(sum(is_url(each) for _, each in request.sources)):
        yield make(sources=gather(call.ports, request.sources))


def created_response(call: Call, created: CreatedVideo) -> Response:
    """Answer 202 with a Location for a new video, 200 for one that exists or is in progress."""
    resource = _encoded(call, created)
    location = {"Location": f"{call.base_url}v1/videos/{created.video.id}"}
    if created.outcome is Outcome.CACHE_HIT:
        return json_response(resource, headers=location)
    status = HTTPStatus.ACCEPTED if created.outcome is Outcome.CREATED else HTTPStatus.OK
    return json_response(resource, status=status, headers=location | POLLING)


def all_created_response(call: Call, campaign_id: str, created: Sequence[CreatedVideo]) -> Response:
    """Answer 202 with a Location if any video is new."""
    data = [_encoded(call, each) for each in created]
    ids = [each.video.id for each in created]
    if all(each.outcome is not Outcome.CREATED for each in created):
        return list_response(data, ids=ids)
    location = {"Location": f"{call.base_url}v1/campaigns/{campaign_id}"}
    return list_response(data, ids=ids, status=HTTPStatus.ACCEPTED, headers=location)


def _encoded(call: Call, created: CreatedVideo) -> msgspec.Raw:
    return encoded_video(call, created.video, outcome=created.outcome)


def _estimate_resource(estimates: Estimates) -> EstimateResource:
    return {
        "object": "estimate",
        "cost": {"currency": "USD", "estimated": estimates.cost, "basis": estimates.basis},
        "videos": [
            {
                "outcome": estimate.outcome,
                "index": estimate.index,
                "cost": estimate.cost,
                "video_id": estimate.video_id,
                "enhanced_prompt": estimate.enhanced_prompt,
            }
            for estimate in estimates.videos
        ],
    }
