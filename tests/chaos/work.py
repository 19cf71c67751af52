"""What processes do: act for a caller, or deliver what is due, until all is at rest."""

import signal
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TypeVar

from shared.bootstrap.choices import is_stopping
from shared.domain.errors import RetryLaterError
from shared.domain.webhooks import DeliveryKey
from shared.http.events import event_body
from shared.ports import Ports
from shared.requests.batches import lines_of
from shared.use_cases.deliver_event import deliver_event, dispatch_event
from shared.use_cases.generate_video import generate_video
from shared.use_cases.maintain_campaigns import take_tick
from shared.use_cases.run_batch import run_batch
from tests.chaos.mailbox import Letter, Mailbox
from tests.chaos.moments import REQUESTED
from tests.chaos.rules import is_at_rest
from tests.chaos.stories import Act, Versions
from tests.chaos.tripwire import Meeting, Touch, touch_nothing
from tests.chaos.worlds import World

T = TypeVar("T")

Work = Callable[[Touch], T]
"""Touches every point that it comes to."""

TICK = timedelta(minutes=1)
MOST_TICKS = 90

_MOST_DELIVERIES = 500


@dataclass(frozen=True, kw_only=True)
class Post:
    """What a deliverer knows: the letters that wait, and how many there were when it looked."""

    waiting: frozenset[Letter] = frozenset()
    read: int = 0

    @classmethod
    def of(cls, others: Iterable["Post"]) -> "Post":
        """Return what several know together. What one of them has not seen is delivered again."""
        known = list(others)
        waiting = frozenset[Letter]().union(*(each.waiting for each in known))
        return cls(waiting=waiting, read=min(each.read for each in known))

    def letters_due(self, world: World) -> list[Letter]:
        """Return all that may be delivered now, one of each video."""
        letters = {*self.waiting, *world.mailbox.letters(after=self.read)}
        due = {each.message: each for each in letters if each.due_at <= world.clock()}
        return sorted(due.values())

    def is_empty(self, mailbox: Mailbox) -> bool:
        return not self.waiting and not mailbox.letters(after=self.read)


@dataclass(frozen=True, kw_only=True)
class Round:
    post: Post
    at_rest: bool


def act_once(world: World, act: Act, versions: Versions, touch: Touch) -> None:
    with world.opened(touch) as site:
        act(site, versions)


def deliver(world: World, post: Post, touch: Touch) -> Round:
    """Deliver what is due, and what that publishes."""
    with world.opened(touch) as site:
        delivered = _deliver(site.ports, world.mailbox, post)
    return Round(post=delivered, at_rest=world.observe(is_at_rest))


def tick_and_deliver(world: World, post: Post, touch: Touch) -> Round:
    with world.opened(touch) as site:
        take_tick(site.ports, giving=timedelta())
        delivered = _deliver(site.ports, world.mailbox, post)
    return Round(post=delivered, at_rest=world.observe(is_at_rest))


Do = Callable[[Work[Round]], list[Round]]
"""Lets some process do the work, or several of them."""


def settle(world: World, post: Post, do: Do) -> Post | None:
    """Let time pass until all is at rest. Return None if it never is."""
    work = deliver
    for _ in range(MOST_TICKS):
        rounds = do(partial(work, world, post))
        post = Post.of(each.post for each in rounds)
        if any(each.at_rest for each in rounds) and post.is_empty(world.mailbox):
            return post
        if is_stopping():
            return None
        world.clock.advance(TICK)
        world.let_clips_appear()
        work = tick_and_deliver
    return None


class _Server:
    """Notes that it was asked to stop, as the worker of the framework's server does."""

    def __init__(self) -> None:
        self.alive = True
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._handle)

    def _handle(self, _number: int, _frame: object) -> None:
        self.alive = False


def live(world: World, act: Work[None], post: Post, touch: Touch) -> bool:
    """Act and settle as the only process, and return whether all comes to rest.

    Asked to stop, finish what has begun.
    """
    _Server()
    act(touch)
    touch(REQUESTED)
    world.state.has_acted = 1
    return settle(world, post, lambda work: [work(touch)]) is not None


def settle_quietly(world: World, post: Post, touch: Touch) -> None:
    """Settle while another process stands still, which may be what keeps all from its rest."""
    settle(world, post, lambda work: [work(touch)])


def settle_alone(world: World) -> bool:
    """Do the same as the only process, which knows of no message, and return whether it is."""
    post = Post(read=len(world.mailbox.letters(after=0)))
    return settle(world, post, lambda work: [work(touch_nothing)]) is not None


def in_step(work: Work[T], world: World, me: int) -> T:
    """Do it in step with another process that does the same."""
    meeting = Meeting(world.state, me)
    try:
        return work(meeting)
    finally:
        meeting.leave()


def _deliver(ports: Ports, mailbox: Mailbox, post: Post) -> Post:
    waiting, read = set(post.waiting), post.read
    for _ in range(_MOST_DELIVERIES):
        new = mailbox.letters(after=read)
        read += len(new)
        waiting |= {*new}
        due = sorted(letter for letter in waiting if letter.due_at <= ports.now())
        if not due or is_stopping():
            return Post(waiting=frozenset(waiting), read=read)
        letter = due[0]
        # Equal messages are one delivery.
        waiting -= {each for each in due if each.message == letter.message}
        wait = take_letter(ports, letter)
        if wait is not None:
            waiting.add(replace(letter, due_at=ports.now() + wait))
    raise AssertionError(f"There are messages after {_MOST_DELIVERIES} deliveries.")


def _take_other(ports: Ports, ids: str) -> None:
    """Take a message that is not of a video."""
    if ids.startswith("evt_"):
        dispatch_event(ports, ids, event_body)
    elif "/" in ids:
        deliver_event(ports, DeliveryKey(*ids.split("/")), event_body)
    else:
        run_batch(ports, ids, lines_of)


def take_letter(ports: Ports, letter: Letter) -> timedelta | None:
    """Return when it has to be delivered again, if it has to be."""
    try:
        if not letter.campaign_id:
            _take_other(ports, letter.video_hash)
            return None
        generate_video(ports, letter.message)
    except RetryLaterError as error:
        return error.retry_after
    return None
