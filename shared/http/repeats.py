"""The Idempotency-Key: a request that may be sent again, and is answered as it was at first."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

import msgspec
from werkzeug.wrappers import Response

from shared.domain.errors import StorageError
from shared.domain.identity import require_idempotency_key

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


# Built here, by the one thread that imports, as are those of records.
_decode = msgspec.json.Decoder(KeptResponse).decode


def answer_repeats(call: Call, body: Body, act: Callable[[Claim | None], Response]) -> Response:
    """Answer what `act` answers; under a key, what it answered when the key was first sent.

    `body` is the request's own, as it was understood. What `act` raises is not kept.
    Raises InvalidRequestError, and IdempotencyKeyReusedError.
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
    from shared.http.replays import at_base_url

    headers, content = at_base_url(call.base_url, kept.headers, bytes(kept.body))
    return Response(content, status=kept.status, headers=headers | {REPLAYED: "true"})


def _claim(call: Call, body: Body) -> Claim:
    """A form says the same as JSON, in any order, and so does each spelling of a text."""
    from shared.requests.parsing import understood
    from shared.use_cases.claims import Claim

    said = msgspec.json.encode(understood(body), order="deterministic")
    asked = f"{call.request.method} {call.request.path.removesuffix('/')}\n".encode()
    return Claim(
        name=f"key_{secrets.token_hex(16)}",
        digest=hashlib.sha256(asked + said).hexdigest(),
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
        return _decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StorageError(f"The answer that was kept is damaged: {error}.") from error
