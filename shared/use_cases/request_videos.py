"""Create the videos of a message: once, however often the message is delivered.

No client waits for the answer, so a receipt beside the videos stores it. A fingerprint is not
enough to recognize a redelivered message: days later the video may have failed, or have been
replaced or deleted, and must still not be made again.
"""

import json
import logging
from collections.abc import Callable

from msgspec import Struct, to_builtins

from shared.domain.errors import (
    InvalidRequestError,
    RejectedError,
    StorageError,
)
from shared.domain.identity import require_message_id
from shared.domain.values import replace
from shared.domain.video import Failure
from shared.ports import Ports
from shared.use_cases.answer_once import answer_once
from shared.use_cases.claims import Claim
from shared.use_cases.create_videos import CreateVideos, create_videos

logger = logging.getLogger(__name__)

# Metadata of a video that a message created: the id of the message.
MESSAGE_ID = "message_id"


class Receipt(Struct, frozen=True, kw_only=True):
    """The result of a message: a video for each prompt, or the reason for its rejection."""

    message_id: str
    received_at: str
    campaign_id: str | None = None
    video_ids: tuple[str, ...] = ()
    error: Failure | None = None


def request_videos(ports: Ports, message_id: str, read: Callable[[], CreateVideos]) -> None:
    """Return when the message can be acknowledged. A message that can never succeed is rejected.

    `read` returns the request of the message, or raises InvalidRequestError.
    A request for a slot that is making another video is rejected, as the API does. Raise the
    temporary errors of stores.
    """
    wanted = Claim(
        name=require_message_id(message_id),
        # Pub/Sub never uses a message id twice.
        digest="",
        claimed_at=ports.now().isoformat(),
    )

    def act(claim: Claim) -> bytes:
        receipt = _fulfil(ports, claim, read)
        _announce(receipt)
        return json.dumps(to_builtins(receipt), indent=2).encode()

    if answer_once(ports, message_id, wanted, act).is_replayed:
        logger.info("request.repeated", extra={"message_id": message_id})


def _fulfil(ports: Ports, claim: Claim, read: Callable[[], CreateVideos]) -> Receipt:
    receipt = Receipt(message_id=claim.name, received_at=claim.claimed_at)
    try:
        request = read()
        receipt = replace(receipt, campaign_id=request.campaign_id)
        metadata = {**request.metadata, MESSAGE_ID: claim.name}
        created = create_videos(ports, replace(request, metadata=metadata, claim=claim))
    except StorageError as error:
        logger.exception("request.given_up", extra={"message_id": claim.name})
        return replace(receipt, error=Failure(code=error.code, message=error.message))
    except (InvalidRequestError, RejectedError) as error:
        return replace(receipt, error=Failure(code=error.code, message=error.message))
    return replace(receipt, video_ids=tuple(each.video.id for each in created))


def _announce(receipt: Receipt) -> None:
    about = {"message_id": receipt.message_id, "campaign_id": receipt.campaign_id}
    if receipt.error is None:
        logger.info("request.accepted", extra={**about, "video_ids": receipt.video_ids})
        return
    reason = {"code": receipt.error.code, "reason": receipt.error.message}
    logger.warning("request.rejected", extra={**about, **reason})
