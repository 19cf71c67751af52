"""Create what a message asks for: once for each message, however often it is delivered.

Nobody waits for the answer, so it is kept: a receipt beside the videos says what became of the
message. Equal prompts would find their video by its fingerprint, but a copy of a message may come
days later, when that video has failed, was replaced or deleted; it must not be made again then.
"""

import json
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from io import BytesIO

from shared.domain.errors import (
    InvalidRequestError,
    ObjectExistsError,
    ObjectNotFoundError,
    RejectedError,
    RetryLaterError,
    SlotBusyError,
)
from shared.domain.schedule import RECHECK_AFTER
from shared.domain.storage_layout import receipt_path
from shared.domain.video import Failure, Video
from shared.ports import Ports
from shared.ports.campaign_repository import VideoQuery
from shared.use_cases.create_videos import CreateVideos, create_videos

logger = logging.getLogger(__name__)

# Every video that a message has created names it here.
MESSAGE_ID = "message_id"

_LATEST = 100


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What became of a message: a video for each prompt, or the reason why there is none."""

    message_id: str
    received_at: str
    campaign_id: str | None = None
    video_ids: tuple[str, ...] = ()
    error: Failure | None = None


def request_videos(ports: Ports, message_id: str, read: Callable[[], CreateVideos]) -> None:
    """Return when the message is finished with; one that can never succeed is rejected.

    `read` returns what the message asks for, or raises InvalidRequestError.
    Raises RetryLaterError while a slot is busy, and what a store raises.
    """
    path = receipt_path(message_id)
    if _exists(ports, path):
        logger.info("request.repeated", extra={"message_id": message_id})
        return
    receipt = Receipt(message_id=message_id, received_at=ports.now().isoformat())
    try:
        request = read()
        receipt = replace(receipt, campaign_id=request.campaign_id)
        receipt = replace(receipt, video_ids=_fulfil(ports, message_id, request))
    except SlotBusyError as error:
        raise RetryLaterError(error.message, retry_after=RECHECK_AFTER) from error
    except (InvalidRequestError, RejectedError) as error:
        receipt = replace(receipt, error=Failure(code=error.code, message=error.message))
    _keep(ports, path, receipt)
    _announce(receipt)


def _exists(ports: Ports, path: str) -> bool:
    try:
        ports.objects.head(path)
    except ObjectNotFoundError:
        return False
    return True


def _fulfil(ports: Ports, message_id: str, request: CreateVideos) -> tuple[str, ...]:
    made = _made_before(ports, message_id, request.campaign_id)
    if made:
        return tuple(video.id for video in made)
    metadata = {**request.metadata, MESSAGE_ID: message_id}
    created = create_videos(ports, replace(request, metadata=metadata))
    return tuple(each.video.id for each in created)


def _made_before(ports: Ports, message_id: str, campaign_id: str) -> Sequence[Video]:
    """Find what a delivery has created that died before it could keep the receipt."""
    page = ports.campaigns.list_videos(VideoQuery(campaign_id=campaign_id, limit=_LATEST))
    return [video for video in page.videos if video.metadata.get(MESSAGE_ID) == message_id]


def _keep(ports: Ports, path: str, receipt: Receipt) -> None:
    content = BytesIO(json.dumps(asdict(receipt), indent=2).encode())
    # Another delivery of the same message may have come to its end first.
    with suppress(ObjectExistsError):
        ports.objects.put(path, content, content_type="application/json")


def _announce(receipt: Receipt) -> None:
    about = {"message_id": receipt.message_id, "campaign_id": receipt.campaign_id}
    if receipt.error is None:
        logger.info("request.accepted", extra={**about, "video_ids": receipt.video_ids})
        return
    reason = {"code": receipt.error.code, "reason": receipt.error.message}
    logger.warning("request.rejected", extra={**about, **reason})
