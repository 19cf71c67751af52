"""What happens in tests: requests come, messages are delivered, clips appear, time passes."""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from shared.domain.errors import RetryLaterError
from shared.domain.schedule import DEADLINE, LATE_WINDOW, NAME_LIFE
from shared.domain.storage_layout import is_clip
from shared.domain.values import replace
from shared.domain.video import GenerationParameters, Video
from shared.ports import Ports
from shared.ports.message_queue import VideoMessage
from shared.settings import DEFAULT_MODEL
from shared.use_cases.create_videos import CreateVideos, Draft, create_videos
from shared.use_cases.generate_video import generate_video
from shared.use_cases.maintain_campaigns import maintain_campaigns
from shared.use_cases.regenerate_videos import regenerate_video
from tests.fakes.ports import POLICY, FakePorts
from tests.fakes.video_generator import Script

CAMPAIGN_ID = "spring"
PRICE = Decimal("3.20")
A_BUDGET = Decimal(90)
PARAMETERS = GenerationParameters(model=DEFAULT_MODEL)
SUCCESS = Script()
QUEUE_LIMIT = timedelta(hours=POLICY.queue_limit_hours)
TICK = timedelta(minutes=5)
MOST_TICKS = 30


def budgeted_ports() -> FakePorts:
    """Return ports of an installation whose day has a budget, which no story uses up."""
    return FakePorts(policy=replace(POLICY, daily_budget_usd=A_BUDGET))


def a_request(*prompts: str, **changes: Any) -> CreateVideos:  # noqa: ANN401
    """One prompt for each slot, in order."""
    drafts = tuple(Draft(prompt=prompt, index=index) for index, prompt in enumerate(prompts))
    fields = {"campaign_id": CAMPAIGN_ID, "drafts": drafts, "parameters": PARAMETERS}
    return CreateVideos(**{**fields, **changes})


def reserve(ports: Ports, prompt: str = "A red bicycle", **changes: Any) -> Video:  # noqa: ANN401
    """Create a video of which nothing is done yet."""
    (created,) = create_videos(ports, a_request(prompt, **changes))
    return created.video


def submit(ports: FakePorts, prompt: str = "A red bicycle", script: Script = SUCCESS) -> Video:
    """Create a video that the generator works on, and that will go as `script` says."""
    ports.generator.will(script)
    video = reserve(ports, prompt)
    deliver(ports)
    return stored(ports, video)


def give_up(ports: FakePorts) -> Video:
    """Let the deadline of a video pass before its clip is there."""
    video = submit(ports, script=Script(running_checks=MOST_TICKS))
    ports.clock.advance(DEADLINE)
    wake(ports, video)
    return stored(ports, video)


def lose_messages(ports: FakePorts) -> None:
    ports.queue._waiting.clear()


def make(ports: FakePorts, prompt: str = "A red bicycle", **changes: Any) -> Video:  # noqa: ANN401
    """Create a video and wait for its end."""
    video = reserve(ports, prompt, **changes)
    settle(ports)
    return stored(ports, video)


def remake(ports: FakePorts, video: Video) -> Video:
    """Regenerate `video` and wait for its end."""
    new = regenerate_video(ports, video.campaign_id, video.video_hash).video
    settle(ports)
    return stored(ports, new)


def stored(ports: FakePorts, video: Video) -> Video:
    return ports.campaigns.get_video(video.campaign_id, video.video_hash)


def message_for(video: Video) -> VideoMessage:
    return VideoMessage(campaign_id=video.campaign_id, video_hash=video.video_hash)


def wake(ports: Ports, video: Video) -> None:
    """Deliver a message for `video`, as if it came out of turn."""
    generate_video(ports, message_for(video))


def announced(ports: FakePorts, video: Video) -> VideoMessage:
    """Let the clip appear in the bucket, and return what that announces."""
    ports.generator.let_clips_appear()
    (path,) = (each for each in ports.objects.objects if is_clip(each))
    return replace(message_for(video), clip_path=path)


def wake_all(ports: FakePorts) -> None:
    """Deliver a message for every video."""
    for video in tuple(ports.campaigns.videos.values()):
        with suppress(RetryLaterError):
            wake(ports, video)


def deliver(ports: FakePorts, acting: Ports | None = None) -> None:
    """Deliver what is due in the queue."""
    ports.queue.deliver_all(partial(generate_video, acting or ports))


def pass_time(ports: FakePorts) -> None:
    """Veo writes the clips of what it accepted, and the bucket announces each."""
    ports.clock.advance(TICK)
    for submission in ports.generator.let_clips_appear():
        message = VideoMessage(campaign_id=submission.campaign_id, video_hash=submission.video_hash)
        ports.queue.publish(message)


def pass_life_of_names(ports: FakePorts) -> None:
    """Wait until no signed URL can be good any more, and let a tick come."""
    ports.clock.advance(NAME_LIFE)
    maintain_campaigns(ports)


def end_late_checks(ports: FakePorts) -> None:
    """Let the last late check of every video pass."""
    ports.clock.advance(LATE_WINDOW)
    maintain_campaigns(ports)
    deliver(ports)


def is_at_rest(ports: FakePorts) -> bool:
    return (
        all(video.has_ended for video in ports.campaigns.videos.values())
        and not any(campaign.chores for campaign in ports.campaigns.campaigns.values())
        and not ports.queue.messages
    )


def settle(ports: FakePorts, acting: Ports | None = None) -> None:
    """Let messages, clips and ticks come until nothing is left to be done."""
    for _ in range(MOST_TICKS):
        deliver(ports, acting)
        pass_time(ports)
        if is_at_rest(ports):
            return
        maintain_campaigns(acting or ports)
    raise AssertionError(f"There is work left after {MOST_TICKS} ticks.")
