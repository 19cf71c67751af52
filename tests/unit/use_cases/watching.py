"""Ports that let a test look, or step in, around every call."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from threading import Lock
from types import SimpleNamespace
from typing import Any, TypeVar, cast

from shared.ports import Ports
from shared.use_cases.savings import SavingsCounter
from tests.fakes.ports import FakePorts


class DiedError(BaseException):
    """As SIGKILL: nothing catches it."""


def die() -> None:
    raise DiedError


READS = frozenset(
    {
        "anything_waits",
        "due",
        "get",
        "free_bytes",
        "changed_since",
        "get_all_videos",
        "get_campaign",
        "get_day",
        "get_pace",
        "get_paces",
        "get_many",
        "get_together",
        "get_video",
        "get_videos",
        "head",
        "inspect",
        "list",
        "open",
        "is_case_sensitive",
        "survey",
        "totals",
        "waiting",
    }
)

Hook = Callable[[], object]
T = TypeVar("T")


def do_nothing() -> None:
    """Do nothing, where no hook is set."""


@dataclass(frozen=True, kw_only=True)
class Hooks:
    before_call: Hook = do_nothing
    before_effect: Hook = do_nothing
    after_effect: Hook = do_nothing


class _Watched:
    """Hands every call on to `port`, and calls the hooks around it."""

    def __init__(self, port: object, hooks: "Hooks") -> None:
        self._port = port
        self._hooks = hooks

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._port, name)

        def call(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
            self._hooks.before_call()
            if name in READS:
                return method(*args, **kwargs)
            self._hooks.before_effect()
            result = method(*args, **kwargs)
            self._hooks.after_effect()
            return result

        return call


def watched(ports: FakePorts, hooks: Hooks) -> Ports:
    """Return `ports` for a use case to act on."""

    def watch(port: T) -> T:
        return cast("T", _Watched(port, hooks))

    campaigns = watch(ports.campaigns)
    return cast(
        "Ports",
        SimpleNamespace(
            objects=watch(ports.objects),
            # What it does with objects is at no risk: an interrupted proof is made once more.
            storage_probe=ports.storage_probe,
            campaigns=campaigns,
            batches=watch(ports.batches),
            turns=watch(ports.turns),
            # What follows an end has its own tests.
            events=ports.events,
            webhooks=ports.webhooks,
            experiments=ports.experiments,
            reviews=ports.reviews,
            plays=ports.plays,
            # Nothing that is decided depends on it.
            mirror=ports.mirror,
            queue=watch(ports.queue),
            generator=watch(ports.generator),
            inspector=watch(ports.inspector),
            savings=SavingsCounter(campaigns),
            local_signatures=None,
            policy=ports.policy,
            leases=ports.leases,
            rates=ports.rates,
            now=ports.clock,
        ),
    )


class Once:
    """A hook that does `act` at the call number `at`, counted from 0, and never again."""

    def __init__(self, act: Hook, *, at: int) -> None:
        self._act = act
        self._counting = Lock()
        self._left = at
        self.has_acted = False

    def __call__(self) -> None:
        with self._counting:
            self._left -= 1
            is_due = self._left == -1
        if is_due:
            self.has_acted = True
            self._act()


def at_every_call(simulate: Callable[[int], bool]) -> None:
    """Run `simulate` with 0, 1, … until it says that there was no such call any more."""
    for at in count():
        try:
            if not simulate(at):
                return
        except BaseException as error:
            error.add_note(f"It was disturbed at call {at}.")
            raise
