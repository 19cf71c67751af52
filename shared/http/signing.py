"""Signed URLs on the wire."""

from datetime import timedelta
from urllib.parse import urljoin

from shared.domain.errors import InvalidRequestError
from shared.domain.video import Phase, Video
from shared.http.calls import Call
from shared.http.resource_types import SignedURLResource
from shared.use_cases.read_content import Variant, content_of_video

DEFAULT_LIFE = timedelta(minutes=15)
LONGEST_LIFE = timedelta(hours=12)


def signed_clip_resource(call: Call, video: Video) -> SignedURLResource | None:
    """Return None for a video that has no clip."""
    if video.phase is not Phase.DONE:
        return None
    found = content_of_video(call.ports, video, Variant.VIDEO)
    return signed_url_resource(call, found.path, DEFAULT_LIFE)


def signed_url_resource(call: Call, path: str, expires_in: timedelta) -> SignedURLResource:
    signed = call.ports.objects.sign(path, expires_in=expires_in)
    return {
        "url": urljoin(call.base_url, signed.url),
        "expires_at": int(signed.expires_at.timestamp()),
    }


def require_life(seconds: int) -> timedelta:
    longest = int(LONGEST_LIFE.total_seconds())
    if not 1 <= seconds <= longest:
        raise InvalidRequestError(f"ttl_seconds lies between 1 and {longest}.", param="ttl_seconds")
    return timedelta(seconds=seconds)
