"""Ids that callers send, and their validation."""

import re

from shared.domain.errors import (
    BatchNotFoundError,
    InvalidRequestError,
    NotFoundError,
    VideoNotFoundError,
)

EXPERIMENT_DIGITS = 16

_CAMPAIGN_ID = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"
_VIDEO_ID = r"video_([A-Za-z0-9][A-Za-z0-9_-]{0,63})\.([0-9a-f]{16})"
_LONGEST_MESSAGE_ID = 128
_LONGEST_IDEMPOTENCY_KEY = 255


def require_campaign_id(text: str) -> str:
    """Return `text` if it is a campaign id; it becomes part of object names."""
    if not re.fullmatch(_CAMPAIGN_ID, text):
        raise InvalidRequestError(
            "A campaign_id has 1 to 64 of A-Z, a-z, 0-9, '_' and '-', and starts with a letter "
            "or a digit.",
            param="campaign_id",
        )
    return text


def require_message_id(text: str) -> str:
    """Return `text` if it may be a message id of Pub/Sub; it becomes part of object names."""
    plain = text.isascii() and text.isalnum()
    if not plain or len(text) > _LONGEST_MESSAGE_ID:
        raise InvalidRequestError(
            f"A messageId has 1 to {_LONGEST_MESSAGE_ID} letters and digits.", param="messageId"
        )
    return text


def require_idempotency_key(text: str) -> str:
    visible = all("!" <= character <= "~" for character in text)
    if not visible or not 1 <= len(text) <= _LONGEST_IDEMPOTENCY_KEY:
        raise InvalidRequestError(
            f"An Idempotency-Key has 1 to {_LONGEST_IDEMPOTENCY_KEY} visible ASCII characters.",
            param="Idempotency-Key",
        )
    return text


def video_id(campaign_id: str, video_hash: str) -> str:
    return f"video_{campaign_id}.{video_hash}"


def parse_video_id(text: str) -> tuple[str, str]:
    """Return (campaign_id, video_hash)."""
    match = re.fullmatch(_VIDEO_ID, text)
    if match is None:
        raise VideoNotFoundError("There is no video with this id.")
    return match[1], match[2]


def require_batch_id(text: str) -> str:
    """Return `text` if it can be the id of a batch. Raise BatchNotFoundError."""
    # Compiled on its first use: most processes handle no batch.
    if not re.fullmatch(r"batch_[0-9a-f]{16}", text, re.ASCII):
        raise BatchNotFoundError("There is no batch with this id.")
    return text


def require_webhook_id(text: str) -> str:
    """Return `text` if it can be the id of a webhook. Raise NotFoundError."""
    if not re.fullmatch(r"wh_[0-9a-f]{1,64}", text, re.ASCII):
        raise NotFoundError("There is no webhook with this id.")
    return text


def require_event_id(text: str) -> str:
    """Return `text` if it can be the id of an event. Raise NotFoundError."""
    if not re.fullmatch(r"evt_[0-9a-f]{32}", text, re.ASCII):
        raise NotFoundError("There is no event with this id.")
    return text


def campaign_of_experiment(text: str) -> str:
    """Return the campaign of an experiment's id. Raise NotFoundError if it cannot be one."""
    campaign_id, _, number = text.removeprefix("exp_").partition(".")
    is_number = re.fullmatch(f"[0-9a-f]{{{EXPERIMENT_DIGITS}}}", number, re.ASCII)
    if not (text.startswith("exp_") and is_number and re.fullmatch(_CAMPAIGN_ID, campaign_id)):
        raise NotFoundError("There is no experiment with this id.")
    return campaign_id
