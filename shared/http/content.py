"""Handlers of content, which `<video>` elements ask for, and signed URLs to it."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import BinaryIO
from urllib.parse import quote, urljoin

from werkzeug.exceptions import PreconditionFailed, RequestedRangeNotSatisfiable
from werkzeug.http import dump_options_header, http_date, quote_etag
from werkzeug.wrappers import Request, Response
from werkzeug.wsgi import FileWrapper

from shared.domain.clip import COMPANIONS, Companion
from shared.domain.download_names import download_name
from shared.domain.errors import InvalidRequestError, NotFoundError, ObjectNotFoundError
from shared.domain.identity import parse_video_id
from shared.domain.storage_layout import picture_path
from shared.domain.trash import require_not_trashed
from shared.domain.video import Phase, Video
from shared.http.calls import Call, json_response
from shared.http.queries import VARIANTS, VIDEO, ContentQuery, SignatureQuery, read_query
from shared.http.request_bodies import SignedUrlBody, read_body
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
# RFC 8187, attr-char.
_UNQUOTED = "!#$&+-.^_`|~"


def of_video(call: Call, video_id: str) -> Response:
    query = read_query(call.request, ContentQuery)
    picture = _picture(query.variant)
    video = call.ports.campaigns.get_video(*parse_video_id(video_id))
    disposition = _disposition(video, picture) if query.download else None
    if is_served_by_bucket(call):
        return redirect(call, locate_content(call.ports, video, picture), disposition)
    return serve(call, lambda: content_of_video(call.ports, video, picture), disposition)


def of_file(call: Call, campaign_id: str, filename: str) -> Response:
    if is_served_by_bucket(call):
        return redirect(call, locate_file(call.ports, campaign_id, filename))
    return serve(call, lambda: content_of_file(call.ports, campaign_id, filename))


def of_signed_path(call: Call, path: str) -> Response:
    signatures = call.ports.local_signatures
    if signatures is None:
        raise NotFoundError("The bucket serves its signed URLs itself.")
    query = read_query(call.request, SignatureQuery)
    signatures.verify(
        path, expires=query.expires, signature=query.signature, disposition=query.disposition
    )
    return serve(call, lambda: content_of_path(call.ports, path), query.disposition)


def signed_url(call: Call, video_id: str) -> Response:
    body = read_body(call.request, SignedUrlBody)
    method = _method(body.method)
    video = call.ports.campaigns.get_video(*parse_video_id(video_id))
    require_not_trashed(video)
    picture = _picture(body.variant)
    path = locate_content(call.ports, video, picture)
    disposition = _disposition(video, picture) if body.download else None
    ttl = timedelta(seconds=body.ttl_seconds)
    return json_response(sign_path(call, path, ttl, method, disposition))


def signed_clips(call: Call, videos: Sequence[Video]) -> Mapping[str, SignedURLResource]:
    """Return a signed URL for each finished video's clip, by the video's id; none if it is trashed.

    Up to eight are signed at once: without a private key, each signature is a call to IAM.
    """
    shown = (each for each in videos if each.phase is Phase.DONE and not each.is_trashed)
    paths = locate_clips(call.ports, shown)
    signed = in_parallel(partial(sign_path, call, path) for path in paths.values())
    return dict(zip(paths, signed, strict=True))


def sign_path(
    call: Call,
    path: str,
    ttl: timedelta = _DEFAULT_TTL,
    method: SignedMethod = SignedMethod.GET,
    disposition: str | None = None,
) -> SignedURLResource:
    signed = call.ports.objects.sign(path, expires_in=ttl, method=method, disposition=disposition)
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


def _disposition(video: Video, picture: Companion | None) -> str:
    name = download_name(video)
    if picture is None:
        return attachment(f"{name}.mp4")
    ending = picture_path(video.campaign_id, video.video_hash, video.index, picture)
    return attachment(f"{name}-{picture}.{ending.rpartition('.')[2]}")


def attachment(filename: str) -> str:
    """Return a Content-Disposition with the name in ASCII and, if it differs, in UTF-8 (RFC 6266).

    Letters that have no ASCII form are left out of the first.
    """
    plain = unicodedata.normalize("NFKD", filename).encode("ascii", "ignore").decode()
    names = {"filename": plain}
    if plain != filename:
        names["filename*"] = f"UTF-8''{quote(filename, safe=_UNQUOTED)}"
    return dump_options_header("attachment", names)


def _method(text: str) -> SignedMethod:
    try:
        return SignedMethod(text)
    except ValueError:
        raise InvalidRequestError("method is GET or HEAD.", param="method") from None


def is_served_by_bucket(call: Call) -> bool:
    """A URL that is signed for GET does not work for HEAD, so the service answers HEAD itself."""
    return call.ports.local_signatures is None and call.request.method == "GET"


def redirect(call: Call, path: str, disposition: str | None = None) -> Response:
    """Redirect to a signed URL, for half of its life: a cached redirect still has time to play."""
    signed = call.ports.objects.sign(path, expires_in=_DEFAULT_TTL, disposition=disposition)
    seconds = int((signed.expires_at - call.now).total_seconds()) // 2
    headers = {"Location": signed.url, "Cache-Control": f"private, max-age={seconds}"}
    return Response(status=HTTPStatus.FOUND, headers=headers)


def serve(call: Call, find: Callable[[], ObjectInfo], disposition: str | None = None) -> Response:
    """Answer with an object, whose `disposition` is that of its file name without one."""
    info = find()
    response = Response(headers=_headers(info), direct_passthrough=True)
    if disposition is not None:
        response.headers["Content-Disposition"] = disposition
    response.content_length = info.size
    # Before the range: If-None-Match has precedence over Range (RFC 9110, section 13.2.2).
    response.make_conditional(call.request)
    if response.status_code == HTTPStatus.PRECONDITION_FAILED:
        raise PreconditionFailed
    if call.request.method == "HEAD" or response.status_code == HTTPStatus.NOT_MODIFIED:
        return response
    response.response = FileWrapper(open_content(call, info, find), _BLOCK_BYTES)
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


def open_content(call: Call, info: ObjectInfo, find: Callable[[], ObjectInfo]) -> BinaryIO:
    """Open what `find` has found, even if it was renamed since."""
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
