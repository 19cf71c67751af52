"""Decode request bodies and queries, and check each field."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache, partial
from json import detect_encoding
from threading import Lock
from typing import Annotated, Any, TypeVar, get_args, get_origin

import msgspec

from shared.domain.errors import InvalidRequestError
from shared.domain.text import canonical
from shared.requests.repeated_keys import require_keys_once

_NAMED_FIELD = r"(unknown|required) field `([^`]*)`"
_TYPE = r"Expected `([^`]*)`, got `([^`]*)`"
_BOUND = r"Expected `(int|float|str|array)`(?: of length)? (>=|<=) (\d+)"
_PATTERN = r"Expected `str` matching regex '(.*)'"
_TYPES = {
    "str": "a string",
    "int": "an integer",
    "float": "a number",
    "date": "a date such as 2026-11-07",
    "decimal": "a number",
    "bool": "a boolean (true or false)",
    "array": "an array",
    "object": "a JSON object",
    "null": "null",
}
_GIVEN = {"float": "a number with decimals"}
_UNITS = {"int": "", "float": "", "str": " characters", "array": " elements"}
_SHOWN_CHARACTERS = 80
_WHOLE_NUMBER = r"(-?[0-9]{1,20})\.0+"
_BYTE_ORDER_MARK = "utf-8-sig"

_first_use = Lock()
_decoders: dict[type[Any], msgspec.json.Decoder[Any]] = {}


class Body(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Refuses unknown fields. A field with its default value equals a missing field."""


B = TypeVar("B", bound=Body)


def one_of(*allowed: str) -> msgspec.Meta:
    """Publish the allowed values of a text, which the endpoint checks itself."""
    return msgspec.Meta(extra_json_schema={"enum": list(allowed)})


CAMPAIGN_ID = {"pattern": "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"}

CampaignId = Annotated[str, msgspec.Meta(extra_json_schema=CAMPAIGN_ID)]
Amount = Annotated[Decimal, msgspec.Meta(extra_json_schema={"minimum": 0, "maximum": 10**12})]


def from_json(content: bytes, kind: type[B], *, part: str = "body") -> B:
    """Decode JSON, with or without a byte-order mark. Raise InvalidRequestError with the field.

    `part` is what errors call the content.
    """
    content = without_mark(content, part)
    # Before: it copies a picture, of which two are held later.
    require_keys_once(content, part)
    try:
        return _decoder(kind).decode(content)
    except msgspec.ValidationError as error:
        values = _with_whole_numbers(_plain(content), kind, _whole_number)
        if values is None:
            raise _invalid(error, kind, part) from error
    except msgspec.DecodeError as error:
        raise InvalidRequestError(
            f"The {part} is not valid JSON: {syntax_error(error)}."
        ) from error
    except UnicodeDecodeError as error:
        raise InvalidRequestError(f"The {part} is not valid UTF-8.") from error
    return _converted(partial(msgspec.convert, values), kind, part)


def from_values(values: Mapping[str, object], kind: type[B], *, named: str = "field") -> B:
    """Convert the values of a form or query, in which numbers and booleans are texts.

    `named` is what errors call a name that is unknown.
    """
    _decoder(kind)
    repaired = _with_whole_numbers(values, kind, _whole_text) or values
    return _converted(partial(msgspec.convert, repaired, strict=False), kind, named=named)


def syntax_error(error: msgspec.DecodeError) -> str:
    """Return what is wrong, and where, as msgspec knows it."""
    if "truncated" in str(error):
        # msgspec says so of a lone surrogate, too.
        return "it ends too early, or has one half of a surrogate pair such as \\ud83d"
    return str(error).removeprefix("JSON is malformed: ")


def _decoder(kind: type[B]) -> msgspec.json.Decoder[B]:
    """Build the decoder in one thread: the first use by several crashes msgspec 0.22."""
    if kind not in _decoders:
        with _first_use:
            _decoders.setdefault(kind, msgspec.json.Decoder(kind))
    return _decoders[kind]


def canonical_body(body: B) -> B:
    """Return the body with all texts and numbers in canonical form."""
    values = {name: _canonical(getattr(body, name)) for name in body.__struct_fields__}
    return msgspec.structs.replace(body, **values)


@cache
def fields_of(kind: type[Body], sort: type) -> frozenset[str]:
    """Return the names of the fields whose type includes `sort`."""
    fields = msgspec.structs.fields(kind)
    return frozenset(each.encode_name for each in fields if _holds(each.type, sort))


def _holds(annotation: Any, sort: type) -> bool:  # noqa: ANN401  # Any annotation.
    if annotation is sort or get_origin(annotation) is sort:
        return True
    return any(_holds(each, sort) for each in get_args(annotation))


def without_mark(content: bytes, part: str = "body") -> bytes:
    """Return content in UTF-8 without its byte-order mark. Raise InvalidRequestError."""
    encoding = detect_encoding(content)
    if encoding == _BYTE_ORDER_MARK:
        return content.removeprefix(b"\xef\xbb\xbf")
    if encoding != "utf-8":
        raise InvalidRequestError(f"The {part} is {encoding.upper()}. Send it in UTF-8.")
    return content


def _plain(content: bytes) -> Mapping[str, object]:
    try:
        values = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


def _with_whole_numbers(
    values: Mapping[str, object], kind: type[Body], whole: Callable[[object], int | None]
) -> dict[str, object] | None:
    """Replace 8.0 by 8 in integer fields, as JSON Schema allows; None if there is none."""
    numbers = {
        name: number
        for name in fields_of(kind, int) & values.keys()
        if (number := whole(values[name])) is not None
    }
    return {**values, **numbers} if numbers else None


def _whole_number(value: object) -> int | None:
    return int(value) if isinstance(value, float) and value.is_integer() else None


def _whole_text(value: object) -> int | None:
    found = re.fullmatch(_WHOLE_NUMBER, value) if isinstance(value, str) else None
    return int(found[1]) if found else None


def _canonical(value: object) -> object:
    match value:
        case str():
            return canonical(value)
        case Decimal():
            return Decimal(f"{value.normalize():f}")
        case dict():
            return {canonical(key): _canonical(each) for key, each in value.items()}
        case list():
            return [_canonical(each) for each in value]
        case _:
            return value


def _converted(
    convert: Callable[..., B], kind: type[B], part: str = "", *, named: str = "field"
) -> B:
    try:
        return convert(type=kind)
    except msgspec.ValidationError as error:
        raise _invalid(error, kind, part, named=named) from error


def _invalid(
    error: msgspec.ValidationError, kind: type[Body], part: str, *, named: str = "field"
) -> InvalidRequestError:
    """Name the field and what it must be. `part` is empty if every value was sent as text."""
    found, _, path = str(error).partition(" - at ")
    if name := re.search(_NAMED_FIELD, found):
        return _invalid_name(name[1], name[2], kind, named=named)
    param = path.strip("`").removeprefix("$").lstrip(".")
    subject = f"The {part}"
    if param.endswith("[...]"):
        param = param.removesuffix("[...]")
        subject = f"Each value of {param}"
    elif param:
        subject = param
    return InvalidRequestError(
        f"{subject} {_rule(found, shows_type=bool(part))}.", param=param or None
    )


def _invalid_name(error: str, name: str, kind: type[Body], *, named: str) -> InvalidRequestError:
    if error == "required":
        return InvalidRequestError(f"The required field {name} is missing.", param=name)
    known = ", ".join(field.encode_name for field in msgspec.structs.fields(kind))
    name = name[:_SHOWN_CHARACTERS]
    return InvalidRequestError(
        f"Unknown {named} {name!r}. Known {named}s: {known or 'none'}.", param=name
    )


def _rule(found: str, *, shows_type: bool) -> str:
    """Turn msgspec's words into what the value must be."""
    if bound := re.match(_BOUND, found):
        kind, sign, number = bound.groups()
        if (kind, sign, number) == ("str", ">=", "1"):
            return "must not be empty"
        of = f"of at {'least' if sign == '>=' else 'most'} {number}"
        return f"must be {_TYPES[kind]} {of}{_UNITS[kind]}"
    if types := re.match(_TYPE, found):
        allowed = [_TYPES.get(each, each) for each in types[1].split(" | ") if each != "null"]
        given = f", not {_GIVEN.get(types[2]) or _TYPES[types[2]]}" if shows_type else ""
        return f"must be {' or '.join(allowed)}{given}"
    if pattern := re.match(_PATTERN, found):
        return f"must be a string that matches {pattern[1]}"
    if "RFC3339 encoded date" in found:
        return f"must be {_TYPES['date']}"
    if "decimal" in found:
        return "must be a number such as 9.50"
    return "is out of range" if "out of range" in found else "must have an allowed value"
