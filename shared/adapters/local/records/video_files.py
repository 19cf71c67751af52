"""The records of videos: a file's name says whether its video is current."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shared.adapters.local.records.record_cache import revision_of
from shared.adapters.local.records.record_files import spellings
from shared.domain.errors import ConflictError, UnreadableRecordError
from shared.domain.storage_layout import metadata_file, video_hash_of_metadata
from shared.records.videos import encode_video

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.adapters.local.records.journal import FileChanges
    from shared.adapters.local.records.record_cache import RecordCache
    from shared.adapters.local.records.record_files import RecordFiles
    from shared.domain.unreadable import Unreadable
    from shared.domain.video import Video


class VideoFiles:
    """Raises OSError, as the files do, and UnreadableRecordError."""

    def __init__(self, files: RecordFiles, videos: RecordCache[Video]) -> None:
        self._files = files
        self._videos = videos

    def find(self, campaign_id: str, video_hash: str) -> Video | None:
        for name in spellings(video_hash):
            if video_hash_of_metadata(name) is None:
                return None
            video = self._videos.get(campaign_id, name)
            if video is not None:
                return video
        return None

    def commit(
        self,
        campaign_id: str,
        videos: Sequence[Video],
        removed: Sequence[Video | Unreadable],
        others: FileChanges,
    ) -> tuple[Video, ...]:
        """Write each video under its name, and then the other files. The lock is held.

        Raise ConflictError if any video is not at its revision.
        """
        changed = (*videos, *removed)
        for video in changed:
            self.require_unchanged(video)
        contents = [encode_video(video) for video in videos]
        names = [metadata_file(each.video_hash, current=each.is_current) for each in videos]
        written = {**dict(zip(names, contents, strict=True)), **others.written}
        spelled = [name for video in changed for name in spellings(video.video_hash or "")]
        stale = [name for name in spelled if name not in written]
        gone = tuple(name for name in stale if self._files.version(campaign_id, name))
        self._files.commit(campaign_id, replace(others, written=written, removed=gone))
        return tuple(
            replace(video, revision=revision_of(content))
            for video, content in zip(videos, contents, strict=True)
        )

    def require_unchanged(self, record: Video | Unreadable) -> None:
        """Raise ConflictError if it is not at its revision."""
        if record.revision != self._revision(record.campaign_id, record.video_hash or ""):
            raise ConflictError(f"The video {record.id} has changed. Read it again.")

    def _revision(self, campaign_id: str, video_hash: str) -> str:
        try:
            stored = self.find(campaign_id, video_hash)
        except UnreadableRecordError as error:
            return error.record.revision if error.record else ""
        return stored.revision if stored else ""
