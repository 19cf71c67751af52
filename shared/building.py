"""Objects that are built once, on first use, by one thread."""

from collections.abc import Callable
from functools import cached_property
from threading import RLock
from typing import Any, Self, TypeVar, overload

T = TypeVar("T")


class built_once(cached_property[T]):  # noqa: N801  # It is used as `cached_property` is.
    """A `cached_property` that several threads may ask for at once: it is built once.

    Since Python 3.12 functools builds it in each of them, and all but one are lost, with the
    connections they opened and whatever was counted in them.
    """

    def __init__(self, build: Callable[[Any], T]) -> None:
        super().__init__(build)
        self._building = RLock()

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type | None = None) -> T: ...
    def __get__(self, instance: object | None, owner: type | None = None) -> T | Self:
        if instance is None:
            return self
        with self._building:
            return super().__get__(instance, owner)
