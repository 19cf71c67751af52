"""Handlers of content: what a `<video>` element asks for, and signed URLs to it."""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from http import HTTPStatus
from typing import BinaryIO

from werkzeug.http import http_date, quote_etag
from werkzeug.wrappers import Response

from shared.domain.errors import InvalidRequestError, NotFoundError, ObjectNotFoundError
from shared.domain.identity import parse_video_id
from shared.http.bodies import SignedUrlBody
from shared.http.calls import Call, json_response
from shared.http.ranges import ByteRange, is_not_modified, requested_range
from shared.http.requests import (
    ContentQuery,
    SignatureQuery,
    read_body,
    read_query,
)
from shared.http.signing import DEFAULT_LIFE, require_method, signed_url_resource
from shared.ports.object_store import MEDIA_CACHE_CONTROL, ObjectInfo
from shared.use_cases.locate_content import locate_content, locate_file
from shared.use_cases.read_content import (
    Variant,
    content_of_file,
    content_of_path,
    content_of_video,
)

_BLOCK_BYTES = 256 * 1024


def of_video(call: Call, video_id: str) -> Response:
    variant = _variant(read_query(call.request, ContentQuery).variant)
    video = call.ports.campaigns.get_video(*parse_video_id(video_id))
    if _is_served_by_bucket(call):
        return _redirect(call, locate_content(call.ports, video, variant))
    return _serve(call, lambda: content_of_video(call.ports, video, variant))


def of_file(call: Call, campaign_id: str, filename: str) -> Response:
    if _is_served_by_bucket(call):
        return _redirect(call, locate_file(call.ports, campaign_id, filename))
    return _serve(call, lambda: content_of_file(call.ports, campaign_id, filename))


def of_signed_path(call: Call, path: str) -> Response:
    signatures = call.ports.local_signatures
    if signatures is None:
        raise NotFoundError("The bucket serves its signed URLs itself.")
    query = read_query(call.request, SignatureQuery)
    signatures.verify(path, expires=query.expires, signature=query.signature)
    return _serve(call, lambda: content_of_path(call.ports, path))


def signed_url(call: Call, video_id: str) -> Response:
    body = read_body(call.request, SignedUrlBody)
    method = require_method(body.method)
    video = call.ports.campaigns.get_video(*parse_video_id(video_id))
    path = locate_content(call.ports, video, _variant(body.variant))
    life = timedelta(seconds=body.ttl_seconds)
    return json_response(signed_url_resource(call, path, life, method))


def _variant(text: str) -> Variant:
    try:
        return Variant(text)
    except ValueError:
        raise InvalidRequestError("variant is video or thumbnail.", param="variant") from None


def _is_served_by_bucket(call: Call) -> bool:
    """A bucket refuses HEAD with a URL that was signed for GET, so HEAD is answered here."""
    return call.ports.local_signatures is None and call.request.method == "GET"


def _redirect(call: Call, path: str) -> Response:
    """Whoever keeps this answer, as players do, still has half of the URL's life to play."""
    signed = call.ports.objects.sign(path, expires_in=DEFAULT_LIFE)
    seconds = int((signed.expires_at - call.now).total_seconds()) // 2
    headers = {"Location": signed.url, "Cache-Control": f"private, max-age={seconds}"}
    return Response(status=HTTPStatus.FOUND, headers=headers)


def _serve(call: Call, find: Callable[[], ObjectInfo]) -> Response:
    info = find()
    if is_not_modified(call.request, info):
        return Response(status=HTTPStatus.NOT_MODIFIED, headers=_headers(info))
    wanted = requested_range(call.request, info)
    served = wanted or ByteRange(0, info.size)
    if call.request.method == "HEAD":
        body: Iterable[bytes] = ()
    else:
        body = _Blocks(_open(call, info, find), served)
    response = Response(body, headers=_headers(info), direct_passthrough=True)
    response.content_length = served.length
    if wanted is not None:
        response.status_code = HTTPStatus.PARTIAL_CONTENT
        response.headers["Content-Range"] = f"bytes {wanted.start}-{wanted.stop - 1}/{info.size}"
    return response


def _open(call: Call, info: ObjectInfo, find: Callable[[], ObjectInfo]) -> BinaryIO:
    try:
        return call.ports.objects.open(info.path)
    except ObjectNotFoundError:
        # It was renamed after it was found; by now it has its new name.
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


class _Blocks:
    """Yields large blocks: the small ones of the server's own wrapper are four times slower."""

    def __init__(self, stream: BinaryIO, served: ByteRange) -> None:
        self._stream = stream
        self._served = served

    def __iter__(self) -> Iterator[bytes]:
        self._stream.seek(self._served.start)
        left = self._served.length
        while left > 0 and (block := self._stream.read(min(_BLOCK_BYTES, left))):
            left -= len(block)
            yield block

    def close(self) -> None:
        """The server calls this, also when the client went away before the first block."""
        self._stream.close()
