"""Beacons: what players report, and its handler.

A page cannot do anything about an error, so each is answered alike.
"""

import logging
from collections import Counter
from functools import partial
from http import HTTPStatus
from threading import Lock
from typing import Annotated, Literal

from msgspec import Meta
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Request, Response

from shared.domain.errors import (
    InvalidRequestError,
    InvalidSignatureError,
    ShowreelError,
)
from shared.domain.plays import Beacon
from shared.domain.signed_tokens import LONGEST_TOKEN
from shared.http.calls import Call
from shared.requests.parsing import Body, from_json
from shared.use_cases.record_play import record_play

MOST_BYTES = 8 * 1024

_MEDIA_TYPES = ("text/plain", "application/json")
# Global Privacy Control, and its predecessor.
_OPT_OUTS = ("Sec-GPC", "DNT")
_BLOCK_BYTES = 4096
# The largest whole number that every JSON reader keeps.
_MOST = 2**53 - 1
_MOST_COUNTED = 10_000

_outcomes: Counter[str] = Counter()
_lock = Lock()

logger = logging.getLogger(__name__)


def _number(description: str, example: int, most: int) -> Meta:
    return Meta(description=description, examples=[example], ge=0, le=most)


def _hex(description: str, example: str) -> Meta:
    length = len(example)
    return Meta(
        description=description,
        examples=[example],
        min_length=length,
        max_length=length,
        pattern="^[0-9a-f]+$",
    )


class BeaconBody(Body, forbid_unknown_fields=False):
    """The state of a view so far. A later one has at least as much, so an earlier one may be lost.

    Unknown fields are ignored: a page may have a player of another release.
    """

    v: Annotated[Literal[1], Meta(description="The version of this form.", examples=[1])]
    view: Annotated[
        str,
        _hex("The view: that of the embed, or 128 random bits of this page load.", "0123abcd" * 4),
    ]
    token: Annotated[
        str,
        Meta(
            description="A `play_token`.",
            examples=["WyJ2aWRlb19hLjAi.Zm9vYmFyYmF6"],
            max_length=LONGEST_TOKEN,
        ),
    ]
    seq: Annotated[int, _number("The number of this beacon in its view.", 2, _MOST_COUNTED)] = 0
    played_ms: Annotated[
        int, _number("For how long the clip moved: no pause, stall or seek.", 8000, _MOST)
    ] = 0
    visible_ms: Annotated[
        int, _number("The part of it in which half of the player could be seen.", 8000, _MOST)
    ] = 0
    bins: Annotated[
        str,
        _hex("Bit i of this number is slice i of 32: playback has passed through it.", "ffffffff"),
    ] = "00000000"
    loops: Annotated[int, _number("How often it began again by itself.", 0, _MOST_COUNTED)] = 0
    replays: Annotated[
        int, _number("How often its viewer went back to an earlier moment.", 0, _MOST_COUNTED)
    ] = 0
    stalls: Annotated[int, _number("How often it waited for data.", 0, _MOST_COUNTED)] = 0
    ended: Annotated[bool, Meta(description="Whether the end was reached.")] = False
    muted: Annotated[bool, Meta(description="Whether it was played without sound.")] = False
    autoplay: Annotated[bool, Meta(description="Whether it began by itself.")] = False
    error: Annotated[bool, Meta(description="Whether it could not be played.")] = False
    impression: Annotated[
        bool, Meta(description="Whether half of the player was seen for a second.")
    ] = False
    simulated: Annotated[
        bool, Meta(description="Whether a program made the view: a test, or a demonstration.")
    ] = False


def outcomes() -> dict[str, int]:
    """Return how many beacons this process has counted, refused, lost, and dropped unread."""
    with _lock:
        return dict(_outcomes)


def record(call: Call) -> Response:
    """Count a beacon. One with a sign of opting out is dropped before it is read."""
    outcome = "opted_out" if has_opted_out(call.request) else _record(call)
    with _lock:
        _outcomes[outcome] += 1
    return Response(
        status=HTTPStatus.NO_CONTENT,
        headers={"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"},
    )


def has_opted_out(request: Request) -> bool:
    """Whether the browser says that its viewer does not want to be counted."""
    return any(request.headers.get(name) == "1" for name in _OPT_OUTS)


def _record(call: Call) -> str:
    """Return the outcome. Log a refusal, or a loss, without anything of the beacon."""
    try:
        record_play(call.ports, _beacon(call.request))
    except (InvalidRequestError, InvalidSignatureError, HTTPException) as error:
        logger.debug("play.refused", extra={"code": error.code})
        return "refused"
    except ShowreelError as error:
        logger.warning("play.lost", extra={"code": error.code, "detail": error.message})
        return "lost"
    return "counted"


def _beacon(request: Request) -> Beacon:
    """Raise InvalidRequestError, or RequestEntityTooLarge."""
    if request.mimetype not in _MEDIA_TYPES:
        raise InvalidRequestError("Send text/plain or application/json.")
    body = from_json(_content(request), BeaconBody)
    return Beacon(
        view=body.view,
        seq=body.seq,
        token=body.token,
        played_ms=body.played_ms,
        visible_ms=body.visible_ms,
        bins=int(body.bins, 16),
        loops=body.loops,
        replays=body.replays,
        stalls=body.stalls,
        ended=body.ended,
        muted=body.muted,
        autoplay=body.autoplay,
        error=body.error,
        impression=body.impression,
        simulated=body.simulated,
    )


def _content(request: Request) -> bytes:
    # No `max_content_length`: the framework reads the rest of the body after the answer, and would
    # replace the answer by 413.
    content = b""
    for block in iter(partial(request.stream.read, _BLOCK_BYTES), b""):
        content += block
        if len(content) > MOST_BYTES:
            raise RequestEntityTooLarge
    return content
