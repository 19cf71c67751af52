"""The events of the installation, in the order in which callers read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from datetime import datetime

    from shared.domain.events import Event, EventType


class EventQuery(Struct, frozen=True, kw_only=True):
    """Which events to list. `after` is the id of the last event of the page before."""

    after: str | None = None
    type: EventType | None = None
    campaign_id: str | None = None
    limit: int = 20


class EventLog(Protocol):
    """Reads what commits have stored: their repositories write the events of a change.

    An event that is stored already is not stored again. Each is kept for EVENT_DAYS at least.
    """

    def list(self, query: EventQuery) -> tuple[Event, ...]:
        """Return up to `limit` events in one order, in which an event never appears before another.

        So what follows the last event of a page is all that was not read yet. An event may appear
        some time after its commit. Raise NotFoundError if there is no event `after`. What
        cannot be read is left out.
        """

    def get(self, event_id: str) -> Event:
        """Raise NotFoundError or UnreadableRecordError."""

    def undispatched(self, before: datetime, *, limit: int) -> tuple[Event, ...]:
        """Return events of before a moment that are not dispatched, the earliest first.

        An event is not dispatched when it is committed. What cannot be read is left out.
        """

    def note_dispatched(self, event_id: str) -> None:
        """Take an event off the undispatched ones. An id that is not stored changes nothing."""
