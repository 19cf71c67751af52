"""The handler of embeds: what a player on any page shows."""

import os

from werkzeug.wrappers import Response

from shared.domain.play_tokens import issued, sign
from shared.domain.signed_tokens import EmbedTarget, read_embed
from shared.http.calls import Call, json_response
from shared.http.content import sign_path
from shared.http.play_types import EmbedResource
from shared.http.request_bodies import EmptyBody, read_body
from shared.parallel import in_parallel
from shared.use_cases.find_embedded import Embedded, find_embedded

_VIEW_BYTES = 16


def load(call: Call, embed_token: str) -> Response:
    """Choose the view of this load, so that its token counts nothing else."""
    read_body(call.request, EmptyBody)
    target = read_embed(embed_token, call.ports.play_key)
    return json_response(embed_resource(call, _found(call, target)))


def embed_resource(call: Call, found: Embedded) -> EmbedResource:
    view = os.urandom(_VIEW_BYTES).hex()
    token = issued(
        found.video.id,
        duration_ms=round(found.duration_seconds * 1000),
        view=view,
        now=call.now,
        experiment_id=found.experiment_id,
        arm=found.arm,
    )
    # Where the URLs are signed by calls, at once.
    clip, poster = in_parallel(
        (lambda: sign_path(call, found.clip_path), lambda: sign_path(call, found.poster_path))
    )
    return {
        "object": "embed",
        "video_id": found.video.id,
        "campaign_id": found.video.campaign_id,
        "index": found.video.index,
        "experiment_id": found.experiment_id,
        "arm": found.arm,
        "label": found.label,
        "content_url": clip["url"],
        "poster_url": poster["url"],
        "duration_seconds": found.duration_seconds,
        "play_token": sign(token, call.ports.play_key),
        "view": view,
        "plays_url": call.ports.policy.plays_url or f"{call.base_url}v1/plays",
    }


def _found(call: Call, target: EmbedTarget) -> Embedded:
    """Raise NotFoundError if there is nothing to play, or NotReadyError."""
    if target[0] != "experiment":
        return find_embedded(call.ports, target)
    # No other embed needs experiments.
    from shared.use_cases.assign_arm import assign_or_show

    return assign_or_show(call.ports, target[1])
