"""The public form of things. A video is a strict superset of the OpenAI video object."""

from datetime import datetime
from functools import partial
from urllib.parse import urljoin

from shared.domain.campaign import Money
from shared.domain.models import Model, frame_size
from shared.domain.storage_layout import clip_path
from shared.domain.video import Cost, Video
from shared.http.resource_types import (
    CampaignResource,
    CostResource,
    EstimateResource,
    ModelResource,
    MoneyResource,
    SlotResource,
    VideoResource,
)
from shared.use_cases.create_videos import CreatedVideo
from shared.use_cases.estimate_videos import Estimates
from shared.use_cases.read_campaigns import CampaignView, SlotView

_LONGEST_PROGRESS = 95


def video_resource(video: Video, *, base_url: str, now: datetime) -> VideoResource:
    """`progress` is the elapsed part of the usual time: Veo reports none, so it stops at 95."""
    parameters = video.parameters
    width, height = frame_size(parameters.resolution, parameters.aspect_ratio)
    self_url = urljoin(base_url, f"v1/videos/{video.id}")
    content_url = f"{self_url}/content"
    return {
        "id": video.id,
        "object": "video",
        "created_at": _epoch(video.created_at),
        "completed_at": _epoch(video.completed_at) if video.completed_at else None,
        "expires_at": None,
        "status": video.status,
        "progress": progress(video, now),
        "error": video.failure,
        "model": parameters.model,
        "prompt": video.prompt,
        "seconds": str(parameters.duration_seconds),
        "size": f"{width}x{height}",
        "remixed_from_video_id": None,
        "campaign_id": video.campaign_id,
        "index": video.index,
        "version_state": video.version_state,
        "phase": video.phase,
        "business_context": video.business_context,
        "enhanced_prompt": video.enhanced_prompt,
        "aspect_ratio": parameters.aspect_ratio,
        "resolution": parameters.resolution,
        "fps": parameters.fps,
        "generate_audio": parameters.generate_audio,
        "negative_prompt": parameters.negative_prompt,
        "seed": parameters.seed,
        "person_generation": parameters.person_generation,
        "fingerprint": video.fingerprint,
        "cost": _cost(video.cost),
        "attempts": len(video.attempts),
        "cancel_requested": video.cancel_requested,
        "deadline_at": _epoch(video.deadline_at),
        "clip": video.clip,
        "filename": _filename(video),
        "content_url": content_url,
        "thumbnail_url": f"{content_url}?variant=thumbnail",
        "metadata": video.metadata,
        "ai_generated": True,
    }


def created_resource(created: CreatedVideo, *, base_url: str, now: datetime) -> VideoResource:
    """A video, and whether it was created, was attached to, or came from the cache."""
    resource = video_resource(created.video, base_url=base_url, now=now)
    resource["outcome"] = created.outcome
    return resource


def campaign_resource(
    view: CampaignView, *, base_url: str, now: datetime, limit: int
) -> CampaignResource:
    campaign = view.campaign
    slots = [_slot(slot, base_url=base_url, now=now) for slot in view.slots]
    return {
        "id": campaign.campaign_id,
        "object": "campaign",
        "created_at": _epoch(campaign.created_at),
        "updated_at": _epoch(campaign.updated_at),
        "max_videos": limit,
        "counts": {
            "current": sum(slot.current is not None for slot in view.slots),
            "pending": sum(slot.pending is not None for slot in view.slots),
            "historical": sum(len(slot.historical) for slot in view.slots),
            "cache_hits": campaign.cache_hits,
        },
        "money": _money(campaign.money),
        "slots": slots,
    }


def estimate_resource(estimates: Estimates) -> EstimateResource:
    return {
        "object": "estimate",
        "cost": {"currency": "USD", "estimated": estimates.cost, "basis": estimates.basis},
        "videos": [
            {
                "outcome": estimate.outcome,
                "index": estimate.index,
                "cost": estimate.cost,
                "video_id": estimate.video_id,
            }
            for estimate in estimates.videos
        ],
    }


def model_resource(model: Model, *, default: str) -> ModelResource:
    return {
        "id": model.model_id,
        "object": "model",
        "owned_by": "google",
        "stage": model.stage,
        "default": model.model_id == default,
        "seconds": model.durations,
        "resolutions": model.resolutions,
        "audio": model.audio,
        "usd_per_second": {
            resolution: {"with_audio": with_audio, "silent": silent}
            for resolution, (with_audio, silent) in model.prices.items()
        },
        "guaranteed_until": model.guaranteed_until,
        "retired_on": model.retired_on,
        "successor": model.successor,
    }


def progress(video: Video, now: datetime) -> int:
    """Return 0 to 100, and 100 only for a completed video."""
    if video.has_ended:
        return 100 if video.clip else 0
    attempt = video.attempts[-1] if video.attempts else None
    if attempt is None or attempt.expected_at is None:
        return 0
    usual = (attempt.expected_at - attempt.submitted_at).total_seconds()
    elapsed = (now - attempt.submitted_at).total_seconds()
    share = elapsed / usual if usual > 0 else 1.0
    return max(0, min(_LONGEST_PROGRESS, int(share * 100)))


def _slot(slot: SlotView, *, base_url: str, now: datetime) -> SlotResource:
    resource = partial(video_resource, base_url=base_url, now=now)
    return {
        "index": slot.index,
        "current": resource(slot.current) if slot.current else None,
        "pending": resource(slot.pending) if slot.pending else None,
        "historical": [resource(video) for video in slot.historical],
    }


def _cost(cost: Cost) -> CostResource:
    billed = cost.actual is not None and cost.actual > 0 and not cost.simulated
    return {
        "currency": cost.currency,
        "estimated": cost.estimated,
        "actual": cost.actual,
        "basis": f"{cost.basis}; simulated, not billed" if cost.simulated else cost.basis,
        "billed": billed,
    }


def _money(money: Money) -> MoneyResource:
    return {
        "currency": "USD",
        "reserved": money.reserved,
        "spent": money.spent,
        "simulated": money.simulated,
        "possibly_spent": money.possibly_spent,
        "saved": money.saved,
    }


def _filename(video: Video) -> str | None:
    if video.clip is None:
        return None
    path = clip_path(video.campaign_id, video.video_hash, video.index, current=video.is_current)
    return path.rpartition("/")[2]


def _epoch(moment: datetime) -> int:
    return int(moment.timestamp())
