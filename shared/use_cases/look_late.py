"""Look again at a video that has failed and may have been billed: its clip is paid for."""

import logging
from functools import partial

from shared.domain.errors import UnavailableError
from shared.domain.schedule import late_look_at
from shared.domain.versions import clear
from shared.domain.video import Video, looked_at_late
from shared.ports import Ports
from shared.ports.video_generator import Failed, OperationState
from shared.use_cases.announcing import announce
from shared.use_cases.committing import decide
from shared.use_cases.finding_clips import find_clip
from shared.use_cases.store_video import store_video

logger = logging.getLogger(__name__)


def look_late(ports: Ports, video: Video) -> None:
    """Store a clip that came late, free dollars that turn out not to be billed, or look later."""
    state = _state_of(ports, video) if find_clip(ports, video) is None else None
    # Without a bucket of the generator's own, it is the asking that brings a clip.
    if find_clip(ports, video) is not None:
        logger.info("video.late_success", extra={"video_id": video.id})
        store_video(ports, video)
    elif isinstance(state, Failed) and not state.possibly_billed:
        change = decide(ports, video, partial(clear, now=ports.now()))
        announce("video.cleared", change.videos[0])
    else:
        following = late_look_at(video.attempt.submitted_at, now=ports.now())
        ports.campaigns.commit_video(looked_at_late(video, due_at=following))


def _state_of(ports: Ports, video: Video) -> OperationState | None:
    """Return nothing where the operation's name is not known, or nobody answers."""
    if video.attempt.operation is None:
        return None
    try:
        return ports.generator.check(video.attempt.operation)
    except UnavailableError:
        return None
