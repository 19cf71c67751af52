"""Verify a clip, store it under its name, make it current, and announce it.

This order keeps the current video playable: the new clip is stored beside the old one, one commit
changes which of the two is current, and chores rename and remove objects afterwards. After a crash
between two of these, the next delivery or the tick continues.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from decimal import Decimal
from io import BytesIO
from typing import BinaryIO

from shared.domain.campaign import Change
from shared.domain.clip import COMPANIONS, ClipFacts, Companion, has_ordered_length
from shared.domain.errors import (
    InvalidClipError,
    ObjectExistsError,
    ObjectNotFoundError,
    ShowreelError,
    StorageError,
    UnavailableError,
)
from shared.domain.storage_layout import attempts_prefix, clip_path, picture_path, picture_type
from shared.domain.video import AttemptOutcome, Video
from shared.domain.video_steps import begin_storing
from shared.ports import Ports
from shared.ports.inspectors import InspectedClip
from shared.use_cases.completing import complete_video
from shared.use_cases.fail_video import fail_video
from shared.use_cases.finding_clips import find_clip
from shared.use_cases.finish_chores import finish_chores
from shared.use_cases.holding import Hold, holding


def store_video(
    ports: Ports,
    video: Video,
    path: str | None = None,
    *,
    replacing: str | None = None,
    usd: Decimal | None = None,
) -> None:
    """Store the clip that the generator wrote, at `path` if that is known.

    `usd` is what it cost, if the generator has said so.
    `replacing` is the hash of the current video of its slot, if that is known.
    Raise ObjectNotFoundError, with nothing committed, if there is no clip.
    """
    path = path or _path_of(ports, video)
    with ports.objects.open(path) as clip:
        lease_expires_at = ports.now() + ports.leases.store
        claimed = ports.campaigns.commit_video(
            begin_storing(video, lease_expires_at=lease_expires_at, usd=usd)
        )
        with holding(ports, claimed) as hold:
            completed = _store_held(ports, hold, path, clip, replacing)
    if completed is None:
        return
    if completed.campaign.chores:
        finish_chores(ports, video.campaign_id)
    _remove_leftovers(ports, video)


def _path_of(ports: Ports, video: Video) -> str:
    found = find_clip(ports, video)
    if found is None:
        raise ObjectNotFoundError(f"There is no clip of {video.id}.")
    return found.path


def _store_held(
    ports: Ports, hold: Hold, path: str, clip: BinaryIO, replacing: str | None
) -> Change | None:
    """Return the commit that completed the video, or None if it ended without a clip."""
    deadline_at = hold.video.deadline_at
    try:
        facts = _store(ports, hold, path, clip)
    except InvalidClipError as error:
        _fail(ports, hold.video, error, AttemptOutcome.BILLED)
        return None
    except StorageError as error:
        if ports.now() < deadline_at:
            raise UnavailableError(error.message) from error
        # The clip exists and is paid for: late checks try to store it again.
        _fail(ports, hold.video, error, AttemptOutcome.POSSIBLY_BILLED)
        return None
    try:
        return complete_video(ports, hold.video, facts, replacing=replacing)
    except StorageError as error:
        # For example, the record of the video that it replaces cannot be read.
        if ports.now() < deadline_at:
            raise
        _fail(ports, hold.video, error, AttemptOutcome.POSSIBLY_BILLED)
        return None


def _fail(ports: Ports, video: Video, error: ShowreelError, outcome: AttemptOutcome) -> None:
    fail_video(ports, video, code=error.code, message=error.message, outcome=outcome)


def _store(ports: Ports, hold: Hold, path: str, clip: BinaryIO) -> ClipFacts:
    """Return what the clip is, once it and its pictures are stored under their names."""
    video = hold.video
    target = clip_path(video.campaign_id, video.video_hash, video.index, current=True)
    if video.clip is not None and path == target:
        return video.clip
    found = _inspected(ports, hold, clip)
    hold.renew()
    _name_objects(ports, video, path, target, found.pictures)
    hold.renew()
    return found.facts


def _inspected(ports: Ports, hold: Hold, clip: BinaryIO) -> InspectedClip:
    """Raise InvalidClipError for what is no clip, or not the one that was asked for."""
    found = ports.inspector.inspect(hold.reading(clip))
    _require_duration(found.facts, hold.video)
    return found


def _name_objects(
    ports: Ports, video: Video, path: str, target: str, pictures: Mapping[Companion, bytes]
) -> None:
    """Store the pictures while the clip gets its name."""
    with ThreadPoolExecutor(len(COMPANIONS)) as pool:
        storing = [pool.submit(store_picture, ports, video, *each) for each in pictures.items()]
        # The commit decides whether it becomes current; if not, a chore renames it.
        if path != target:
            ports.objects.rename(path, target, metadata=_description(video))
        for each in storing:
            each.result()


def store_picture(ports: Ports, video: Video, picture: Companion, content: bytes) -> None:
    """Store a picture of the video's clip, unless it is stored already."""
    with suppress(ObjectExistsError):
        ports.objects.put(
            picture_path(video.campaign_id, video.video_hash, video.index, picture),
            BytesIO(content),
            content_type=picture_type(picture),
            metadata=_description(video),
        )


def _description(video: Video) -> dict[str, str]:
    """Metadata that identify an object without its record."""
    return {
        "campaign_id": video.campaign_id,
        "video_hash": video.video_hash,
        "index": str(video.index),
        "fingerprint": video.fingerprint,
        "model": video.parameters.model,
        "ai_generated": "true",
    }


def _require_duration(facts: ClipFacts, video: Video) -> None:
    if not has_ordered_length(facts, video.parameters):
        asked = video.parameters.clip_seconds
        raise InvalidClipError(
            f"The clip lasts {facts.duration_seconds:.2f} s; {asked:g} s were asked for."
        )


def _remove_leftovers(ports: Ports, video: Video) -> None:
    """Remove the other output of the generator. After a crash the lifecycle rule removes it."""
    for left in ports.objects.list(attempts_prefix(video.campaign_id, video.video_hash)):
        ports.objects.delete(left.path)
