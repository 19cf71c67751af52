"""All current videos of a campaign as one file."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from io import RawIOBase
from typing import TYPE_CHECKING
from zipfile import ZipFile, ZipInfo

from werkzeug.wrappers import Response

from shared.domain.download_names import archive_name, download_name
from shared.domain.errors import NotReadyError, UnavailableError
from shared.domain.identity import require_campaign_id
from shared.http.content import attachment, open_content
from shared.parallel import in_parallel
from shared.use_cases.finding_clips import require_stored_clip
from shared.use_cases.read_campaigns import videos_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shared.domain.campaign import Campaign
    from shared.domain.video import Video
    from shared.http.calls import Call
    from shared.ports.object_store import ObjectInfo

_BLOCK_BYTES = 256 * 1024


def of_campaign(call: Call, campaign_id: str) -> Response:
    """Answer with a ZIP file of the current videos, which is made while it is sent.

    Its length is not known before. Cloud Run limits answers of a known length to 32 MiB.
    """
    campaign = call.ports.campaigns.get_campaign(require_campaign_id(campaign_id))
    videos = _current(call, campaign)
    clips = in_parallel(partial(require_stored_clip, call.ports, video) for video in videos)
    headers = {
        "Content-Disposition": attachment(f"{archive_name(campaign_id, campaign.title)}.zip"),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    response = Response(headers=headers, content_type="application/zip", direct_passthrough=True)
    if call.request.method == "GET":
        response.response = _zipped(call, videos, clips)
    return response


def _current(call: Call, campaign: Campaign) -> list[Video]:
    """Raise NotReadyError without a current video, or UnreadableRecordError."""
    hashes = [slot.current.video_hash for slot in campaign.slots if slot.current]
    if not hashes:
        raise NotReadyError("This campaign has no current video. Ask again when one is completed.")
    videos = videos_of(call.ports, campaign, hashes)
    return [videos[each] for each in hashes]


def _zipped(call: Call, videos: Sequence[Video], clips: Sequence[ObjectInfo]) -> Iterator[bytes]:
    """Yield the file in pieces. Raise UnavailableError where a clip ends early.

    The server then closes the connection without the last chunk, and the file has no directory:
    neither HTTP clients nor archivers accept it. The clips are stored as they are.
    """
    sent = _Sent()
    with ZipFile(sent, "w") as archive:
        for video, clip in zip(videos, clips, strict=True):
            yield from _entry(call, archive, sent, video, clip)
    yield sent.taken()


def _entry(
    call: Call, archive: ZipFile, sent: _Sent, video: Video, clip: ObjectInfo
) -> Iterator[bytes]:
    made = ZipInfo(f"{download_name(video)}.mp4", video.created_at.timetuple()[:6])
    size = 0
    opened = open_content(call, clip, lambda: require_stored_clip(call.ports, video))
    with closing(opened) as source, archive.open(made, "w") as entry:
        while block := source.read(_BLOCK_BYTES):
            size += len(block)
            entry.write(block)
            yield sent.taken()
    if size != clip.size:
        raise UnavailableError(f"The clip of {video.id} has {size} of its {clip.size} bytes.")


class _Sent(RawIOBase):
    """What a ZipFile writes, until it is taken."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: bytes) -> int:  # type: ignore[override]
        self._pieces.append(bytes(piece))
        return len(piece)

    def taken(self) -> bytes:
        taken, self._pieces = b"".join(self._pieces), []
        return taken
