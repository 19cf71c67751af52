"""Any one call fails, with or without its effect, and the process goes on."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from shared.domain.errors import NotFoundError, ShowreelError, StorageError, UnavailableError
from tests.fakes.ports import FakePorts
from tests.unit.use_cases.rules import Witness
from tests.unit.use_cases.scenes import settle
from tests.unit.use_cases.stories import DELETIONS, STORIES, Story
from tests.unit.use_cases.watching import Hook, Hooks, Once, at_every_call, watched

pytestmark = pytest.mark.usefixtures("no_log", "one_thread")


def before_its_effect(fault: Hook, witness: Witness) -> Hooks:
    return Hooks(before_call=fault, after_effect=witness)


def after_its_effect(fault: Hook, witness: Witness) -> Hooks:
    def look_and_fail() -> None:
        witness()
        fault()

    return Hooks(after_effect=look_and_fail)


# A call that a store refuses for good has no effect.
@pytest.mark.parametrize(
    ("fails", "error"),
    [
        (before_its_effect, StorageError("Full.")),
        (before_its_effect, UnavailableError("Down.")),
        (after_its_effect, UnavailableError("Down.")),
    ],
    ids=["refused", "lost before its effect", "lost after its effect"],
)
@pytest.mark.parametrize("story", [*STORIES, *DELETIONS], ids=lambda story: story.__name__)
def test_a_failing_call_breaks_no_rule(
    story: Story, fails: Callable[[Hook, Witness], Hooks], error: ShowreelError
) -> None:
    def fail() -> None:
        raise error

    scene = FakePorts()
    command = story(scene)

    def simulate(at: int) -> bool:
        ports = scene.copy()
        witness = Witness(ports)
        fault = Once(fail, at=at)
        acting = watched(ports, fails(fault, witness))

        def insist(act: Callable[[], object]) -> None:
            try:
                act()
            except type(error):
                # A deletion that was done before its answer was lost finds nothing to delete.
                with suppress(NotFoundError):
                    act()

        insist(lambda: command(acting))
        insist(lambda: settle(ports, acting))
        witness.testify()
        return fault.has_acted

    at_every_call(simulate)
