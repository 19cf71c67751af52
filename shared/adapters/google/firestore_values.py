"""Records as Firestore's fields, and back: equal field by field.

Firestore reserves the names `__…__` and has no empty one, but callers name the entries of their
metadata as they like. Such a name is stored behind a backslash.
"""

import re
from datetime import datetime
from typing import Any

_RESERVED = re.compile(r"(?:__.*__|\\.*)?", re.DOTALL)


def to_fields(record: dict[str, Any]) -> dict[str, Any]:
    return {_escaped(name): _to_value(value) for name, value in record.items()}


def from_fields(fields: dict[str, Any]) -> dict[str, Any]:
    return {name.removeprefix("\\"): _from_value(value) for name, value in fields.items()}


def _to_value(value: object) -> object:
    if isinstance(value, dict):
        return to_fields(value)
    if isinstance(value, (list, tuple)):
        return [_to_value(each) for each in value]
    return value


def _from_value(value: object) -> object:
    if isinstance(value, dict):
        return from_fields(value)
    if isinstance(value, list):
        return [_from_value(each) for each in value]
    if isinstance(value, datetime):
        # Google's own class, which counts nanoseconds, does not equal a moment of the same time.
        return datetime.combine(value, value.timetz())
    return value


def _escaped(name: str) -> str:
    return f"\\{name}" if _RESERVED.fullmatch(name) else name
