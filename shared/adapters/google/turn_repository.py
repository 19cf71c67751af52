"""The queues of models in Firestore: videos that wait, and paces, `paces/<model>`."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime

from shared.adapters.google.campaign_documents import filled, video_of
from shared.adapters.google.campaign_repository import FirestoreCampaignRepository
from shared.adapters.google.firestore_documents import Document, Write
from shared.adapters.google.turn_queries import (
    any_waiting_video,
    last_waiting_video,
    number_waiting,
    waiting_videos,
)
from shared.domain.errors import UnreadableRecordError
from shared.domain.pacing import LaneSeen, Pace
from shared.domain.values import replace
from shared.domain.video import Lane, Video
from shared.records.form import naming, require_place, to_record
from shared.records.paces import pace_from_record


class FirestoreTurnRepository:
    """A revision is the time of a document's last change, as for campaigns."""

    def __init__(self, campaigns: FirestoreCampaignRepository) -> None:
        self._campaigns = campaigns
        self._documents = campaigns.documents

    def get_pace(self, model: str) -> Pace:
        return _pace_of(self._documents.get(_path_of(model)), model)

    def get_paces(self, models: Iterable[str]) -> Mapping[str, Pace]:
        paths = {model: _path_of(model) for model in models}
        found = self._documents.get_all(paths.values()) if paths else {}
        paces: dict[str, Pace] = {}
        for model, path in paths.items():
            with suppress(UnreadableRecordError):
                paces[model] = _pace_of(found.get(path), model)
        return paces

    def commit_pace(self, pace: Pace) -> Pace:
        (revision,) = self._documents.commit([_write_of(pace)])
        return replace(pace, revision=revision)

    def commit_attempt(self, video: Video, pace: Pace) -> Video:
        return self._campaigns.commit_video(video, beside=[_write_of(pace)])

    def waiting(self, model: str, lane: Lane, *, limit: int) -> tuple[Video, ...]:
        def read(last: Document | None, limit: int) -> list[Document]:
            client = self._documents.client
            return self._documents.query(
                waiting_videos(client, model, lane, after=last, limit=limit)
            )

        return tuple(filled(read, video_of, limit)[0])

    def anything_waits(self) -> bool:
        return bool(self._documents.query(any_waiting_video(self._documents.client)))

    def survey(self, model: str, lane: Lane, *, now: datetime) -> LaneSeen:
        client = self._documents.client
        ends = [
            *self._documents.query(waiting_videos(client, model, lane, after=None, limit=1)),
            *self._documents.query(last_waiting_video(client, model, lane)),
        ]
        return LaneSeen(
            lane=lane,
            waiting=self._documents.count(number_waiting(client, model, lane)),
            first=ends[0].fields["queue"]["order"] if ends else None,
            last=ends[-1].fields["queue"]["order"] if ends else None,
            seen_at=now,
        )


def _write_of(pace: Pace) -> Write:
    return Write(path=_path_of(pace.model), fields=to_record(pace), revision=pace.revision)


def _pace_of(document: Document | None, model: str) -> Pace:
    """Raise UnreadableRecordError."""
    if document is None:
        return Pace(model=model)
    with naming(document.path, revision=document.revision):
        stored = pace_from_record(document.fields, revision=document.revision)
        require_place(stored.model == model)
    return stored


def _path_of(model: str) -> str:
    return f"paces/{model}"
