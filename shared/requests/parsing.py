"""What comes from outside, checked field by field."""

import re
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import msgspec

from shared.domain.errors import InvalidRequestError

_NAMED_FIELD = re.compile(r"(?:unknown|required) field `([^`]*)`")


class Body(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Refuses what it does not know. What has its default is as if it had not been said."""


B = TypeVar("B", bound=Body)


def from_json(content: bytes, kind: type[B]) -> B:
    """Raise InvalidRequestError, which names the field."""
    return _checked(msgspec.json.decode, content, kind)


def from_values(values: object, kind: type[B]) -> B:
    """The same for what is all texts: numbers and booleans are spelled out in words."""
    return _checked(partial(msgspec.convert, strict=False), values, kind)


def _checked(decode: Callable[..., B], content: object, kind: type[B]) -> B:
    try:
        return decode(content, type=kind)
    except msgspec.ValidationError as error:
        raise _invalid(str(error), kind) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidRequestError(f"The body is not valid JSON in UTF-8: {error}.") from error


def _invalid(reason: str, kind: type[Body]) -> InvalidRequestError:
    """Say it in the caller's words: which field, what is wrong, and what there is instead."""
    sentence, _, path = reason.partition(" - at ")
    param = path.strip("`").removeprefix("$").lstrip(".")
    where = f"{param}: " if param else ""
    if named := _NAMED_FIELD.search(sentence):
        param = named[1]
    if "unknown field" in sentence:
        known = ", ".join(field.encode_name for field in msgspec.structs.fields(kind))
        sentence += f". Known fields: {known or 'none'}"
    return InvalidRequestError(f"{where}{sentence}.", param=param or None)
