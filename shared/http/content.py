"""Handlers of content, which `<video>` elements ask for, and signed URLs to it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import BinaryIO
from urllib.parse import urljoin

from werkzeug.exceptions import PreconditionFailed, RequestedRangeNotSatisfiable
from werkzeug.http import http_date, quote_etag
from werkzeug.wrappers import Request, Response
from werkzeug.wsgi import FileWrapper

from shared.domain.clip import COMPANIONS, Companion
from shared.domain.errors import InvalidRequestError, NotFoundError, ObjectNotFoundError
from shared.domain.identity import parse_video_id
from shared.domain.video import Phase, Video
from shared.http.calls import Call, json_response
from shared.http.request_types import (
    VARIANTS,
    VIDEO,
    ContentQuery,
    SignatureQuery,
    SignedUrlBody,
    read_body,
    read_query,
)
from shared.http.resource_types import SignedURLResource
from shared.parallel import in_parallel
from shared.ports.object_store import MEDIA_CACHE_CONTROL, ObjectInfo, SignedMethod
from shared.use_cases.content import (
    content_of_file,
    content_of_path,
    content_of_video,
    locate_clips,
    locate_content,
    locate_file,
)

_DEFAULT_TTL = timedelta(minutes=15)
# werkzeug's default of 8 KiB is four times slower.
_BLOCK_BYTES = 256 * 1024


def of_video(call: Call, video_id: str) -> Response:
    picture = _picture(read_query(call.request, ContentQuery).variant)
    video = call.ports.campaigns.get_video(*parse_video_id(video_id))
    if is_served_by_bucket(call):
        return redirect(call, locate_content(call.ports, video, picture))
    return serve(call, lambda: content_of_video(call.ports, video, picture))


def of_file(call: Call, campaign_id: str, filename: str) -> Response:
    if is_served_by_bucket(call):
        return redirect(call, locate_file(call.ports, campaign_id, filename))
    return serve(call, lambda: content_of_file(call.ports, campaign_id, filename))


def of_signed_path(call: Call, path: str) -> Response:
    signatures = call.ports.local_signatures
    if signatures is None:
        raise NotFoundError("The bucket serves its signed URLs itself.")
    query = read_query(call.request, SignatureQuery)
    signatures.verify(path, expires=query.expires, signature=query.signature)
    return serve(call, lambda: content_of_path(call.ports, path))


def signed_url(call: Call, video_id: str) -> Response:
    body = read_body(call.request, SignedUrlBody)
    method = _method(body.method)
    video = call.ports.campaigns.get_video(*parse_video_id(video_id))
    path = locate_content(call.ports, video, _picture(body.variant))
    return json_response(sign_path(call, path, timedelta(seconds=body.ttl_seconds), method))


def signed_clips(call: Call, videos: Sequence[Video]) -> Mapping[str, SignedURLResource]:
    """Return a signed URL for each finished video's clip, by the video's id.

    Up to eight are signed at once: without a private key, each signature is a call to IAM.
    """
    paths = locate_clips(call.ports, (each for each in videos if each.phase is Phase.DONE))
    signed = in_parallel(partial(sign_path, call, path) for path in paths.values())
    return dict(zip(paths, signed, strict=True))


def sign_path(
    call: Call, path: str, ttl: timedelta = _DEFAULT_TTL, method: SignedMethod = SignedMethod.GET
) -> SignedURLResource:
    signed = call.ports.objects.sign(path, expires_in=ttl, method=method)
    return {
        "url": urljoin(call.base_url, signed.url),
        "expires_at": int(signed.expires_at.timestamp()),
    }


def _picture(variant: str) -> Companion | None:
    """Return the picture that a variant names; None for the clip."""
    if variant == VIDEO:
        return None
    for picture in COMPANIONS:
        if variant == picture:
            return picture
    raise InvalidRequestError(f"variant is one of: {', '.join(VARIANTS)}.", param="variant")


def _method(text: str) -> SignedMethod:
    try:
        return SignedMethod(text)
    except ValueError:
        raise InvalidRequestError("method is GET or HEAD.", param="method") from None


def is_served_by_bucket(call: Call) -> bool:
    """A URL that is signed for GET does not work for HEAD, so the service answers HEAD itself."""
    return call.ports.local_signatures is None and call.request.method == "GET"


def redirect(call: Call, path: str) -> Response:
    """Redirect to a signed URL, for half of its life: a cached redirect still has time to play."""
    signed = call.ports.objects.sign(path, expires_in=_DEFAULT_TTL)
    seconds = int((signed.expires_at - call.now).total_seconds()) // 2
    headers = {"Location": signed.url, "Cache-Control": f"private, max-age={seconds}"}
    return Response(status=HTTPStatus.FOUND, headers=headers)


def serve(call: Call, find: Callable[[], ObjectInfo]) -> Response:
    info = find()
    response = Response(headers=_headers(info), direct_passthrough=True)
    response.content_length = info.size
    # Before the range: If-None-Match has precedence over Range (RFC 9110, section 13.2.2).
    response.make_conditional(call.request)
    if response.status_code == HTTPStatus.PRECONDITION_FAILED:
        raise PreconditionFailed
    if call.request.method == "HEAD" or response.status_code == HTTPStatus.NOT_MODIFIED:
        return response
    response.response = FileWrapper(_open(call, info, find), _BLOCK_BYTES)
    if _asks_for_range(call.request, info):
        try:
            response.make_conditional(call.request, accept_ranges=True, complete_length=info.size)
        except RequestedRangeNotSatisfiable:
            response.close()
            raise
    return response


def _asks_for_range(request: Request, info: ObjectInfo) -> bool:
    """Whether the request is for a single range of exactly this content.

    Everything else means the whole content (RFC 9110, section 14). werkzeug would answer 416 for
    other units, several ranges and a suffix that is longer than the content, and accepts weak ETags
    and later dates in If-Range.
    """
    wanted = request.headers.get("Range", "").lower()
    if not wanted.startswith("bytes=") or "," in wanted:
        return False
    if request.range is not None and request.range.ranges[0][0] + info.size < 0:
        return False
    unchanged = (None, quote_etag(info.etag), http_date(info.updated_at))
    return request.headers.get("If-Range") in unchanged


def _open(call: Call, info: ObjectInfo, find: Callable[[], ObjectInfo]) -> BinaryIO:
    try:
        return call.ports.objects.open(info.path)
    except ObjectNotFoundError:
        # The object was renamed after `find`, which now finds it under its new name.
        return call.ports.objects.open(find().path)


def _headers(info: ObjectInfo) -> dict[str, str]:
    filename = info.path.rpartition("/")[2]
    return {
        "Content-Type": info.content_type,
        "Content-Disposition": f"inline; filename={filename}",
        "Cache-Control": MEDIA_CACHE_CONTROL,
        "Accept-Ranges": "bytes",
        "ETag": quote_etag(info.etag),
        "Last-Modified": http_date(info.updated_at),
        "X-Content-Type-Options": "nosniff",
    }
