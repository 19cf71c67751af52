"""Refuse JSON that has a key twice: decoders keep the last value, and its sender may mean another.

msgspec cannot tell. So the colons are counted: each key has one after it. A count costs far less
than to decode in Python, which is done only if some colon is neither that of a key nor of a value.
"""

import json
from collections.abc import Iterable
from contextlib import suppress

import msgspec

from shared.domain.errors import InvalidRequestError

# No body has more objects and lists in each other. Each level of a deep one would be a copy.
_DEEPEST = 4

# Built on import, which one thread does: building decoders in several threads can crash msgspec.
_decode_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_array = msgspec.json.Decoder(list[msgspec.Raw]).decode


def require_keys_once(content: bytes, part: str) -> None:
    """Raise InvalidRequestError for a key that an object has more than once.

    What is no JSON object passes, and is for the decoder to refuse.
    """
    try:
        values = _decode_object(content)
        others = content.count(b":") - len(values)
        if not others or not _are_of_no_value(others, values.values()):
            return
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return

    def require_once(pairs: Iterable[tuple[str, object]]) -> None:
        keys = set()
        for key, _ in pairs:
            if key in keys:
                raise InvalidRequestError(
                    f"The {part} has {key[:80]!r} more than once.", param=key[:80]
                )
            keys.add(key)

    with suppress(RecursionError, ValueError):
        json.loads(content, object_pairs_hook=require_once)


def _are_of_no_value(others: int, values: Iterable[msgspec.Raw]) -> bool:
    """Whether any of an object's colons, beside those of its kept keys, is in no kept value.

    That holds for the objects in it, too.
    """
    found = [(others, values, 1)]
    while found:
        colons, inner, depth = found.pop()
        for value in map(bytes, inner):
            if count := value.count(b":"):
                colons -= count
                if depth == _DEEPEST:
                    continue
                if value.startswith(b"{"):
                    fields = _decode_object(value)
                    if count != len(fields):
                        found.append((count - len(fields), fields.values(), depth + 1))
                elif value.startswith(b"["):
                    found.append((count, _decode_array(value), depth + 1))
        if colons:
            return True
    return False
