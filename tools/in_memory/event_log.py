"""The events in memory, with the whole contract of their port."""

from datetime import datetime

from shared.domain.errors import NotFoundError
from shared.domain.events import Event
from shared.ports.event_log import EventQuery
from tools.in_memory.campaign_repository import InMemoryCampaignRepository


class InMemoryEventLog:
    """Events are kept for ever."""

    def __init__(self, campaigns: InMemoryCampaignRepository) -> None:
        self._campaigns = campaigns

    def list(self, query: EventQuery) -> tuple[Event, ...]:
        with self._campaigns.lock:
            events = self._campaigns.events
            if query.after is not None and query.after not in events:
                raise NotFoundError("There is no event with this id.")
            ids = list(events)
            first = 0 if query.after is None else ids.index(query.after) + 1
            found = [events[each] for each in ids[first:]]
        return tuple(
            event
            for event in found
            if query.type in (None, event.type) and query.campaign_id in (None, event.campaign_id)
        )[: query.limit]

    def get(self, event_id: str) -> Event:
        with self._campaigns.lock:
            if event_id not in self._campaigns.events:
                raise NotFoundError("There is no event with this id.")
            return self._campaigns.events[event_id]

    def undispatched(self, before: datetime, *, limit: int) -> tuple[Event, ...]:
        with self._campaigns.lock:
            waiting = self._campaigns.undispatched.items()
            found = [self._campaigns.events[each] for each, at in waiting if at < before]
            return tuple(found[:limit])

    def note_dispatched(self, event_id: str) -> None:
        with self._campaigns.lock:
            self._campaigns.undispatched.pop(event_id, None)
