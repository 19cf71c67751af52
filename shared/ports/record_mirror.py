"""The record mirror: a copy of every record, as JSON beside the videos."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import datetime

    from shared.domain.batch import Batch
    from shared.domain.reconciling import CampaignState
    from shared.domain.unreadable import Unreadable
    from shared.domain.video import Video
    from shared.ports.object_store import ObjectInfo


class MirrorListing(Struct, frozen=True, kw_only=True):
    """The JSON files of one campaign, by path, at one moment."""

    campaign_id: str
    files: Mapping[str, ObjectInfo]


class RecordMirror(Protocol):
    """Writes `curr_<hash>.json`, `<hash>.json` and `campaign.json` after the repository's commits.

    The repository decides; the files are what it can be rebuilt from. No request waits for them:
    the steps of `generate_video` and the tick write them, and every call ends within seconds.

    An older record never stays over a newer one, provided that the caller lists the files first,
    then reads the records, and then updates: a file that changed since the listing is left alone.

    In a bucket no name is written more than once a second. What `update` leaves out for that
    reason, or because the store refuses it, the tick writes.
    """

    def list(self, campaign_id: str) -> MirrorListing: ...

    def stale(self, listing: MirrorListing, state: CampaignState) -> tuple[str, ...]:
        """Return the paths of files that differ from the records, are missing, or have no record.

        `state` was read after `listing`. No file differs by a lease, or by what the cache saved.
        """

    def update(
        self, listing: MirrorListing, state: CampaignState, *, only: Collection[str] | None = None
    ) -> tuple[str, ...]:
        """Write what is `stale`, and return the paths that could not be written.

        With `only`, `state` has these videos alone, as far as they exist, and the files of other
        videos are not looked at.

        The files of a video that the campaign has removed are removed. Those of a record that is
        missing otherwise, or cannot be read, are kept: the record may have to be restored from it.
        """

    def write_submission(self, video: Video) -> None:
        """Write the record that `video` will have when its submission begins.

        Raise UnavailableError if that fails: then nothing may be submitted, because records that
        are rebuilt from the files would lead to a second submission.
        """

    def write_batch(self, batch: Batch) -> None:
        """Write the record of a batch beside its request.

        Raise UnavailableError if that fails: a batch whose record is lost is rebuilt from the file.
        """

    def read_batch(self, batch_id: str) -> Batch | None:
        """Return the record that `write_batch` wrote last. None where none can be read."""

    def read_video(self, campaign_id: str, video_hash: str, *, current: bool) -> Video | None:
        """Return the record in the file under one of a video's two names.

        `current` is the name to read first. None where there is no file that can be read.
        """

    def read_campaigns(self) -> Iterator[CampaignState | Unreadable]:
        """Yield every campaign as its files describe it, or what cannot be read of its own file.

        Slots and money follow from the videos. A campaign without a file of its own is derived.
        """

    def complete_until(self) -> datetime | None:
        """Return the moment until which every change was mirrored; None where it is not known."""

    def note_complete(self, until: datetime) -> None:
        """Keep that moment, unless a later one is kept."""

    def remove(self, listing: MirrorListing) -> None:
        """Remove the files of a deleted campaign, except those changed since the listing."""
