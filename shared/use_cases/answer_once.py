"""Answer a repeated request once: one with an Idempotency-Key, or a redelivered message.

claim ─▶ act ─▶ store the answer ─▶ answer

Claim and answer are create-only objects: of several processes one is first, and all of them return
its answer. A claim without an answer was left by a crash, a refusal, or a concurrent
duplicate: a retry acts again, and finds the videos that were made for the claim.
"""

import json
from collections.abc import Callable
from io import BytesIO

from msgspec import Struct
from msgspec.structs import asdict

from shared.domain.errors import (
    ConflictError,
    IdempotencyKeyReusedError,
    ObjectExistsError,
    ObjectNotFoundError,
    StorageError,
)
from shared.domain.schedule import REQUEST_MEMORY
from shared.domain.storage_layout import REQUESTS, answer_path, claim_path
from shared.ports import Ports
from shared.use_cases.claims import Claim


class Answer(Struct, frozen=True, kw_only=True):
    """`is_replayed` says that these bytes were stored by an earlier request."""

    content: bytes
    is_replayed: bool


def answer_once(ports: Ports, key: str, wanted: Claim, act: Callable[[Claim], bytes]) -> Answer:
    """Return the JSON of the first call of `act` that succeeded for `key`.

    `act` may be called again, with the first claim. Its errors are not stored: the same request may
    be retried. Raise IdempotencyKeyReusedError if the key was used for a request with another
    digest.
    """
    claim = _claim(ports, claim_path(key), wanted)
    if claim.digest != wanted.digest:
        raise IdempotencyKeyReusedError(
            "This Idempotency-Key was sent with another request. Use a new key for a new request."
        )
    path = answer_path(claim.name)
    if claim is not wanted and (kept := _read(ports, path)) is not None:
        return Answer(content=kept, is_replayed=True)
    content = act(claim)
    first = _put_first(ports, path, content)
    return Answer(content=first, is_replayed=first is not content)


def forget_requests(ports: Ports) -> int:
    """Remove expired claims and answers, and return their number. A bucket has a lifecycle rule."""
    end = ports.now() - REQUEST_MEMORY
    old = [found.path for found in ports.objects.list(f"{REQUESTS}/") if found.updated_at < end]
    for path in old:
        ports.objects.delete(path)
    return len(old)


def _claim(ports: Ports, path: str, wanted: Claim) -> Claim:
    """Return `wanted`, or the claim that was stored earlier."""
    content = json.dumps(asdict(wanted), indent=2).encode()
    first = _put_first(ports, path, content)
    if first is content:
        return wanted
    try:
        kept = json.loads(first)
        # A newer version may have stored more fields.
        return Claim(**{name: kept[name] for name in Claim.__struct_fields__ if name in kept})
    except (LookupError, TypeError, ValueError) as error:
        raise StorageError(f"{path} is damaged: {error}.") from error


def _put_first(ports: Ports, path: str, content: bytes) -> bytes:
    """Store `content` and return it, or the content that was stored earlier."""
    try:
        ports.objects.put(path, BytesIO(content), content_type="application/json")
    except ObjectExistsError as error:
        first = _read(ports, path)
        if first is None:
            raise ConflictError("The idempotency record has just expired. Retry.") from error
        return first
    return content


def _read(ports: Ports, path: str) -> bytes | None:
    try:
        with ports.objects.open(path) as stream:
            return stream.read()
    except ObjectNotFoundError:
        return None
