"""Conditions and ranges of a request for bytes (RFC 9110, sections 13 and 14)."""

from dataclasses import dataclass

from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.http import (
    http_date,
    is_resource_modified,
    parse_if_range_header,
    parse_range_header,
    quote_etag,
)
from werkzeug.wrappers import Request

from shared.ports.object_store import ObjectInfo


@dataclass(frozen=True)
class ByteRange:
    """From `start` up to, but not with, `stop`."""

    start: int
    stop: int

    @property
    def length(self) -> int:
        return self.stop - self.start


def is_not_modified(request: Request, info: ObjectInfo) -> bool:
    if "If-None-Match" not in request.headers and "If-Modified-Since" not in request.headers:
        return False
    return not is_resource_modified(
        request.environ, etag=quote_etag(info.etag), last_modified=info.updated_at
    )


def requested_range(request: Request, info: ObjectInfo) -> ByteRange | None:
    """Return the one range that is asked for, or None for everything.

    An unknown unit, several ranges, and a range of something that has changed since mean
    everything. Raise RequestedRangeNotSatisfiable (416) where no byte can be meant.
    """
    header = request.headers.get("Range", "")
    if request.method != "GET" or not header.lower().startswith("bytes=") or "," in header:
        return None
    if not _is_the_same(request, info):
        return None
    parsed = parse_range_header(header)
    # Bounds of a slice are those of a range: they count from the end, and are clipped to the size.
    asked = slice(*parsed.ranges[0]) if parsed else slice(0)
    start, stop, _ = asked.indices(info.size)
    if start >= stop:
        raise RequestedRangeNotSatisfiable(
            info.size, description=f"Ask for a range within bytes 0 to {info.size - 1}."
        )
    return ByteRange(start, stop)


def _is_the_same(request: Request, info: ObjectInfo) -> bool:
    """Whether `If-Range`, if it is there, names exactly this content."""
    header = request.headers.get("If-Range")
    if header is None:
        return True
    if_range = parse_if_range_header(header)
    if if_range.date is not None:
        return http_date(if_range.date) == http_date(info.updated_at)
    return header == quote_etag(info.etag)
