"""Estimate the cost of a request, and which of its videos are cached. Change nothing."""

from decimal import Decimal

from msgspec import Struct

from shared.domain.models import price_basis
from shared.domain.money import ZERO
from shared.domain.video import Outcome
from shared.ports import Ports
from shared.use_cases.budgeting import require_left_today
from shared.use_cases.committing import until_committed
from shared.use_cases.create_videos import CreateVideos, plan_videos, require_usable
from shared.use_cases.reserving import CreatedVideo


class Estimate(Struct, frozen=True, kw_only=True):
    """The outcome of one prompt. `video_id` is None for a video that does not exist yet."""

    outcome: Outcome
    index: int
    enhanced_prompt: str
    cost: Decimal = ZERO
    video_id: str | None = None


class Estimates(Struct, frozen=True, kw_only=True):
    """In the order of the prompts; `basis` explains the price."""

    videos: tuple[Estimate, ...]
    basis: str

    @property
    def cost(self) -> Decimal:
        return sum((estimate.cost for estimate in self.videos), ZERO)


def estimate_videos(ports: Ports, request: CreateVideos) -> Estimates:
    """Raise every error that `create_videos` would raise."""
    require_usable(ports, request)
    plan = until_committed(lambda: plan_videos(ports, request))
    require_left_today(ports, plan.cost)
    videos = tuple(_estimate(answer) for answer in plan.answers)
    return Estimates(videos=videos, basis=price_basis(request.parameters))


def _estimate(answer: CreatedVideo) -> Estimate:
    video = answer.video
    return Estimate(
        outcome=answer.outcome,
        index=video.index,
        enhanced_prompt=video.enhanced_prompt,
        cost=video.cost.estimated if answer.outcome is Outcome.CREATED else ZERO,
        video_id=video.id if video.revision else None,
    )
