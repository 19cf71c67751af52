"""The public form of a video: a strict superset of the OpenAI video object."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from shared.domain.clip_warnings import clip_warnings
from shared.domain.inputs import Inputs, input_id
from shared.domain.models import frame_size
from shared.domain.signed_tokens import hour_of, sign_embed, token_of_video
from shared.domain.storage_layout import clip_path
from shared.domain.tasks import task_of
from shared.domain.video import Status
from shared.http.calls import encode
from shared.http.provenance import provenance_of

if TYPE_CHECKING:
    from datetime import datetime

    from shared.domain.inputs import Picture
    from shared.domain.queueing import QueueEstimate
    from shared.domain.signed_tokens import EmbedTarget
    from shared.domain.unreadable import Unreadable
    from shared.domain.video import Cost, Outcome, Video
    from shared.http.calls import Call
    from shared.http.resource_types import (
        ClipWarningResource,
        CostResource,
        QueueResource,
        UnreadableResource,
        VideoResource,
    )

_LONGEST_PROGRESS = 95
_MOST_ENCODED = 1024

_NO_INPUTS = Inputs()

_encoded: dict[tuple[str, str, str, Outcome | None, int], msgspec.Raw] = {}


def video_resource(
    call: Call, video: Video, *, queue: QueueEstimate | None = None
) -> VideoResource:
    """`progress` is the elapsed share of the expected time, up to 95: Veo reports none.

    `queue` is the estimate for a video that waits for its turn.
    """
    parameters = video.parameters
    width, height = frame_size(parameters.resolution, parameters.aspect_ratio)
    base_url = call.base_url
    embed_url, play_token = _embedding(call, video)
    content_url = content_url_of(video.id, base_url=base_url)
    attempt = video.attempts[-1] if video.attempts else None
    inputs = parameters.inputs or _NO_INPUTS
    return {
        "id": video.id,
        "object": "video",
        "created_at": epoch(video.created_at),
        "completed_at": moment(video.completed_at),
        "expires_at": moment(video.purge_at),
        "status": video.status,
        "progress": progress(video, call.now),
        "error": video.failure,
        "model": parameters.model,
        "prompt": video.prompt,
        "seconds": str(round(parameters.clip_seconds)),
        "size": f"{width}x{height}",
        "task": task_of(parameters.inputs),
        "remixed_from_video_id": video.remixed_from_video_id,
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
        "image": _id_of(video, inputs.image),
        "last_frame": _id_of(video, inputs.last_frame),
        "reference_images": [input_id(video.campaign_id, each) for each in inputs.reference_images],
        "extended_clip": _id_of(video, inputs.extended_clip),
        "edited_clip": _id_of(video, inputs.edited_clip),
        "fingerprint": video.fingerprint,
        "cost": cost_resource(video.cost),
        "attempts": len(video.attempts),
        "cancel_requested": video.cancel_requested,
        "priority": video.priority,
        "queue": None if queue is None else _queue(queue),
        "deadline_at": epoch(video.deadline_at),
        "submitted_at": moment(attempt.submitted_at if attempt else None),
        "expected_at": moment(attempt.expected_at if attempt else None),
        "clip": video.clip if video.status is Status.COMPLETED else None,
        "warnings": _warnings(video),
        "kept": video.kept,
        "purge_at": moment(video.purge_at),
        "filename": _filename(video),
        "content_url": content_url,
        "thumbnail_url": thumbnail_url_of(video.id, base_url=base_url),
        "embed_url": embed_url,
        "play_token": play_token,
        "metadata": video.metadata,
        "tags": video.tags,
        "requested_by": video.requested_by,
        "ai_generated": video.ai_generated,
        "provenance": provenance_of(video) if video.status is Status.COMPLETED else None,
    }


def unreadable_resource(record: Unreadable) -> UnreadableResource:
    return {"id": record.id, "detail": record.detail}


def encoded_video(
    call: Call,
    video: Video,
    *,
    outcome: Outcome | None = None,
    queue: QueueEstimate | None = None,
) -> msgspec.Raw:
    """Encode a video with the outcome of its request.

    Ended videos are cached in encoded form, for the hour in which their play tokens are the same.
    """
    if not video.has_ended:
        return _encode(video_resource(call, video, queue=queue), outcome)
    key = (video.id, video.revision, call.base_url, outcome, hour_of(call.now))
    encoded = _encoded.get(key)
    if encoded is None:
        if len(_encoded) >= _MOST_ENCODED:
            _encoded.clear()
        encoded = _encoded[key] = _encode(video_resource(call, video), outcome)
    return encoded


def progress(video: Video, now: datetime) -> int:
    """Return 0 to 100; 100 means completed."""
    if video.has_ended:
        return 100 if video.clip else 0
    attempt = video.attempts[-1] if video.attempts else None
    if attempt is None or attempt.expected_at is None:
        return 0
    usual = (attempt.expected_at - attempt.submitted_at).total_seconds()
    elapsed = (now - attempt.submitted_at).total_seconds()
    share = elapsed / usual if usual > 0 else 1.0
    return max(0, min(_LONGEST_PROGRESS, int(share * 100)))


def _encode(resource: VideoResource, outcome: Outcome | None) -> msgspec.Raw:
    if outcome is not None:
        resource["outcome"] = outcome
    return msgspec.Raw(encode(resource))


def content_url_of(video_id: str, *, base_url: str) -> str:
    return f"{base_url}v1/videos/{video_id}/content"


def thumbnail_url_of(video_id: str, *, base_url: str) -> str:
    return f"{content_url_of(video_id, base_url=base_url)}?variant=thumbnail"


def embed_url_of(target: EmbedTarget, *, base_url: str, key: bytes) -> str:
    return f"{base_url}v1/embeds/{sign_embed(target, key)}"


def epoch(moment: datetime) -> int:
    return int(moment.timestamp())


def moment(moment: datetime | None) -> int | None:
    return epoch(moment) if moment else None


def _embedding(call: Call, video: Video) -> tuple[str | None, str | None]:
    """Return the URL that embeds its slot, or it if it is not current, and its play token.

    A video that is not completed, or is trashed, has neither, nor has any where plays are not
    counted.
    """
    is_shown = video.status is Status.COMPLETED and not video.is_trashed
    if video.clip is None or not is_shown or not call.ports.play_key:
        return None, None
    key = call.ports.play_key
    target: EmbedTarget = ("video", video.id)
    if video.is_current:
        target = ("slot", video.campaign_id, video.index)
    duration_ms = round(video.clip.duration_seconds * 1000)
    token = token_of_video(video.id, duration_ms, hour_of(call.now), key)
    return embed_url_of(target, base_url=call.base_url, key=key), token


def _queue(estimate: QueueEstimate) -> QueueResource:
    return {
        "position": estimate.position,
        "expected_submission_at": moment(estimate.expected_submission_at),
        "reason": estimate.reason,
    }


def cost_resource(cost: Cost) -> CostResource:
    billed = cost.actual is not None and cost.actual > 0 and not cost.simulated
    return {
        "currency": cost.currency,
        "estimated": cost.estimated,
        "actual": cost.actual,
        "basis": f"{cost.basis}; simulated, not billed" if cost.simulated else cost.basis,
        "billed": billed,
    }


def _id_of(video: Video, picture: Picture | None) -> str | None:
    return input_id(video.campaign_id, picture) if picture else None


def _warnings(video: Video) -> list[ClipWarningResource]:
    found = clip_warnings(video.clip, video.parameters) if video.clip else {}
    return [{"code": code, "message": message} for code, message in found.items()]


def _filename(video: Video) -> str | None:
    if video.status is not Status.COMPLETED:
        return None
    path = clip_path(video.campaign_id, video.video_hash, video.index, current=video.is_current)
    return path.rpartition("/")[2]
