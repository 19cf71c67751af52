"""Look again at a video that has failed and may have been billed: its clip is paid for."""

import logging
from functools import partial

from shared.domain.errors import UnavailableError
from shared.domain.schedule import late_look_at
from shared.domain.versions import clear
from shared.domain.video import Video, looked_at_late
from shared.ports import Ports
from shared.ports.video_generator import Failed, OperationState, Succeeded
from shared.use_cases.announcing import announce
from shared.use_cases.committing import decide
from shared.use_cases.finding_clips import find_clip
from shared.use_cases.store_video import store_video

logger = logging.getLogger(__name__)


def look_late(ports: Ports, video: Video) -> None:
    """Store a clip that came late, free dollars that turn out not to be billed, or look later."""
    found = find_clip(ports, video)
    state = _state_of(ports, video) if found is None else Succeeded(clip_path=found.path)
    # A generator that returns its clip in the answer has just stored it.
    if isinstance(state, Succeeded):
        logger.info("video.late_success", extra={"video_id": video.id})
        store_video(ports, video, state.clip_path)
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
