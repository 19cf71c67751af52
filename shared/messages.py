"""The wire form of a message: JSON in the data of a Pub/Sub message, which a CloudEvent carries."""

import base64
import json
import re
from collections.abc import Mapping

from shared.domain.errors import InvalidRequestError
from shared.domain.identity import require_campaign_id
from shared.ports.message_queue import VideoMessage

_VIDEO_HASH = re.compile(r"[0-9a-f]{16}", re.ASCII)


def encode(message: VideoMessage) -> bytes:
    return json.dumps(
        {"campaign_id": message.campaign_id, "video_hash": message.video_hash}
    ).encode()


def decode(cloud_event_data: object) -> VideoMessage:
    """Raise InvalidRequestError unless this is a Pub/Sub message with what `encode` returned."""
    try:
        fields = json.loads(body(cloud_event_data))
    except (ValueError, RecursionError) as error:
        raise InvalidRequestError("The data of a message must be JSON.") from error
    if not isinstance(fields, dict):
        raise InvalidRequestError("The data of a message must be a JSON object.")
    return VideoMessage(
        campaign_id=require_campaign_id(_text(fields, "campaign_id")),
        video_hash=_require_video_hash(_text(fields, "video_hash")),
    )


def body(cloud_event_data: object) -> bytes:
    """Return the data of the Pub/Sub message. Raise InvalidRequestError if there is none."""
    message = _field(cloud_event_data, "message")
    data = _field(message, "data")
    if not isinstance(data, str) or not data:
        raise InvalidRequestError("A Pub/Sub message needs data at message.data, in base64.")
    try:
        return base64.b64decode(data, validate=True)
    except ValueError as error:
        raise InvalidRequestError("message.data must be base64.") from error


def _field(data: object, name: str) -> object:
    return data.get(name) if isinstance(data, Mapping) else None


def _text(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise InvalidRequestError(f"A message needs a {name}, as a string.", param=name)
    return value


def _require_video_hash(text: str) -> str:
    if not _VIDEO_HASH.fullmatch(text):
        raise InvalidRequestError(
            "A video_hash has 16 lower-case hexadecimal digits.", param="video_hash"
        )
    return text
