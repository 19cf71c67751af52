"""What people ask for, and how generators answer: for simulations to disturb at every point.

A story sets its scene in peace and returns the command that begins it. What the command causes
goes on until the campaign is at rest.
"""

from collections.abc import Callable
from datetime import timedelta

from shared.domain.errors import GenerationRefusedError, GeneratorBusyError
from shared.domain.values import replace
from shared.domain.video import VersionState, Video
from shared.ports import Ports
from shared.ports.video_generator import Failed, Gone
from shared.use_cases.change_versions import (
    cancel_video,
    delete_video,
    promote_video,
    restore_video,
)
from shared.use_cases.cleanup_campaign import cleanup_campaign
from shared.use_cases.create_videos import create_videos
from shared.use_cases.delete_campaign import delete_campaign
from shared.use_cases.maintain_campaigns import maintain_campaigns
from shared.use_cases.regenerate_videos import regenerate_campaign, regenerate_video
from shared.use_cases.retire_failed import retire_failed
from tests.fakes.ports import POLICY, FakePorts
from tests.fakes.video_generator import Script
from tests.unit.use_cases.scenes import (
    A_BUDGET,
    CAMPAIGN_ID,
    TICK,
    a_request,
    deliver,
    end_late_checks,
    make,
    remake,
    reserve,
    settle,
)

TRASH_TIME = timedelta(days=7)

Command = Callable[[Ports], object]
Story = Callable[[FakePorts], Command]


def creating(ports: FakePorts) -> Command:
    return lambda acting: create_videos(acting, a_request("A red bicycle"))


def creating_four(ports: FakePorts) -> Command:
    return lambda acting: create_videos(acting, a_request("One", "Two", "Three", "Four"))


def changing_the_prompt(ports: FakePorts) -> Command:
    make(ports)
    return lambda acting: create_videos(acting, a_request("A blue bicycle"))


def regenerating(ports: FakePorts) -> Command:
    two_versions(ports)
    video = one_that_is(VersionState.CURRENT, ports)
    return lambda acting: regenerate_video(acting, CAMPAIGN_ID, video.video_hash)


def regenerating_all(ports: FakePorts) -> Command:
    create_videos(ports, a_request("One", "Two"))
    settle(ports)
    return lambda acting: regenerate_campaign(acting, CAMPAIGN_ID)


def promoting(ports: FakePorts) -> Command:
    two_versions(ports)
    video = one_that_is(VersionState.HISTORICAL, ports)
    return lambda acting: promote_video(acting, CAMPAIGN_ID, video.video_hash)


def cleaning_up(ports: FakePorts) -> Command:
    two_versions(ports)
    return lambda acting: cleanup_campaign(acting, CAMPAIGN_ID, keep=0)


def deleting_the_current_one(ports: FakePorts) -> Command:
    two_versions(ports)
    video = one_that_is(VersionState.CURRENT, ports)
    return lambda acting: delete_video(acting, CAMPAIGN_ID, video.video_hash)


def deleting_a_historical_one(ports: FakePorts) -> Command:
    two_versions(ports)
    video = one_that_is(VersionState.HISTORICAL, ports)
    return lambda acting: delete_video(acting, CAMPAIGN_ID, video.video_hash)


def deleting_a_reserved_one(ports: FakePorts) -> Command:
    video = reserve(ports)
    return lambda acting: delete_video(acting, CAMPAIGN_ID, video.video_hash)


def deleting_the_campaign(ports: FakePorts) -> Command:
    two_versions(ports)
    return lambda acting: delete_campaign(acting, CAMPAIGN_ID)


def deleting_a_campaign_that_waits(ports: FakePorts) -> Command:
    make(ports)
    reserve(ports, "A blue bicycle")
    return lambda acting: delete_campaign(acting, CAMPAIGN_ID)


def cancelling_a_reserved_one(ports: FakePorts) -> Command:
    video = reserve(ports)
    return lambda acting: cancel_video(acting, CAMPAIGN_ID, video.video_hash)


def cancelling_a_submitted_one(ports: FakePorts) -> Command:
    make(ports)
    video = reserve(ports, "A blue bicycle")
    deliver(ports)
    return lambda acting: cancel_video(acting, CAMPAIGN_ID, video.video_hash)


def trashing_the_current_one(ports: FakePorts) -> Command:
    """Trash one whose slot has made another version meanwhile, and perhaps is making one."""
    keep_trash(ports)
    two_versions(ports)
    video = one_that_is(VersionState.CURRENT, ports)
    return lambda acting: delete_video(acting, CAMPAIGN_ID, video.video_hash)


def replacing_one_too_many(ports: FakePorts) -> Command:
    """Regenerate where a historical video goes to the trash for it."""
    keep_trash(ports)
    return regenerating(ports)


def restoring(ports: FakePorts) -> Command:
    """Restore the one that was current; the slot has only a historical one."""
    trashing_the_current_one(ports)(ports)
    video = one_that_is(VersionState.TRASHED, ports)
    return lambda acting: restore_video(acting, CAMPAIGN_ID, video.video_hash)


def purging(ports: FakePorts) -> Command:
    """Let a tick remove two videos whose time in the trash is over."""
    trashing_the_current_one(ports)(ports)
    cleanup_campaign(ports, CAMPAIGN_ID, keep=0)
    ports.clock.advance(TRASH_TIME)
    return maintain_campaigns


def retiring(ports: FakePorts) -> Command:
    """Retire one that was not billed, one that may have been, and one that was cancelled."""
    make(ports)
    for ending in (Failed(code="content_filtered", message="A policy."), Gone()):
        ports.generator.will(Script(ending=ending))
        make(ports, "A blue bicycle")
    video = reserve(ports, "A blue bicycle")
    cancel_video(ports, CAMPAIGN_ID, video.video_hash)
    ports.clock.advance(timedelta(days=ports.policy.keep_failed_days + 1))
    end_late_checks(ports)
    return lambda acting: retire_failed(acting, CAMPAIGN_ID, end=ports.now() + TICK)


def remaking_while_busy(ports: FakePorts) -> Command:
    busy = GeneratorBusyError("No quota.", retry_after=timedelta(seconds=10))
    return _remaking_with(ports, Script(raises=busy))


def remaking_what_is_refused(ports: FakePorts) -> Command:
    refused = GenerationRefusedError("Not this.", code="invalid_request")
    return _remaking_with(ports, Script(raises=refused))


def remaking_what_is_filtered(ports: FakePorts) -> Command:
    filtered = Failed(code="content_filtered", message="A policy.")
    return _remaking_with(ports, Script(ending=filtered))


def remaking_a_slow_one(ports: FakePorts) -> Command:
    return _remaking_with(ports, Script(running_checks=3))


def remaking_a_broken_one(ports: FakePorts) -> Command:
    return _remaking_with(ports, Script(ending=b"half a cl"))


def remaking_one_that_is_lost(ports: FakePorts) -> Command:
    return _remaking_with(ports, Script(ending=Gone()))


STORIES: tuple[Story, ...] = (
    creating,
    creating_four,
    changing_the_prompt,
    regenerating,
    regenerating_all,
    promoting,
    cleaning_up,
    deleting_the_current_one,
    deleting_a_historical_one,
    deleting_a_reserved_one,
    cancelling_a_reserved_one,
    cancelling_a_submitted_one,
    trashing_the_current_one,
    replacing_one_too_many,
    restoring,
    purging,
    retiring,
    remaking_while_busy,
    remaking_what_is_refused,
    remaking_what_is_filtered,
    remaking_a_slow_one,
    remaking_a_broken_one,
    remaking_one_that_is_lost,
)

DELETIONS: tuple[Story, ...] = (deleting_the_campaign, deleting_a_campaign_that_waits)
"""Those after which no campaign is left to copy."""


def keep_trash(ports: FakePorts) -> None:
    """From now on, what is deleted can be restored for a week."""
    ports.policy = replace(POLICY, trash_days=TRASH_TIME.days, daily_budget_usd=A_BUDGET)


def two_versions(ports: FakePorts) -> None:
    """Let slot 0 show a video that replaced another."""
    remake(ports, make(ports))


def one_that_is(state: VersionState, ports: FakePorts) -> Video:
    return next(each for each in ports.campaigns.videos.values() if each.version_state is state)


def _remaking_with(ports: FakePorts, script: Script) -> Command:
    video = make(ports)
    ports.generator.will(script)
    return lambda acting: regenerate_video(acting, CAMPAIGN_ID, video.video_hash)
