"""A crowd at a campaign's record: commits that lose every race, or wait for a slow store."""

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

from shared.domain.campaign import Change
from shared.domain.errors import CampaignNotFoundError, ConflictError
from shared.domain.video import Phase
from shared.ports import Ports
from shared.use_cases import committing
from tests.chaos.shared_state import SharedState
from tests.chaos.weak_ports import Instead

_PAUSE_SECONDS = 3.0
# Firestore's is about one. What is proven does not depend on it, and a test waits for it.
_WRITE_SECONDS = 0.25
_WRITES = multiprocessing.get_context("fork").Value("i")


def writes_of_slow_store() -> int:
    """Return how many there have been: its clock, which a busy machine does not advance."""
    writes: int = _WRITES.value
    return writes


@contextmanager
def losing_races(ports: Ports, state: SharedState) -> Iterator[Ports]:
    """Let commits that complete a video meet so many conflicts as the story has left."""
    if not state.races_to_lose:
        yield ports
        return
    with patch.object(committing, "time", _Hurry()):
        yield _with(ports, _Losing(ports.campaigns, state))


def at_a_slow_store(ports: Ports) -> Ports:
    """Let the store take one write of a campaign after the other, each of which takes its time."""
    return _with(ports, _Slow(ports.campaigns))


def _with(ports: Ports, campaigns: object) -> Ports:
    return cast("Ports", SimpleNamespace(**{**vars(ports), "campaigns": campaigns}))


class _Losing(Instead):
    def __init__(self, port: object, state: SharedState) -> None:
        super().__init__(port)
        self._state = state

    def commit(self, change: Change) -> Any:  # noqa: ANN401
        if self._state.races_to_lose and any(each.phase is Phase.DONE for each in change.videos):
            self._state.races_to_lose -= 1
            raise ConflictError("Somebody else was faster.")
        return self._port.commit(change)


class _Slow(Instead):
    """A write that comes too late is refused at once: only those that succeed take a turn."""

    def commit(self, change: Change) -> Any:  # noqa: ANN401
        with _WRITES:
            if change.campaign.revision != self._revision(change.campaign.campaign_id):
                raise ConflictError("Somebody else was faster.")
            time.sleep(_WRITE_SECONDS)
            _WRITES.value += 1
            return self._port.commit(change)

    def _revision(self, campaign_id: str) -> str:
        try:
            return str(self._port.get_campaign(campaign_id).revision)
        except CampaignNotFoundError:
            return ""


class _Hurry:
    """Lets seconds pass in no time, so that a caller that keeps losing gives up soon."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def sleep(self, _seconds: float) -> None:
        self._seconds += _PAUSE_SECONDS

    def monotonic(self) -> float:
        return self._seconds
