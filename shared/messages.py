"""The wire form of messages, as published and as delivered."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct, field

from shared.domain.errors import BatchNotFoundError, InvalidRequestError
from shared.domain.identity import parse_video_id, require_batch_id, require_campaign_id
from shared.domain.storage_layout import video_of_clip
from shared.domain.webhooks import DeliveryKey
from shared.ports.message_queue import VideoMessage

if TYPE_CHECKING:
    from shared.domain.plays import View

_VIDEO_HASH = re.compile(r"[0-9a-f]{16}", re.ASCII)
_OBJECT_CREATED = "OBJECT_FINALIZE"
_AS_REPORTED = ("loops", "replays", "muted", "autoplay", "stalls", "error", "simulated")


class PubSubMessage(Struct, frozen=True, kw_only=True):
    """A delivered message. Every delivery of a message has the same `message_id`."""

    message_id: str
    data: bytes = b""
    attributes: Mapping[str, str] = field(default_factory=dict)


def encode(message: VideoMessage) -> bytes:
    turn = {} if message.turn is None else {"turn": message.turn.isoformat()}
    return json.dumps(
        {"campaign_id": message.campaign_id, "video_hash": message.video_hash, **turn}
    ).encode()


def encode_batch(batch_id: str) -> bytes:
    return json.dumps({"batch_id": batch_id}).encode()


def encode_event(event_id: str) -> bytes:
    return json.dumps({"event_id": event_id}).encode()


def encode_delivery(key: DeliveryKey) -> bytes:
    return json.dumps(key._asdict()).encode()


def encode_view(view_id: str, view: "View") -> bytes:
    """Return a row of the export; infra/play_views.schema.json has its columns.

    It has nothing of the page or the person, and no token.
    """
    from shared.domain.plays import counts_of  # noqa: PLC0415  # Most messages are about none.

    counts = counts_of(view)
    row = {
        "view_id": view_id,
        "beacons": view.beacons,
        "day": view.day.isoformat(),
        "campaign_id": parse_video_id(view.video_id)[0],
        "video_id": view.video_id,
        "experiment_id": view.experiment_id,
        "arm": view.arm,
        "duration_ms": view.duration_ms,
        "impression": view.impression,
        "play": bool(counts.plays),
        "view": bool(counts.views),
        **{name: bool(getattr(counts, name)) for name in ("q25", "q50", "q75", "q100")},
        "played_ms": counts.played_ms,
        "visible_ms": min(view.visible_ms, counts.played_ms),
        "bins": view.bins if counts.plays else 0,
        **{name: getattr(view, name) for name in _AS_REPORTED},
    }
    return json.dumps(row).encode()


def delivery_or_event_of(message: PubSubMessage) -> DeliveryKey | str:
    """Return the delivery, or the id of the event, of a message that is about one.

    Raise InvalidRequestError for any other message.
    """
    fields = _object(message.data)
    event_id = _text(fields, "event_id")
    return (
        DeliveryKey(_text(fields, "webhook_id"), event_id) if "webhook_id" in fields else event_id
    )


def batch_of(message: PubSubMessage) -> str | None:
    """Return the batch of a message that `encode_batch` has made, and None of any other message.

    Raise InvalidRequestError if it is not the id of a batch.
    """
    try:
        fields = _object(message.data)
    except InvalidRequestError:
        return None
    if fields.keys() != {"batch_id"}:
        return None
    try:
        return require_batch_id(_text(fields, "batch_id"))
    except BatchNotFoundError as error:
        raise InvalidRequestError(error.message, param="batch_id") from error


def decode(message: PubSubMessage) -> VideoMessage | None:
    """Return the video of a published message or of a storage notification about its clip.

    None for notifications about anything but a new clip. Raise InvalidRequestError for any other
    message.
    """
    if "eventType" in message.attributes:
        return _announced_clip(message.attributes)
    fields = _object(message.data)
    return VideoMessage(
        campaign_id=require_campaign_id(_text(fields, "campaign_id")),
        video_hash=_require_video_hash(_text(fields, "video_hash")),
        turn=_turn(fields),
    )


def _announced_clip(attributes: Mapping[str, str]) -> VideoMessage | None:
    if attributes["eventType"] != _OBJECT_CREATED:
        return None
    path = attributes.get("objectId", "")
    video = video_of_clip(path)
    return video and VideoMessage(campaign_id=video[0], video_hash=video[1], clip_path=path)


def _object(data: bytes) -> Mapping[str, object]:
    try:
        fields = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InvalidRequestError("The data of a message must be JSON.") from error
    if not isinstance(fields, dict):
        raise InvalidRequestError("The data of a message must be a JSON object.")
    return fields


def _text(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise InvalidRequestError(f"A message needs a {name}, as a string.", param=name)
    return value


def _turn(fields: Mapping[str, object]) -> datetime | None:
    if fields.get("turn") is None:
        return None
    try:
        turn = datetime.fromisoformat(_text(fields, "turn"))
    except ValueError:
        turn = None
    if turn is None or turn.tzinfo is None:
        raise InvalidRequestError("A turn is a time with its zone, in RFC 3339.", param="turn")
    return turn


def _require_video_hash(text: str) -> str:
    if not _VIDEO_HASH.fullmatch(text):
        raise InvalidRequestError(
            "A video_hash has 16 lower-case hexadecimal digits.", param="video_hash"
        )
    return text
