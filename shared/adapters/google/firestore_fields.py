"""The fields of a record as Firestore takes them, and back.

Firestore reserves the names `__…__` and forbids empty ones, but callers choose the names in their
metadata. Such names are stored with a leading backslash.
"""

from datetime import datetime
from typing import Any

from google.cloud.firestore_v1.field_path import FieldPath

Fields = dict[str, Any]

_SHORTEST_RESERVED = len("____")


def to_fields(record: Fields) -> Fields:
    return {_escaped(name): _to_value(value) for name, value in record.items()}


def from_fields(fields: Fields) -> Fields:
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
        # Google's own class, with nanoseconds, does not equal a datetime of the same time.
        return datetime.combine(value, value.timetz())
    return value


def _escaped(name: str) -> str:
    return f"\\{name}" if _is_reserved(name) else name


def _is_reserved(name: str) -> bool:
    if name.startswith("__"):
        return name.endswith("__") and len(name) >= _SHORTEST_RESERVED
    return not name or name.startswith("\\")


def by_path(fields: Fields) -> Fields:
    """Return the fields for an update, which takes paths: some names have to be quoted."""
    return {FieldPath(name).to_api_repr(): value for name, value in to_fields(fields).items()}
