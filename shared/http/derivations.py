"""Handlers that make a video from another one; two of them also under OpenAI's paths."""

from msgspec import UNSET
from werkzeug.wrappers import Response

from shared.domain.identity import parse_video_id
from shared.domain.limits import require_dollars
from shared.domain.prompt import require_prompt
from shared.domain.tasks import Task
from shared.domain.values import replace
from shared.http.calls import Call
from shared.http.creations import created_response
from shared.http.idempotency import answer_idempotently
from shared.http.request_bodies import read_body
from shared.requests.bodies import (
    DEFAULT_ADDED_SECONDS,
    DerivationBody,
    EditBody,
    EditOfBody,
    ExtendBody,
    ExtensionOfBody,
    RemixBody,
)
from shared.requests.commands import lane_of, seconds_of
from shared.use_cases.claims import Claim
from shared.use_cases.derive_videos import DeriveVideo, derive_video
from shared.use_cases.inputs import Sources, require_ids


def remix(call: Call, video_id: str) -> Response:
    return _derive(call, video_id, read_body(call.request, RemixBody))


def extend(call: Call, video_id: str) -> Response:
    return _derive(call, video_id, read_body(call.request, ExtendBody))


def edit(call: Call, video_id: str) -> Response:
    return _derive(call, video_id, read_body(call.request, EditBody))


def extension_of(call: Call) -> Response:
    body = read_body(call.request, ExtensionOfBody)
    return _derive(call, body.video.id, body)


def edit_of(call: Call) -> Response:
    body = read_body(call.request, EditOfBody)
    return _derive(call, body.video.id, body)


def _derive(call: Call, video_id: str, body: DerivationBody) -> Response:
    campaign_id, video_hash = parse_video_id(video_id)
    request = DeriveVideo(
        campaign_id=campaign_id,
        video_hash=video_hash,
        prompt=require_prompt(body.prompt),
        max_cost=require_dollars(body.max_cost_usd, param="max_cost_usd"),
        priority=lane_of(body.priority),
        requested_by=call.requester,
    )
    if isinstance(body, RemixBody):
        request = replace(request, sources=_pictures(body))
    if isinstance(body, EditBody):
        request = replace(request, task=Task.EDIT, model=body.model)
    if isinstance(body, ExtendBody):
        seconds = seconds_of(body.seconds, default=DEFAULT_ADDED_SECONDS)
        request = replace(request, task=Task.EXTENSION, seconds=seconds)

    def act(claim: Claim | None) -> Response:
        return created_response(call, derive_video(call.ports, replace(request, claim=claim)))

    return answer_idempotently(call, body, act)


def _pictures(body: RemixBody) -> Sources | None:
    """Return the pictures that replace those of the video, or None if they stay."""
    sources = Sources(
        image=None if body.image is UNSET else body.image,
        last_frame=body.last_frame,
        reference_images=tuple(body.reference_images),
    )
    if body.image is UNSET and not any(sources):
        return None
    return require_ids(sources, "A remix")
