"""The process dies between any two of its effects, and whatever it held is started again."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from shared.domain.errors import NotFoundError
from tests.unit.use_cases.rules import Witness
from tests.unit.use_cases.scenes import budgeted_ports, settle
from tests.unit.use_cases.stories import DELETIONS, STORIES, Story
from tests.unit.use_cases.watching import (
    DiedError,
    Hooks,
    Once,
    at_every_call,
    die,
    watched,
)

pytestmark = pytest.mark.usefixtures("no_log", "one_thread")


@pytest.mark.parametrize("messages", ["redelivered", "lost"])
@pytest.mark.parametrize("story", [*STORIES, *DELETIONS], ids=lambda story: story.__name__)
def test_a_crash_between_any_two_effects_changes_nothing(story: Story, messages: str) -> None:
    scene = budgeted_ports()
    command = story(scene)

    def simulate(at: int) -> bool:
        ports = scene.copy()
        witness = Witness(ports)
        crash = Once(die, at=at)
        acting = watched(ports, Hooks(before_effect=crash, after_effect=witness))

        def survive(act: Callable[[], object]) -> None:
            try:
                act()
            except DiedError:
                if messages == "lost":
                    ports.queue._waiting.clear()
                # A deletion that was done before its answer was lost finds nothing to delete.
                with suppress(NotFoundError):
                    act()

        survive(lambda: command(acting))
        survive(lambda: settle(ports, acting))
        witness.testify()
        return crash.has_acted

    at_every_call(simulate)
