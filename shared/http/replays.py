"""A kept answer, given again: its URLs are those at which the service is asked now."""

from decimal import Decimal
from typing import Any

import msgspec

from shared.http.calls import encode
from shared.http.resources import content_url_of, thumbnail_url_of

# Numbers keep their digits, so that all else is the same byte for byte.
_decode = msgspec.json.Decoder(float_hook=Decimal).decode


def at_base_url(
    base_url: str, headers: dict[str, str], body: bytes
) -> tuple[dict[str, str], bytes]:
    """Return the headers and the body of a video, or a list of videos, with URLs of `base_url`.

    The first answer may have been given at another address, or before the service knew that it is
    asked by https.
    """
    answer = _decode(body)
    for video in _videos(answer):
        video["content_url"] = content_url_of(video["id"], base_url=base_url)
        video["thumbnail_url"] = thumbnail_url_of(video["id"], base_url=base_url)
    if "Location" in headers:
        path = headers["Location"].rpartition("/v1/")[2]
        headers = headers | {"Location": f"{base_url}v1/{path}"}
    return headers, encode(answer)


def _videos(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return answer["data"] if answer["object"] == "list" else [answer]
