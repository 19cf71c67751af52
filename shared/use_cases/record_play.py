"""Count what a page reports of a view."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from shared.domain.errors import ShowreelError
from shared.domain.play_tokens import read_play_token
from shared.domain.plays import merge

if TYPE_CHECKING:
    from shared.domain.plays import Beacon, View
    from shared.ports import Ports

logger = logging.getLogger(__name__)


def record_play(ports: Ports, beacon: Beacon) -> None:
    """Merge a beacon into its view, if its token allows that.

    The video is not read: a token outlives it by a day at most, and its counts go with its
    campaign. The view is exported where that is configured. Raise InvalidSignatureError or
    InvalidRequestError.
    """
    now = ports.now()
    token = read_play_token(beacon.token, ports.play_key, now)
    changed: list[View] = []

    def change(view: View | None) -> View:
        merged = merge(view, beacon, token, now)
        changed[:] = [] if merged is view else [merged]
        return merged

    ports.plays.merge_view(beacon.view, change)
    if ports.policy.plays_topic:
        for view in changed:
            _export(ports, beacon.view, view)


def _export(ports: Ports, view_id: str, view: View) -> None:
    """Log a failure: the view is counted, and its next beacon exports all of it."""
    try:
        ports.queue.publish_view(view_id, view)
    except ShowreelError as error:
        logger.warning("play.unexported", extra={"code": error.code, "detail": error.message})
