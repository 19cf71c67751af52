"""Verify a clip, store it under its name, make it current, and tell.

The order is what keeps the current video playable: the new clip is put beside the old one, one
commit changes which of the two is shown, and only then are names and history brought into line.
A crash between any two of these is finished by the next delivery or by the tick.
"""

from contextlib import suppress
from datetime import timedelta
from io import BytesIO

from shared.domain.campaign import Campaign, Change
from shared.domain.clip import ClipFacts
from shared.domain.errors import (
    InvalidClipError,
    ObjectExistsError,
    ObjectNotFoundError,
    ShowreelError,
    StorageError,
    UnavailableError,
    WrongStateError,
)
from shared.domain.storage_layout import attempts_prefix, clip_path, thumbnail_path
from shared.domain.versions import fail
from shared.domain.video import (
    AttemptOutcome,
    Failure,
    Video,
    begin_storing,
)
from shared.ports import Ports
from shared.use_cases.announcing import announce
from shared.use_cases.committing import decide
from shared.use_cases.completing import complete_video
from shared.use_cases.finding_clips import find_clip
from shared.use_cases.finish_chores import finish_chores
from shared.use_cases.holding import Hold, holding

_DURATION_TOLERANCE_FRAMES = 2


def store_video(ports: Ports, video: Video) -> None:
    """Raise ObjectNotFoundError if the generator left no clip."""
    found = find_clip(ports, video)
    if found is None:
        raise ObjectNotFoundError(f"There is no clip of {video.id}.")
    lease_expires_at = ports.now() + ports.leases.store
    claimed = ports.campaigns.commit_video(begin_storing(video, lease_expires_at=lease_expires_at))
    with holding(ports, claimed) as hold:
        try:
            facts = _store(ports, hold, found.path)
        except InvalidClipError as error:
            _fail(ports, hold.video, error, AttemptOutcome.BILLED)
            return
        except StorageError as error:
            if ports.now() < claimed.deadline_at:
                raise UnavailableError(error.message) from error
            # The clip is there and paid for: late looks try again to store it.
            _fail(ports, hold.video, error, AttemptOutcome.POSSIBLY_BILLED)
            return
        try:
            complete_video(ports, hold.video, facts)
        except StorageError as error:
            # Such as where the record of the video that it replaces cannot be read.
            if ports.now() < claimed.deadline_at:
                raise
            _fail(ports, hold.video, error, AttemptOutcome.POSSIBLY_BILLED)
            return
    finish_chores(ports, video.campaign_id)
    _remove_leftovers(ports, video)


def _fail(ports: Ports, video: Video, error: ShowreelError, outcome: AttemptOutcome) -> None:
    end_without_clip(ports, video, code=error.code, message=error.message, outcome=outcome)


def end_without_clip(
    ports: Ports, video: Video, *, code: str, message: str, outcome: AttemptOutcome
) -> None:
    """Fail the video. What its slot shows is not touched.

    Raise WrongStateError if somebody else went on with it meanwhile: a clip may have come.
    """

    def rule(campaign: Campaign, latest: Video) -> Change:
        if not latest.stands_as(video):
            raise WrongStateError(f"The video {video.id} has gone on.")
        failure = Failure(code=code, message=message)
        return fail(campaign, latest, failure=failure, outcome=outcome, now=ports.now())

    change = decide(ports, video, rule)
    announce("video.failed", change.videos[0])


def _store(ports: Ports, hold: Hold, found: str) -> ClipFacts:
    video = hold.video
    target = clip_path(video.campaign_id, video.video_hash, video.index, current=True)
    if video.clip is not None and found == target:
        return video.clip
    with ports.objects.open(found) as clip:
        facts = ports.inspector.inspect(hold.reading(clip))
    _require_duration(facts, video)
    hold.renew()
    with ports.objects.open(found) as clip:
        thumbnail = ports.inspector.thumbnail(hold.reading(clip))
    hold.renew()
    path = thumbnail_path(video.campaign_id, video.video_hash, video.index)
    with suppress(ObjectExistsError):
        ports.objects.put(
            path, BytesIO(thumbnail), content_type="image/jpeg", metadata=_description(video)
        )
    hold.renew()
    # The commit decides whether it is shown at all, and a chore renames one that is not.
    if found != target:
        ports.objects.rename(found, target, metadata=_description(video))
    hold.renew()
    return facts


def _description(video: Video) -> dict[str, str]:
    """What an object says of itself to who finds it without its record."""
    return {
        "campaign_id": video.campaign_id,
        "video_hash": video.video_hash,
        "index": str(video.index),
        "fingerprint": video.fingerprint,
        "model": video.parameters.model,
    }


def _require_duration(facts: ClipFacts, video: Video) -> None:
    asked = timedelta(seconds=video.parameters.duration_seconds)
    tolerance = timedelta(seconds=_DURATION_TOLERANCE_FRAMES / video.parameters.fps)
    if abs(timedelta(seconds=facts.duration_seconds) - asked) > tolerance:
        raise InvalidClipError(
            f"The clip lasts {facts.duration_seconds:.2f} s; {asked.total_seconds():.0f} s were "
            f"asked for."
        )


def _remove_leftovers(ports: Ports, video: Video) -> None:
    """Tidy what the generator wrote beside the clip. A crash leaves it to the lifecycle rule."""
    for left in ports.objects.list(attempts_prefix(video.campaign_id, video.video_hash)):
        ports.objects.delete(left.path)
