"""The queues of models in memory, with the whole contract of their port."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from shared.domain.errors import ConflictError, UnreadableRecordError
from shared.domain.pacing import LaneSeen, Pace
from shared.domain.values import replace
from shared.domain.video import Lane, Video
from tools.in_memory.campaign_repository import InMemoryCampaignRepository
from tools.in_memory.records import WAITING


class InMemoryTurnRepository:
    """`paces` is what is stored, and `damaged` has the revisions of paces that cannot be read."""

    def __init__(self, campaigns: InMemoryCampaignRepository) -> None:
        self.paces: dict[str, Pace] = {}
        self.damaged: dict[str, str] = {}
        self._campaigns = campaigns

    def get_pace(self, model: str) -> Pace:
        if model in self.damaged:
            raise UnreadableRecordError(
                f"The pace of {model} cannot be read.", revision=self.damaged[model]
            )
        return self.paces.get(model, Pace(model=model))

    def get_paces(self, models: Iterable[str]) -> Mapping[str, Pace]:
        return {model: self.get_pace(model) for model in models if model not in self.damaged}

    def commit_pace(self, pace: Pace) -> Pace:
        with self._campaigns.lock:
            self._require_unchanged(pace)
            self.damaged.pop(pace.model, None)
            stored = replace(pace, revision=f"{int(pace.revision or 0) + 1}")
            self.paces[pace.model] = stored
            return stored

    def commit_attempt(self, video: Video, pace: Pace) -> Video:
        with self._campaigns.lock:
            self._require_unchanged(pace)
            committed = self._campaigns.commit_video(video)
            self.commit_pace(pace)
            return committed

    def waiting(self, model: str, lane: Lane, *, limit: int) -> tuple[Video, ...]:
        videos = self._campaigns.videos
        with self._campaigns.lock:
            places = videos.members((*WAITING, model, lane))[:limit]
            return tuple(videos[key] for _, key in places)

    def anything_waits(self) -> bool:
        return bool(self._campaigns.videos.members(WAITING))

    def survey(self, model: str, lane: Lane, *, now: datetime) -> LaneSeen:
        places = self._campaigns.videos.members((*WAITING, model, lane))
        return LaneSeen(
            lane=lane,
            waiting=len(places),
            first=places[0][0] if places else None,
            last=places[-1][0] if places else None,
            seen_at=now,
        )

    def _require_unchanged(self, pace: Pace) -> None:
        stored = self.paces.get(pace.model, Pace(model=pace.model))
        if pace.revision != self.damaged.get(pace.model, stored.revision):
            raise ConflictError("The pace has changed. Read it again.")
