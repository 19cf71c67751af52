"""Fields of a record that this release does not know, kept for the release that does.

Each is kept with the path of its object. Elements of lists move, so they are identified by their
key, and versions of a slot by their hash.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Place = tuple[object, ...]
Object = dict[str, Any]

_IDENTITY = ("number", "kind", "video_hash", "index", "id", "video_id", "name")

# Added by the store and by this module when they read a record; no release stores them.
_ADDED = frozenset({"revision", "unread"})


def unread_fields(record: Object, known: Object) -> Mapping[Place, Object]:
    """Return the fields of `record` that `known`, which was decoded from it, lacks."""
    return {
        place: {name: part[name] for name in sorted(names)}
        for place, part, same in _pairs(record, known, ())
        if (names := part.keys() - same.keys() - _ADDED)
    }


def with_unread(record: Object, unread: Mapping[Place, Mapping[str, Any]]) -> Object:
    """Restore the unknown fields in the objects that `record` still has."""
    for place, part, _ in list(_pairs(record, record, ())):
        part.update(unread.get(place, {}))
    return record


def _pairs(value: object, same: object, place: Place) -> Iterator[tuple[Place, Object, Object]]:
    """Yield each object of a record with its path and its known part."""
    if isinstance(value, dict) and isinstance(same, dict):
        yield place, value, same
        for name in same.keys() & value.keys():
            yield from _pairs(value[name], same[name], _place_of(same[name], (*place, name)))
    elif isinstance(value, (list, tuple)) and isinstance(same, (list, tuple)):
        for each, other in zip(value, same, strict=True):
            yield from _pairs(each, other, _place_of(other, place))


def _place_of(value: object, place: Place) -> Place:
    if not isinstance(value, dict):
        return place
    if value.keys() >= {"fingerprint", "video_hash"}:
        return ("version", value["video_hash"])
    return (*place, *(value[name] for name in _IDENTITY if name in value))
