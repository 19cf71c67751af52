"""Values as Terraform sends them: MessagePack, with a type of its own for what is not known yet."""

from typing import Any

from msgspec.msgpack import Decoder, Encoder, Ext

UNKNOWN = Ext(0, b"\0")
"""What only an apply will tell."""

_REFINED_UNKNOWN = 12


def _without_refinement(code: int, data: memoryview) -> Ext:
    """Some unknowns say of themselves that they are not null, or how they begin."""
    return UNKNOWN if code == _REFINED_UNKNOWN else Ext(code, bytes(data))


_DECODER = Decoder(ext_hook=_without_refinement)
_ENCODER = Encoder()


def decode(packed: bytes) -> Any:  # noqa: ANN401  # Its type is the schema's business.
    """Return numbers, strings, booleans, lists, dictionaries, None and UNKNOWN."""
    return _DECODER.decode(packed)


def encode(value: object) -> bytes:
    """Turn what `decode` returns back."""
    return _ENCODER.encode(value)
