"""Deliveries of Pub/Sub over HTTP: a push in, a status out that Pub/Sub obeys."""

import base64
import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from http import HTTPStatus

from werkzeug.exceptions import BadRequest, Forbidden, MethodNotAllowed
from werkzeug.wrappers import Request, Response

from shared import logs
from shared.domain.errors import (
    ConflictError,
    InvalidRequestError,
    RetryLaterError,
    ShowreelError,
    StorageError,
    UnavailableError,
)
from shared.domain.schedule import FAULT_RETRY
from shared.messages import PubSubMessage
from shared.ports import Ports

Take = Callable[[Ports, PubSubMessage], object]

logger = logging.getLogger(__name__)


def answer_push(request: Request, ports: Callable[[], Ports], take: Take) -> Response:
    """Answer 200 when the message is finished with, and 503 to have it delivered again.

    A message that is none is acknowledged, and so is one that the store cannot do, however often
    it is asked: it would be no better the next time. An unexpected error is logged and answered
    500, which Pub/Sub takes for a 503. A web page is refused: on a developer's machine no IAM does
    so.
    """
    if request.method != "POST":
        raise MethodNotAllowed(["POST"])
    if "Origin" in request.headers or "Sec-Fetch-Site" in request.headers:
        # Browsers send one of them with every POST, Pub/Sub neither.
        raise Forbidden("A web page cannot deliver messages.")
    logs.begin_request(request.headers)
    try:
        take(ports(), read_push(request))
    except InvalidRequestError as error:
        logger.error("message.invalid: %s", error.message)  # noqa: TRY400  # It says it all.
    except RetryLaterError as error:
        return _again(error, error.retry_after)
    except (ConflictError, UnavailableError) as error:
        return _again(error, FAULT_RETRY)
    except StorageError:
        logger.exception("message.given_up")
    except Exception:
        logger.exception("message.failed")
        return Response(status=HTTPStatus.INTERNAL_SERVER_ERROR)
    return Response("OK")


def read_push(request: Request) -> PubSubMessage:
    """Take a push subscription's envelope, also in the CloudEvent that Eventarc makes of it.

    A message may have no data: the key is then missing, or empty in the emulator.
    Raise InvalidRequestError.
    """
    envelope = _json(request)
    if request.mimetype == "application/cloudevents+json":
        envelope = _field(envelope, "data")
    message = _field(envelope, "message")
    message_id = _field(message, "messageId")
    attributes = _field(message, "attributes")
    if not isinstance(message_id, str):
        raise InvalidRequestError("A push needs a Pub/Sub message with its messageId.")
    return PubSubMessage(
        message_id=message_id,
        data=_bytes(_field(message, "data") or ""),
        attributes=attributes if isinstance(attributes, Mapping) else {},
    )


def _again(error: ShowreelError, after: timedelta) -> Response:
    logger.warning("message.postponed: %s", error.message)
    seconds = max(1, round(after.total_seconds()))
    return Response(status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": str(seconds)})


def _json(request: Request) -> object:
    try:
        return request.get_json(force=True)
    except (BadRequest, RecursionError) as error:
        raise InvalidRequestError("The body of a push must be JSON.") from error


def _bytes(data: object) -> bytes:
    try:
        return base64.b64decode(str(data), validate=True)
    except ValueError as error:
        raise InvalidRequestError("The data of a Pub/Sub message must be base64.") from error


def _field(data: object, name: str) -> object:
    return data.get(name) if isinstance(data, Mapping) else None
