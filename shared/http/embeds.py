"""The handler of embeds: what a player on any page shows."""

import os

from werkzeug.wrappers import Response

from shared.domain.play_tokens import issued, sign
from shared.domain.signed_tokens import read_embed
from shared.http.calls import Call, json_response
from shared.http.content import sign_path
from shared.http.play_types import EmbedResource
from shared.http.request_types import EmptyBody, read_body
from shared.parallel import in_parallel
from shared.use_cases.find_embedded import Embedded, find_embedded

_VIEW_BYTES = 16


def load(call: Call, embed_token: str) -> Response:
    """Choose the view of this load, so that its token counts nothing else."""
    read_body(call.request, EmptyBody)
    found = find_embedded(call.ports, read_embed(embed_token, call.ports.play_key))
    return json_response(_resource(call, found))


def _resource(call: Call, found: Embedded) -> EmbedResource:
    view = os.urandom(_VIEW_BYTES).hex()
    token = issued(
        found.video.id,
        duration_ms=round(found.duration_seconds * 1000),
        view=view,
        now=call.now,
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
        "label": None,
        "content_url": clip["url"],
        "poster_url": poster["url"],
        "duration_seconds": found.duration_seconds,
        "play_token": sign(token, call.ports.play_key),
        "view": view,
        "plays_url": call.ports.policy.plays_url or f"{call.base_url}v1/plays",
    }
