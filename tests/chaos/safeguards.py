"""Safeguards, each to be taken out by itself: then some rule has to break.

A safeguard that can go without anybody noticing is none, or nobody looks.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, BinaryIO, NamedTuple, TypeVar, cast

from shared.domain.campaign import Change
from shared.domain.clip import ClipFacts
from shared.domain.daily_budget import DayShare
from shared.domain.errors import CampaignNotFoundError, ConflictError, VideoNotFoundError
from shared.domain.storage_layout import ATTEMPTS
from shared.domain.video import Phase, Video
from shared.ports import Ports
from shared.ports.campaign_repository import DueWork
from shared.ports.object_store import PutMode
from tests.chaos.aftermaths import Aftermath
from tests.chaos.clips import SECONDS
from tests.chaos.findings import Kind

T = TypeVar("T")

Weaken = Callable[[Ports], Ports]


class Where(NamedTuple):
    """Points of a story that have these words in their names, and what follows there."""

    story: str
    words: str
    aftermath: Aftermath


@dataclass(frozen=True, kw_only=True)
class Safeguard:
    """`at` is one of the places that need it, and `breaks` are rules that break there without."""

    name: str
    take_out: Weaken
    at: Where
    breaks: tuple[Kind, ...]


class _Instead:
    """Does most of what `port` does."""

    def __init__(self, port: Any) -> None:  # noqa: ANN401  # Any port.
        self._port = port

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # As above.
        return getattr(self._port, name)


class _Overwriting(_Instead):
    """Commits whatever others have committed since."""

    def commit(self, change: Change) -> Any:  # noqa: ANN401
        return self._until_done(lambda: self._port.commit(self._as_latest(change)))

    def commit_video(self, video: Video) -> Any:  # noqa: ANN401
        return self._until_done(lambda: self._port.commit_video(self._latest(video)))

    def _until_done(self, commit: Callable[[], T]) -> T:
        while True:
            with suppress(ConflictError):
                return commit()

    def _as_latest(self, change: Change) -> Change:
        return replace(
            change,
            campaign=replace(change.campaign, revision=self._campaign_revision(change)),
            videos=tuple(map(self._latest, change.videos)),
            removed=tuple(map(self._latest, change.removed)),
            shares=tuple(map(self._latest_share, change.shares)),
        )

    def _campaign_revision(self, change: Change) -> str:
        try:
            return str(self._port.get_campaign(change.campaign.campaign_id).revision)
        except CampaignNotFoundError:
            return ""

    def _latest(self, video: Video) -> Video:
        try:
            latest = self._port.get_video(video.campaign_id, video.video_hash)
        except VideoNotFoundError:
            return replace(video, revision="")
        return replace(video, revision=latest.revision)

    def _latest_share(self, share: DayShare) -> DayShare:
        (latest,) = self._port.get_day_shares(share.day, (share.number,))
        return replace(share, revision=latest.revision)


class _Piecemeal(_Instead):
    """Commits one record after the other."""

    def commit(self, change: Change) -> Change:
        videos = tuple(map(self._port.commit_video, change.videos))
        committed: Change = self._port.commit(replace(change, videos=()))
        return replace(committed, videos=videos)


class _WithoutLeases(_Instead):
    def commit_video(self, video: Video) -> Any:  # noqa: ANN401
        return self._port.commit_video(replace(video, lease_expires_at=None))


class _RecordingAfterwards(_Instead):
    """Records an attempt when it is known what became of it."""

    def commit_video(self, video: Video) -> Any:  # noqa: ANN401
        return video if video.phase is Phase.SUBMITTING else self._port.commit_video(video)


class _SubmittingAgain(_Instead):
    """Takes a submission that nobody holds any more for one that was never made."""

    def get_video(self, campaign_id: str, video_hash: str) -> Video:
        video: Video = self._port.get_video(campaign_id, video_hash)
        is_submitting = video.phase is Phase.SUBMITTING
        return replace(video, phase=Phase.RESERVED) if is_submitting else video


class _WithoutPending(_Instead):
    """Does not tell that a slot is making a video."""

    def get_campaign(self, campaign_id: str) -> Any:  # noqa: ANN401
        campaign = self._port.get_campaign(campaign_id)
        slots = tuple(replace(slot, pending=None) for slot in campaign.slots)
        return replace(campaign, slots=slots)


class _WithoutChores(_Instead):
    """Forgets what a commit promised to do with objects."""

    def commit(self, change: Change) -> Any:  # noqa: ANN401
        return self._port.commit(replace(change, campaign=replace(change.campaign, chores=())))


class _NeverDue(_Instead):
    def due(self, *args: object, **kwargs: object) -> tuple[DueWork, ...]:
        return ()


class _WithoutMoney(_Instead):
    """Leaves the campaign's money to somebody else."""

    def commit(self, change: Change) -> Any:  # noqa: ANN401
        try:
            money = self._port.get_campaign(change.campaign.campaign_id).money
        except CampaignNotFoundError:
            return self._port.commit(change)
        return self._port.commit(replace(change, campaign=replace(change.campaign, money=money)))


class _OverwritingObjects(_Instead):
    def put(self, path: str, content: BinaryIO, **how: Any) -> None:  # noqa: ANN401
        self._port.put(path, content, **{**how, "mode": PutMode.OVERWRITE})


class _MakingRoomFirst(_Instead):
    """Removes what a slot shows before the new clip takes its place."""

    def rename(self, source: str, target: str, **how: Any) -> None:  # noqa: ANN401
        if source.startswith(f"{ATTEMPTS}/"):
            folder, _, name = target.rpartition("/")
            place = name.rpartition("_")[2]
            shown = (each.path for each in self._port.list(f"{folder}/") if "curr_" in each.path)
            for path in [each for each in shown if each.endswith(f"_{place}")]:
                self._port.delete(path)
        self._port.rename(source, target, **how)


class _Unadopting(_Instead):
    """Does not look for clips of which no operation tells."""

    def list(self, prefix: str) -> Iterable[Any]:
        return () if prefix.startswith(f"{ATTEMPTS}/") else self._port.list(prefix)


class _Believing(_Instead):
    """Takes every file for the clip that was asked for."""

    def inspect(self, clip: BinaryIO) -> ClipFacts:
        return ClipFacts(
            duration_seconds=SECONDS,
            width=64,
            height=36,
            fps=24,
            video_codec="h264",
            audio_codec=None,
            size_bytes=len(clip.read()),
        )

    def thumbnail(self, clip: BinaryIO) -> bytes:
        return b"a picture"


def take_nothing_out(ports: Ports) -> Ports:
    return ports


def _without(
    name: str, port: str, instead: type[_Instead], *, at: Where, breaks: tuple[Kind, ...]
) -> Safeguard:
    def take_out(ports: Ports) -> Ports:
        weakened = instead(getattr(ports, port))
        return cast("Ports", SimpleNamespace(**{**vars(ports), port: weakened}))

    return Safeguard(name=name, take_out=take_out, at=at, breaks=breaks)


SAFEGUARDS = (
    _without(
        "a commit's precondition",
        "campaigns",
        _Overwriting,
        at=Where("create", "campaigns.get_video", Aftermath.AGAIN),
        breaks=(Kind.PAID_TWICE,),
    ),
    _without(
        "one commit for all records",
        "campaigns",
        _Piecemeal,
        at=Where("promote", "campaigns.commit", Aftermath.LOST),
        breaks=(Kind.DISAGREEMENT,),
    ),
    _without(
        "leases",
        "campaigns",
        _WithoutLeases,
        at=Where("create", "inspector.inspect", Aftermath.NAP),
        breaks=(Kind.WASTED,),
    ),
    _without(
        "the record before the submission",
        "campaigns",
        _RecordingAfterwards,
        at=Where("create", "generator.submit", Aftermath.LOST),
        breaks=(Kind.PAID_TWICE,),
    ),
    _without(
        "no submission after an unknown one",
        "campaigns",
        _SubmittingAgain,
        at=Where("create", "generator.submit", Aftermath.LOST),
        breaks=(Kind.PAID_TWICE,),
    ),
    _without(
        "one pending video for each slot",
        "campaigns",
        _WithoutPending,
        at=Where("regenerate", "campaigns.commit", Aftermath.AGAIN),
        breaks=(Kind.PAID_TWICE,),
    ),
    _without(
        "money in the same commit",
        "campaigns",
        _WithoutMoney,
        at=Where("create", "campaigns.commit", Aftermath.LOST),
        breaks=(Kind.DISAGREEMENT,),
    ),
    _without(
        "chores",
        "campaigns",
        _WithoutChores,
        at=Where("promote", "campaigns.commit", Aftermath.LOST),
        breaks=(Kind.DISAGREEMENT,),
    ),
    _without(
        "the tick",
        "campaigns",
        _NeverDue,
        at=Where("create", "queue.publish", Aftermath.LOST),
        breaks=(Kind.RESTLESS,),
    ),
    _without(
        "create-only writes",
        "objects",
        _OverwritingObjects,
        at=Where("create", "objects.put", Aftermath.LOST),
        breaks=(Kind.REWRITTEN,),
    ),
    _without(
        "the old clip until the new one is shown",
        "objects",
        _MakingRoomFirst,
        at=Where("regenerate", "objects.rename", Aftermath.LOST),
        breaks=(Kind.UNREADABLE, Kind.LOST),
    ),
    _without(
        "adoption of unknown outcomes",
        "objects",
        _Unadopting,
        at=Where("answer lost", "generator.submit", Aftermath.LOST),
        breaks=(Kind.LOST,),
    ),
    _without(
        "a look into the clip",
        "inspector",
        _Believing,
        at=Where("corrupt", "inspector.inspect", Aftermath.LOST),
        breaks=(Kind.LOST,),
    ),
)
