"""Records to start a test from; what a test does not name is valid and beside its point."""

from datetime import UTC, datetime, timedelta
from typing import Any

from shared.domain.campaign import Campaign
from shared.domain.clip import ClipFacts
from shared.domain.inputs import Picture
from shared.domain.play_tokens import PlayToken
from shared.domain.plays import Beacon
from shared.domain.reservation import new_video
from shared.domain.values import replace
from shared.domain.video import GenerationParameters, Phase, Video
from shared.domain.video_steps import (
    begin_attempt,
    begin_storing,
    submission_accepted,
    take_attempt_back,
)

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SOON = NOW + timedelta(minutes=1)
LIMIT = 4
A_VIDEO = "video_spring.0123456789abcdef"
MODEL = "veo-3.1-generate-001"
CLIP = ClipFacts(
    duration_seconds=8.0,
    width=1280,
    height=720,
    fps=24.0,
    video_codec="h264",
    audio_codec="aac",
    size_bytes=1_000_000,
)


def a_picture(number: int = 0) -> Picture:
    return Picture(
        sha256=f"{number:064x}", media_type="image/png", size_bytes=123, width=64, height=36
    )


def a_source_clip(seconds: float = 8.0) -> Picture:
    return replace(
        a_picture(9), media_type="video/mp4", width=1280, height=720, duration_seconds=seconds
    )


def a_campaign(campaign_id: str = "spring") -> Campaign:
    return Campaign(campaign_id=campaign_id, created_at=NOW, updated_at=NOW)


def a_reserved_video(number: int = 0, **changes: Any) -> Video:  # noqa: ANN401
    """The video number `number` of its campaign: each has its own hash and prompt."""
    video = new_video(
        campaign_id="spring",
        video_hash=f"{number:016x}",
        index=0,
        prompt=f"Prompt {number}.",
        business_context={},
        parameters=GenerationParameters(model=MODEL),
        metadata={},
        simulated=False,
        now=NOW,
        limit_at=NOW + timedelta(hours=24),
    )
    return replace(video, **changes)


def a_submitting_video(number: int = 0, **changes: Any) -> Video:  # noqa: ANN401
    video = begin_attempt(a_reserved_video(number), now=NOW, lease_expires_at=SOON)
    return replace(video, **changes)


def taken_back(video: Video) -> Video:
    """The submission of `video` was refused by a busy generator."""
    return take_attempt_back(video, place=None, due_at=SOON, deadline_at=video.deadline_at)


def a_generating_video(number: int = 0, **changes: Any) -> Video:  # noqa: ANN401
    video = submission_accepted(
        a_submitting_video(number), operation=f"op-{number}", expected_at=SOON, due_at=SOON
    )
    return replace(video, **changes)


def a_storing_video(number: int = 0, **changes: Any) -> Video:  # noqa: ANN401
    video = begin_storing(a_generating_video(number), lease_expires_at=SOON)
    return replace(video, **changes)


def a_video_in(phase: Phase) -> Video:
    """A video that has one attempt, in any phase."""
    return replace(a_generating_video(), phase=phase)


def a_token(**changes: Any) -> PlayToken:  # noqa: ANN401  # Any field of the class.
    token = PlayToken(
        video_id=A_VIDEO, duration_ms=8000, issued_at=NOW, expires_at=NOW + timedelta(days=1)
    )
    return replace(token, **changes)


def a_beacon(number: int = 0, **changes: Any) -> Beacon:  # noqa: ANN401  # Any field of the class.
    return replace(Beacon(view=f"{number:032x}", seq=1, token=""), **changes)
