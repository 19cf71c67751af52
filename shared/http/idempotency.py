"""Idempotency-Key: a repeated request gets the first answer again, and nothing is paid twice."""

from __future__ import annotations

import hashlib
import secrets
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
from werkzeug.wrappers import Response

from shared.domain.errors import StorageError
from shared.domain.identity import require_idempotency_key
from shared.http.calls import encode
from shared.http.resources import content_url_of, thumbnail_url_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.http.calls import Call
    from shared.requests.parsing import Body
    from shared.use_cases.claims import Claim

KEY = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"


class KeptResponse(msgspec.Struct):
    """`body` is kept byte for byte."""

    status: int
    headers: dict[str, str]
    body: msgspec.Raw


# Built on import, which one thread does: building decoders in several threads can crash msgspec.
_decode_kept = msgspec.json.Decoder(KeptResponse).decode
# A Decimal keeps the digits of a number, so that everything else stays the same byte for byte.
_decode_answer = msgspec.json.Decoder(float_hook=Decimal).decode


def answer_idempotently(
    call: Call, body: Body, act: Callable[[Claim | None], Response]
) -> Response:
    """Return the response of `act`, or for a known key the response to its first request.

    `body` is the request's decoded body. An error of `act` is not kept.
    Raise InvalidRequestError or IdempotencyKeyReusedError.
    """
    key = call.request.headers.get(KEY)
    if key is None:
        return act(None)
    from shared.use_cases.answer_once import answer_once

    name = f"key_{hashlib.sha256(require_idempotency_key(key).encode()).hexdigest()}"
    answer = answer_once(call.ports, name, _claim(call, body), lambda claim: _kept(act(claim)))
    kept = _read(answer.content)
    if not answer.is_replayed:
        return Response(bytes(kept.body), status=kept.status, headers=kept.headers)
    headers, content = _at_base_url(call.base_url, kept.headers, bytes(kept.body))
    return Response(content, status=kept.status, headers=headers | {REPLAYED: "true"})


def _claim(call: Call, body: Body) -> Claim:
    """Digest the canonical form of the request: a form equals JSON with the same values."""
    from shared.requests.parsing import canonical_body
    from shared.use_cases.claims import Claim

    content = msgspec.json.encode(canonical_body(body), order="deterministic")
    target = f"{call.request.method} {call.request.path.removesuffix('/')}\n".encode()
    return Claim(
        name=f"key_{secrets.token_hex(16)}",
        digest=hashlib.sha256(target + content).hexdigest(),
        claimed_at=call.now.isoformat(),
    )


def _kept(response: Response) -> bytes:
    body = msgspec.Raw(response.get_data())
    headers = dict(response.headers)
    return msgspec.json.encode(
        KeptResponse(status=response.status_code, headers=headers, body=body)
    )


def _read(content: bytes) -> KeptResponse:
    try:
        return _decode_kept(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StorageError(f"The stored answer is damaged: {error}.") from error


def _at_base_url(
    base_url: str, headers: dict[str, str], body: bytes
) -> tuple[dict[str, str], bytes]:
    """Return the headers and the body of a video, or a list of videos, with URLs of `base_url`.

    The first request may have come by another host or scheme.
    """
    answer = _decode_answer(body)
    for video in _videos(answer):
        video["content_url"] = content_url_of(video["id"], base_url=base_url)
        video["thumbnail_url"] = thumbnail_url_of(video["id"], base_url=base_url)
        # Until 0.5: an answer that 0.2 stored has none; it is kept for a week.
        if embed := video.get("embed_url"):
            video["embed_url"] = f"{base_url}v1/embeds/{embed.rpartition('/')[2]}"
    if "Location" in headers:
        path = headers["Location"].rpartition("/v1/")[2]
        headers = headers | {"Location": f"{base_url}v1/{path}"}
    return headers, encode(answer)


def _videos(answer: dict[str, Any]) -> list[dict[str, Any]]:
    if answer["object"] == "batch":
        return []
    return answer["data"] if answer["object"] == "list" else [answer]
