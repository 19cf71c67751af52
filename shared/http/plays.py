"""The handler of beacons. A page cannot do anything about an error, so each is answered alike."""

from __future__ import annotations

import logging
from collections import Counter
from functools import partial
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response

from shared.domain.errors import (
    InvalidRequestError,
    InvalidSignatureError,
    ShowreelError,
)
from shared.domain.plays import Beacon
from shared.http.play_types import BeaconBody
from shared.requests.parsing import from_json
from shared.use_cases.record_play import record_play

if TYPE_CHECKING:
    from werkzeug.wrappers import Request

    from shared.http.calls import Call

MOST_BYTES = 8 * 1024

_MEDIA_TYPES = ("text/plain", "application/json")
# Global Privacy Control, and its predecessor.
_OPT_OUTS = ("Sec-GPC", "DNT")
_BLOCK_BYTES = 4096

_outcomes: Counter[str] = Counter()
_lock = Lock()

logger = logging.getLogger(__name__)


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
