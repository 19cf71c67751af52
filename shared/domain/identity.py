"""Ids that callers send, and their validation."""

import re
from datetime import UTC, datetime, timedelta

from shared.domain.errors import (
    BatchNotFoundError,
    InvalidRequestError,
    NotFoundError,
    VideoNotFoundError,
)

_CAMPAIGN_ID = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"
_VIDEO_ID = r"video_([A-Za-z0-9][A-Za-z0-9_-]{0,63})\.([0-9a-f]{16})"
_LONGEST_MESSAGE_ID = 128
_LONGEST_IDEMPOTENCY_KEY = 255

_NUMBER_DIGITS = 16
_TIME_BITS, _RANDOM_BITS = 48, 16
_MILLISECOND = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def require_campaign_id(text: str, *, param: str = "campaign_id") -> str:
    """Return `text` if it is a campaign id; it becomes part of object names."""
    if not re.fullmatch(_CAMPAIGN_ID, text):
        raise InvalidRequestError(
            "A campaign_id has 1 to 64 of A-Z, a-z, 0-9, '_' and '-', and starts with a letter "
            "or a digit.",
            param=param,
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


def falling_number(now: datetime, random_bits: int) -> str:
    """Return the number of an id: the later, the smaller."""
    age = (1 << _TIME_BITS) - 1 - (now - _EPOCH) // _MILLISECOND
    number = age << _RANDOM_BITS | random_bits & (1 << _RANDOM_BITS) - 1
    return f"{number:0{_NUMBER_DIGITS}x}"


def campaign_of_experiment(text: str) -> str:
    """Return the campaign of an experiment's id. Raise NotFoundError if it cannot be one."""
    return _campaign_of(text, "exp_", "experiment")


def campaign_of_review(text: str) -> str:
    """Return the campaign of a review's id. Raise NotFoundError if it cannot be one."""
    return _campaign_of(text, "review_", "review")


def _campaign_of(text: str, prefix: str, what: str) -> str:
    campaign_id, _, number = text.removeprefix(prefix).partition(".")
    is_number = re.fullmatch(f"[0-9a-f]{{{_NUMBER_DIGITS}}}", number, re.ASCII)
    if not (text.startswith(prefix) and is_number and re.fullmatch(_CAMPAIGN_ID, campaign_id)):
        raise NotFoundError(f"There is no {what} with this id.")
    return campaign_id
