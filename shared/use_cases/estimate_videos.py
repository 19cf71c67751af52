"""Say what a request would cost and what of it is cached, and do nothing."""

from dataclasses import dataclass
from decimal import Decimal

from shared.domain.campaign import ZERO
from shared.domain.models import price_basis, require_supported
from shared.ports import Ports
from shared.use_cases.create_videos import CreateVideos, Outcome, plan_videos


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What would become of one prompt. `video_id` is None for one that does not exist yet."""

    outcome: Outcome
    index: int
    cost: Decimal = ZERO
    video_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Estimates:
    """In the order of the prompts; `basis` says how the price comes about."""

    videos: tuple[Estimate, ...]
    basis: str

    @property
    def cost(self) -> Decimal:
        return sum((estimate.cost for estimate in self.videos), ZERO)


def estimate_videos(ports: Ports, request: CreateVideos) -> Estimates:
    """Raise what `create_videos` would raise."""
    require_supported(request.parameters, ports.now().date())
    plan = plan_videos(ports, request)
    unpaid = dict(plan.reserved)
    estimates: list[Estimate] = []
    for video_hash in plan.places:
        video = unpaid.pop(video_hash, None)
        if video is not None:
            outcome, cost = Outcome.CREATED, video.cost.estimated
            estimates.append(Estimate(outcome=outcome, index=video.index, cost=cost))
        elif video_hash in plan.reserved:
            index = plan.reserved[video_hash].index
            estimates.append(Estimate(outcome=Outcome.ATTACHED, index=index))
        else:
            estimates.append(_spared(ports, request.campaign_id, video_hash))
    return Estimates(videos=tuple(estimates), basis=price_basis(request.parameters))


def _spared(ports: Ports, campaign_id: str, video_hash: str) -> Estimate:
    video = ports.campaigns.get_video(campaign_id, video_hash)
    outcome = Outcome.CACHE_HIT if video.is_current else Outcome.ATTACHED
    return Estimate(outcome=outcome, index=video.index, video_id=video.id)
