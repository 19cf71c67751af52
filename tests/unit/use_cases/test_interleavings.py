"""Somebody else acts between any two calls, and comes to an end before the first one goes on.

Each is one of two processes that share everything; a slow one may find that its lease is over.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from itertools import product

import pytest

from shared.domain.errors import NotFoundError, RejectedError
from shared.domain.video import VersionState
from shared.use_cases.change_versions import (
    cancel_video,
    delete_video,
    promote_video,
    restore_video,
)
from shared.use_cases.cleanup_campaign import cleanup_campaign
from shared.use_cases.create_videos import create_videos
from shared.use_cases.delete_campaign import delete_campaign
from shared.use_cases.finish_chores import finish_chores
from shared.use_cases.maintain_campaigns import maintain_campaigns
from shared.use_cases.regenerate_videos import regenerate_video
from shared.use_cases.retire_failed import retire_failed
from tests.fakes.ports import FakePorts
from tests.unit.use_cases import stories
from tests.unit.use_cases.rules import Witness
from tests.unit.use_cases.scenes import (
    CAMPAIGN_ID,
    a_request,
    budgeted_ports,
    pass_time,
    settle,
    wake_all,
)
from tests.unit.use_cases.watching import Hooks, Once, at_every_call, watched

pytestmark = pytest.mark.usefixtures("no_log", "one_thread")

LONGER_THAN_A_LEASE = timedelta(minutes=5)
STORIES = (
    stories.creating,
    stories.changing_the_prompt,
    stories.regenerating,
    stories.promoting,
    stories.cleaning_up,
    stories.deleting_the_current_one,
    stories.retiring,
    stories.deleting_a_campaign_that_waits,
    stories.cancelling_a_submitted_one,
    stories.remaking_while_busy,
    stories.remaking_a_slow_one,
)


def delivers_again(ports: FakePorts) -> None:
    wake_all(ports)


def delivers_again_later(ports: FakePorts) -> None:
    ports.clock.advance(LONGER_THAN_A_LEASE)
    wake_all(ports)


def finishes_everything(ports: FakePorts) -> None:
    while not all(video.has_ended for video in ports.campaigns.videos.values()):
        pass_time(ports)
        wake_all(ports)
    for campaign_id in ports.campaigns.campaigns:
        finish_chores(ports, campaign_id)


def creates(ports: FakePorts) -> None:
    create_videos(ports, a_request("A red bicycle"))


def changes_the_prompt(ports: FakePorts) -> None:
    create_videos(ports, a_request("A green bicycle"))


def regenerates(ports: FakePorts) -> None:
    on_each(VersionState.CURRENT, ports, regenerate_video)


def promotes(ports: FakePorts) -> None:
    on_each(VersionState.HISTORICAL, ports, promote_video)


def deletes_what_is_current(ports: FakePorts) -> None:
    on_each(VersionState.CURRENT, ports, delete_video)


def deletes_what_is_pending(ports: FakePorts) -> None:
    on_each(VersionState.PENDING, ports, delete_video)


def cancels(ports: FakePorts) -> None:
    on_each(VersionState.PENDING, ports, cancel_video)


def deletes_the_campaign(ports: FakePorts) -> None:
    delete_campaign(ports, CAMPAIGN_ID)


def cleans_up(ports: FakePorts) -> None:
    cleanup_campaign(ports, CAMPAIGN_ID, keep=0)


def retires(ports: FakePorts) -> None:
    retire_failed(ports, CAMPAIGN_ID, end=ports.now() + LONGER_THAN_A_LEASE)


def on_each(state: VersionState, ports: FakePorts, act: Callable[..., object]) -> None:
    for video in tuple(ports.campaigns.videos.values()):
        if video.version_state is state:
            act(ports, video.campaign_id, video.video_hash)


def restores(ports: FakePorts) -> None:
    on_each(VersionState.TRASHED, ports, restore_video)


def empties_the_trash(ports: FakePorts) -> None:
    on_each(VersionState.TRASHED, ports, partial(delete_video, purge=True))


def lets_the_trash_expire(ports: FakePorts) -> None:
    ports.clock.advance(stories.TRASH_TIME)
    maintain_campaigns(ports)


OTHERS = (
    delivers_again,
    delivers_again_later,
    finishes_everything,
    creates,
    changes_the_prompt,
    regenerates,
    promotes,
    deletes_what_is_current,
    deletes_what_is_pending,
    cancels,
    cleans_up,
    deletes_the_campaign,
    retires,
)

TRASHING = (
    stories.trashing_the_current_one,
    stories.replacing_one_too_many,
    stories.restoring,
    stories.purging,
)
WITH_TRASH = (
    finishes_everything,
    regenerates,
    promotes,
    deletes_what_is_current,
    cleans_up,
    deletes_the_campaign,
    restores,
    empties_the_trash,
    lets_the_trash_expire,
)


@pytest.mark.parametrize(
    ("story", "other"),
    [*product(STORIES, OTHERS), *product(TRASHING, WITH_TRASH)],
    ids=lambda each: each.__name__,
)
def test_the_rules_hold_whatever_another_process_does_meanwhile(
    story: stories.Story, other: Callable[[FakePorts], None]
) -> None:
    scene = budgeted_ports()
    command = story(scene)

    def simulate(at: int) -> bool:
        ports = scene.copy()
        witness = Witness(ports)

        def let_the_other_act() -> None:
            with suppress(RejectedError, NotFoundError):
                other(ports)
            witness()

        meanwhile = Once(let_the_other_act, at=at)
        acting = watched(ports, Hooks(before_call=meanwhile, after_effect=witness))
        with suppress(RejectedError, NotFoundError):
            command(acting)
        settle(ports, acting)
        witness.testify()
        return meanwhile.has_acted

    at_every_call(simulate)
