"""Signed URLs on the wire."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from urllib.parse import urljoin

from shared.domain.errors import InvalidRequestError
from shared.domain.video import Phase, Video
from shared.http.calls import Call
from shared.http.resource_types import SignedURLResource
from shared.ports.object_store import SignedMethod
from shared.use_cases.locate_content import locate_clips

DEFAULT_LIFE = timedelta(minutes=15)


def signed_clips(call: Call, videos: Sequence[Video]) -> Mapping[str, SignedURLResource]:
    """Return what reads each clip, by the video's id; a video that has none is left out."""
    paths = locate_clips(call.ports, (each for each in videos if each.phase is Phase.DONE))
    return {
        video_id: signed_url_resource(call, path, DEFAULT_LIFE) for video_id, path in paths.items()
    }


def signed_url_resource(
    call: Call, path: str, expires_in: timedelta, method: SignedMethod = SignedMethod.GET
) -> SignedURLResource:
    signed = call.ports.objects.sign(path, expires_in=expires_in, method=method)
    return {
        "url": urljoin(call.base_url, signed.url),
        "expires_at": int(signed.expires_at.timestamp()),
    }


def require_method(text: str) -> SignedMethod:
    try:
        return SignedMethod(text)
    except ValueError:
        raise InvalidRequestError("method is GET or HEAD.", param="method") from None
