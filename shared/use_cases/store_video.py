"""Verify a clip, store it under its name, make it current, and tell.

The order is what keeps the current video playable: the new clip is put beside the old one, one
commit changes which of the two is shown, and only then are names and history brought into line.
A crash between any two of these is finished by the next delivery or by the tick.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
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
from shared.domain.schedule import FAULT_RETRY, NAME_LIFE, STORE_LEASE
from shared.domain.storage_layout import attempts_prefix, clip_path, thumbnail_path
from shared.domain.versions import becomes_current, complete, fail, remove, surplus
from shared.domain.video import (
    AttemptOutcome,
    Failure,
    Video,
    begin_storing,
    storing_postponed,
)
from shared.ports import Ports
from shared.use_cases.announcing import announce
from shared.use_cases.committing import decide
from shared.use_cases.finding_clips import find_clip
from shared.use_cases.finish_chores import finish_chores
from shared.use_cases.read_campaigns import current_video, video_of

_DURATION_TOLERANCE_FRAMES = 2


def store_video(ports: Ports, video: Video) -> None:
    """Raise ObjectNotFoundError if the generator left no clip."""
    found = find_clip(ports, video)
    if found is None:
        raise ObjectNotFoundError(f"There is no clip of {video.id}.")
    lease_expires_at = ports.now() + STORE_LEASE
    claimed = ports.campaigns.commit_video(begin_storing(video, lease_expires_at=lease_expires_at))
    try:
        facts = _store(ports, claimed, found.path)
    except UnavailableError:
        _postpone(ports, claimed)
        raise
    except (InvalidClipError, StorageError) as error:
        end_without_clip(
            ports,
            claimed,
            code=error.code,
            message=error.message,
            outcome=AttemptOutcome.BILLED,
        )
        return
    change = decide(ports, claimed, partial(_complete, ports, facts))
    announce("video.completed", _among(change, claimed))
    finish_chores(ports, video.campaign_id)
    _remove_leftovers(ports, video)


def _postpone(ports: Ports, video: Video) -> None:
    """Let it not count as a try, if the records can be written; the next one is due soon."""
    with suppress(ShowreelError):
        ports.campaigns.commit_video(storing_postponed(video, due_at=ports.now() + FAULT_RETRY))


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


def _store(ports: Ports, video: Video, found: str) -> ClipFacts:
    with ports.objects.open(found) as clip:
        facts = ports.inspector.inspect(clip)
    _require_duration(facts, video)
    with ports.objects.open(found) as clip:
        thumbnail = ports.inspector.thumbnail(clip)
    path = thumbnail_path(video.campaign_id, video.video_hash, video.index)
    with suppress(ObjectExistsError):
        ports.objects.put(
            path, BytesIO(thumbnail), content_type="image/jpeg", metadata=_description(video)
        )
    # The commit decides whether it is shown at all, and a chore renames one that is not.
    target = clip_path(video.campaign_id, video.video_hash, video.index, current=True)
    if found != target:
        ports.objects.rename(found, target, metadata=_description(video))
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


def _complete(ports: Ports, facts: ClipFacts, campaign: Campaign, video: Video) -> Change:
    replaced = None
    if becomes_current(campaign, video):
        replaced = current_video(ports, campaign, video.index)
    change = complete(campaign, video, replaced=replaced, clip=facts, now=ports.now())
    return _without_surplus(ports, change)


def _without_surplus(ports: Ports, change: Change) -> Change:
    """Drop the history beyond what is kept in the very same commit.

    A player that has a signed URL of one that goes can play it to its end.
    """
    changed = {video.video_hash: video for video in change.videos}
    old = [
        changed.get(video_hash) or video_of(ports, change.campaign, video_hash)
        for video_hash in surplus(change.campaign, ports.policy.keep_historical)
    ]
    now = ports.now()
    removal = remove(change.campaign, old, now=now, objects_until=now + NAME_LIFE)
    gone = {video.video_hash for video in old}
    kept = tuple(video for video in change.videos if video.video_hash not in gone)
    return replace(removal, videos=kept)


def _among(change: Change, video: Video) -> Video:
    """Return `video` as `change` left it: where no history is kept, it may be gone again."""
    return next(each for each in (*change.videos, *change.removed) if each.id == video.id)


def _remove_leftovers(ports: Ports, video: Video) -> None:
    """Tidy what the generator wrote beside the clip. A crash leaves it to the lifecycle rule."""
    for left in ports.objects.list(attempts_prefix(video.campaign_id, video.video_hash)):
        ports.objects.delete(left.path)
