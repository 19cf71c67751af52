"""Ports without a safeguard: each does one thing as a naive implementation would."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, BinaryIO, TypeVar

from shared.domain.campaign import Campaign, Change
from shared.domain.clip import ClipFacts
from shared.domain.daily_budget import DayBudget
from shared.domain.errors import CampaignNotFoundError, ConflictError, VideoNotFoundError
from shared.domain.storage_layout import ATTEMPTS
from shared.domain.values import replace
from shared.domain.video import Phase, Video
from shared.ports.campaign_repository import DueWork, VideoPage
from shared.ports.inspectors import InspectedClip
from shared.ports.object_store import PutMode
from tests.chaos.clips import SECONDS
from tools.in_memory.clip import PICTURES

T = TypeVar("T")

_TRIES = 50


class Instead:
    """Does most of what `port` does."""

    def __init__(self, port: Any) -> None:  # noqa: ANN401  # Any port.
        self._port = port

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # Any port.
        return getattr(self._port, name)


class Overwriting(Instead):
    """Commits whatever others have committed since."""

    def commit(self, change: Change) -> Any:  # noqa: ANN401
        return self._until_done(lambda: self._port.commit(self._as_latest(change)))

    def commit_video(self, video: Video) -> Any:  # noqa: ANN401
        return self._until_done(lambda: self._port.commit_video(self._latest(video)))

    def _until_done(self, commit: Callable[[], T]) -> T:
        """A commit of a record that others have removed conflicts for ever."""
        for _ in range(_TRIES):
            with suppress(ConflictError):
                return commit()
        return commit()

    def _as_latest(self, change: Change) -> Change:
        return replace(
            change,
            campaign=replace(change.campaign, revision=self._campaign_revision(change)),
            videos=tuple(map(self._latest, change.videos)),
            removed=tuple(map(self._latest, change.removed)),
            days=tuple(map(self._latest_day, change.days)),
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

    def _latest_day(self, day: DayBudget) -> DayBudget:
        return replace(day, revision=self._port.get_day(day.day).revision)


class Piecemeal(Instead):
    """Commits one record after the other."""

    def commit(self, change: Change) -> Change:
        videos = tuple(map(self._port.commit_video, change.videos))
        committed: Change = self._port.commit(replace(change, videos=()))
        return replace(committed, videos=videos)


class StoringEventsAfterwards(Instead):
    """Commits the end of a video, and then its event."""

    def commit(self, change: Change) -> Change:
        committed: Change = self._port.commit(replace(change, events=()))
        if not change.events:
            return committed
        following = Change(campaign=committed.campaign, events=change.events)
        return replace(committed, campaign=self._port.commit(following).campaign)


class WithoutLeases(Instead):
    def commit_video(self, video: Video) -> Any:  # noqa: ANN401
        return self._port.commit_video(replace(video, lease_expires_at=None))


class CountingWhatCameBack(Instead):
    """Takes a step that lost its race for a try to store the clip."""

    def commit_video(self, video: Video) -> Any:  # noqa: ANN401
        if video.phase is Phase.STORING:
            latest = self._port.get_video(video.campaign_id, video.video_hash)
            video = replace(video, store_tries=max(video.store_tries, latest.store_tries))
        return self._port.commit_video(video)


class RecordingAfterwards(Instead):
    """Records an attempt when it is known what became of it."""

    def commit_video(self, video: Video) -> Any:  # noqa: ANN401
        return video if video.phase is Phase.SUBMITTING else self._port.commit_video(video)


class SubmittingAgain(Instead):
    """Treats every submission as one that was never made."""

    def get_video(self, campaign_id: str, video_hash: str) -> Video:
        video: Video = self._port.get_video(campaign_id, video_hash)
        is_submitting = video.phase is Phase.SUBMITTING
        return replace(video, phase=Phase.RESERVED) if is_submitting else video


class WithoutPending(Instead):
    """Reads every slot as one that makes no video."""

    def get_campaign(self, campaign_id: str) -> Campaign:
        return self._idle(self._port.get_campaign(campaign_id))

    def get_together(
        self, campaign_id: str, video_hashes: Iterable[str]
    ) -> tuple[Campaign | None, VideoPage]:
        campaign, page = self._port.get_together(campaign_id, video_hashes)
        return campaign and self._idle(campaign), page

    def _idle(self, campaign: Campaign) -> Campaign:
        slots = tuple(replace(slot, pending=None) for slot in campaign.slots)
        return replace(campaign, slots=slots)


class WithoutChores(Instead):
    """Forgets what a commit promised to do with objects."""

    def commit(self, change: Change) -> Any:  # noqa: ANN401
        return self._port.commit(replace(change, campaign=replace(change.campaign, chores=())))


class NeverDue(Instead):
    """Has nothing to be done, and nothing to be reconciled."""

    def due(self, *args: object, **kwargs: object) -> tuple[DueWork, ...]:
        return ()

    def list_campaigns(self, **_paging: object) -> tuple[Campaign, ...]:
        return ()


class LeavingOut(Instead):
    """Takes what cannot be read for what is not there."""

    def get_all_videos(self, campaign_id: str) -> VideoPage:
        page: VideoPage = self._port.get_all_videos(campaign_id)
        return replace(page, unreadable=())


class WithoutMoney(Instead):
    """Leaves the campaign's money to somebody else."""

    def commit(self, change: Change) -> Any:  # noqa: ANN401
        try:
            money = self._port.get_campaign(change.campaign.campaign_id).money
        except CampaignNotFoundError:
            return self._port.commit(change)
        return self._port.commit(replace(change, campaign=replace(change.campaign, money=money)))


class OverwritingObjects(Instead):
    def put(self, path: str, content: BinaryIO, **how: Any) -> None:  # noqa: ANN401
        self._port.put(path, content, **{**how, "mode": PutMode.OVERWRITE})


class MakingRoomFirst(Instead):
    """Removes what a slot shows before the new clip takes its place."""

    def rename(self, source: str, target: str, **how: Any) -> None:  # noqa: ANN401
        if source.startswith(f"{ATTEMPTS}/"):
            folder, _, name = target.rpartition("/")
            place = name.rpartition("_")[2]
            shown = (each.path for each in self._port.list(f"{folder}/") if "curr_" in each.path)
            for path in [each for each in shown if each.endswith(f"_{place}")]:
                self._port.delete(path)
        self._port.rename(source, target, **how)


class Unadopting(Instead):
    """Does not look for clips whose operation is unknown."""

    def list(self, prefix: str) -> Iterable[Any]:
        return () if prefix.startswith(f"{ATTEMPTS}/") else self._port.list(prefix)


class Believing(Instead):
    """Takes every file for the clip that was asked for."""

    def inspect(self, clip: BinaryIO) -> InspectedClip:
        facts = ClipFacts(
            duration_seconds=SECONDS,
            width=64,
            height=36,
            fps=24,
            video_codec="h264",
            audio_codec=None,
            size_bytes=len(clip.read()),
            pictures=tuple(PICTURES),
        )
        return InspectedClip(facts=facts, pictures=PICTURES)
