"""Estimate when the turns of waiting videos come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.video import Phase

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from shared.domain.queueing import QueueEstimate
    from shared.domain.video import Video
    from shared.ports import Ports


def estimates_of(ports: Ports, videos: Iterable[Video]) -> Mapping[str, QueueEstimate]:
    """Return the estimates for those that wait, by id: one read for any number of videos.

    A video is left out while the pace of its model cannot be read.
    """
    waiting = [each for each in videos if each.phase is Phase.RESERVED and each.queue is not None]
    if not waiting:
        return {}
    # Most answers have no video that waits.
    from shared.domain.queueing import estimate  # noqa: PLC0415

    paces = ports.turns.get_paces({each.parameters.model for each in waiting})
    return {
        each.id: estimate(each.queue, pace, ports.rates.get(pace.model), ports.now())
        for each in waiting
        if (pace := paces.get(each.parameters.model))
    }
