"""A record that exists and cannot be read: damaged, or written by a newer release."""

from msgspec import Struct

from shared.domain.errors import UnreadableRecordError
from shared.domain.identity import video_id


class Unreadable(Struct, frozen=True, kw_only=True):
    """`video_hash` is None for the record of a campaign. `content` is the record as JSON.

    `revision` is the one at which the record was read, as for a readable record.
    """

    campaign_id: str
    video_hash: str | None
    detail: str
    is_newer: bool
    content: bytes
    revision: str

    @property
    def id(self) -> str:
        """The id of the video, or of the campaign."""
        if self.video_hash is None:
            return self.campaign_id
        return video_id(self.campaign_id, self.video_hash)

    def error(self) -> UnreadableRecordError:
        """Return the error that every read of this record raises."""
        kind = "campaign" if self.video_hash is None else "video"
        return UnreadableRecordError(
            f"The record of the {kind} {self.id} cannot be read. {self.detail}",
            is_newer=self.is_newer,
            record=self,
        )
