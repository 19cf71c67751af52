"""Handlers of embeds: the player for pages of any site, and what it shows."""

import os
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Literal, TypedDict

from msgspec import Meta
from werkzeug.wrappers import Response

from shared.domain.errors import ExpiredSignatureError
from shared.domain.identity import campaign_of_experiment, parse_video_id
from shared.domain.play_tokens import PlayToken, issued, read_play_token, sign
from shared.domain.signed_tokens import LONGEST_TOKEN, EmbedTarget, read_embed
from shared.domain.values import replace
from shared.http.calls import Call, json_response
from shared.http.content import sign_path
from shared.http.plays import has_opted_out
from shared.http.queries import read_query
from shared.http.static_files import StaticFile, joined_script, send_file
from shared.parallel import in_parallel
from shared.requests.parsing import Body
from shared.use_cases.find_embedded import Embedded, find_embedded

_FOLDER = Path(__file__).parent / "embed"
# Each after those that it imports.
_MODULES = ("tally.js", "view.js", "embed.js")
_VIEW_BYTES = 16


class EmbedQuery(Body):
    counted: Annotated[
        bool,
        Meta(
            description="Whether this load may be counted. One that may not, or has the header "
            "`Sec-GPC: 1` or `DNT: 1`, gets no token, and takes part in no experiment."
        ),
    ] = True
    renews: Annotated[
        Annotated[str, Meta(max_length=LONGEST_TOKEN)] | None,
        Meta(
            description="The `play_token` of a load whose URLs have expired: it goes on with the "
            "same video as the same view. After the token's end it is a new load."
        ),
    ] = None


class EmbedResource(TypedDict):
    """One load of a player. `view` is this load's, and `play_token` counts no other view.

    The URLs of the clip and the poster expire, as signed URLs do. `experiment_id`, `arm`
    and its `label` are those of an experiment that has assigned this load; a renewed load
    has no label.
    """

    object: Literal["embed"]
    video_id: str
    campaign_id: str
    index: int
    experiment_id: str | None
    arm: int | None
    label: str | None
    content_url: str
    poster_url: str | None
    duration_seconds: float
    play_token: str | None
    view: str
    plays_url: str


def script(call: Call) -> Response:
    """Caches may keep it for an hour, and must then revalidate it."""
    response = send_file(call.request, _script(), cache_control="public, max-age=3600")
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def load(call: Call, embed_token: str) -> Response:
    """Choose the view of this load, so that its token counts nothing else."""
    query = read_query(call.request, EmbedQuery)
    target = read_embed(embed_token, call.ports.play_key)
    if renewed := _renewed(call, query.renews, target):
        return json_response(_goes_on(call, renewed))
    counted = query.counted and not has_opted_out(call.request)
    resource = embed_resource(call, _found(call, target, counted=counted))
    return json_response(resource if counted else {**resource, "play_token": None})


def embed_resource(call: Call, found: Embedded, *, view: str | None = None) -> EmbedResource:
    """Answer a page load: as a new view, or as the continuation of one."""
    view = view or os.urandom(_VIEW_BYTES).hex()
    token = issued(
        found.video.id,
        duration_ms=round(found.duration_seconds * 1000),
        view=view,
        now=call.now,
        experiment_id=found.experiment_id,
        arm=found.arm,
    )
    # Where the URLs are signed by calls, at once.
    paths = (found.clip_path, *((found.poster_path,) if found.poster_path else ()))
    clip, *posters = in_parallel(partial(sign_path, call, path) for path in paths)
    return {
        "object": "embed",
        "video_id": found.video.id,
        "campaign_id": found.video.campaign_id,
        "index": found.video.index,
        "experiment_id": found.experiment_id,
        "arm": found.arm,
        "label": found.label,
        "content_url": clip["url"],
        "poster_url": posters[0]["url"] if posters else None,
        "duration_seconds": found.duration_seconds,
        "play_token": sign(token, call.ports.play_key),
        "view": view,
        "plays_url": call.ports.policy.plays_url or f"{call.base_url}v1/plays",
    }


def _renewed(call: Call, text: str | None, target: EmbedTarget) -> PlayToken | None:
    """Return None for a new load. Raise InvalidSignatureError if this is no token.

    The token of one load goes on with the embed of its campaign, and no other token does: it would
    show what its holder may have no permission to see.
    """
    if text is None:
        return None
    try:
        token = read_play_token(text, call.ports.play_key, call.now)
    except ExpiredSignatureError:
        return None
    is_of_embed = parse_video_id(token.video_id)[0] == _campaign_of(target)
    return token if token.view and is_of_embed else None


def _campaign_of(target: EmbedTarget) -> str | None:
    match target:
        case ("slot", campaign_id, _):
            return campaign_id
        case ("video", video_id):
            return parse_video_id(video_id)[0]
        case (_, experiment_id):
            return campaign_of_experiment(experiment_id)


def _goes_on(call: Call, token: PlayToken) -> EmbedResource:
    """Sign the URLs of the same video again. Nothing is assigned, so no exposure is counted."""
    found = find_embedded(call.ports, ("video", token.video_id))
    found = replace(found, experiment_id=token.experiment_id, arm=token.arm)
    return embed_resource(call, found, view=token.view)


def _found(call: Call, target: EmbedTarget, *, counted: bool) -> Embedded:
    """Raise NotFoundError if there is nothing to play, or NotReadyError."""
    if target[0] != "experiment":
        return find_embedded(call.ports, target)
    # No other embed needs experiments.
    from shared.use_cases.assign_arm import assign_or_show, show_one

    return (assign_or_show if counted else show_one)(call.ports, target[1])


@cache
def _script() -> StaticFile:
    return joined_script(_FOLDER / name for name in _MODULES)
