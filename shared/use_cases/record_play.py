"""Count what a page reports of a view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.play_tokens import read_token
from shared.domain.plays import merge

if TYPE_CHECKING:
    from shared.domain.plays import Beacon, View
    from shared.ports import Ports


def record_play(ports: Ports, beacon: Beacon) -> None:
    """Merge a beacon into its view, if its token allows that.

    The video is not read: a token outlives it by a day at most, and its counts go with its
    campaign. The view is exported where that is configured. Raise InvalidSignatureError or
    InvalidRequestError.
    """
    now = ports.now()
    token = read_token(beacon.token, ports.play_key, now)
    changed: list[View] = []

    def change(view: View | None) -> View:
        merged = merge(view, beacon, token, now)
        changed[:] = [] if merged is view else [merged]
        return merged

    ports.plays.merge_view(beacon.view, change)
    if ports.policy.plays_topic:
        for view in changed:
            ports.queue.publish_view(beacon.view, view)
