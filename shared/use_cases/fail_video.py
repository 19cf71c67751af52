"""End a video without a clip."""

from shared.domain.campaign import Campaign, Change
from shared.domain.errors import WrongStateError
from shared.domain.versions import fail
from shared.domain.video import AttemptOutcome, Failure, Video
from shared.ports import Ports
from shared.use_cases.committing import change_video


def fail_video(
    ports: Ports, video: Video, *, code: str, message: str, outcome: AttemptOutcome
) -> None:
    """Fail the video. The current version of its slot is not changed.

    Raise WrongStateError if another step has changed the video: a clip may have arrived.
    """

    def rule(campaign: Campaign, latest: Video) -> Change:
        if not latest.is_unchanged_since(video):
            raise WrongStateError(f"Another step has changed the video {video.id}.")
        failure = Failure(code=code, message=message)
        return fail(campaign, latest, failure=failure, outcome=outcome, now=ports.now())

    change_video(ports, video, rule)
