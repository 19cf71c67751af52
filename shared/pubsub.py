"""Pub/Sub push requests: call a use case with the message, and answer with a status."""

import base64
import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus

from werkzeug.exceptions import Forbidden, HTTPException, MethodNotAllowed
from werkzeug.wrappers import Request, Response

from shared import logs
from shared.domain.errors import (
    ConflictError,
    InvalidRequestError,
    RetryLaterError,
    StorageError,
    UnavailableError,
)
from shared.messages import PubSubMessage
from shared.ports import Ports
from shared.sent_body import CutBodyError, sent_body

Take = Callable[[Ports, PubSubMessage], object]

logger = logging.getLogger(__name__)


def answer_push(request: Request, ports: Callable[[], Ports], take: Take) -> Response:
    """Answer 200 to acknowledge the message, or 503 to have it delivered again.

    Malformed messages and permanent errors of a store are logged and acknowledged: a retry cannot
    fix them. An unexpected error is logged and answered 500, which Pub/Sub treats like 503.
    Requests of web pages are refused, because no IAM does so on a developer's machine.
    """
    if request.method != "POST":
        raise MethodNotAllowed(["POST"])
    if "Origin" in request.headers or "Sec-Fetch-Site" in request.headers:
        # Browsers send at least one of them with every POST; Pub/Sub sends neither.
        raise Forbidden("A web page cannot deliver messages.")
    logs.begin_request(request.environ)
    body = sent_body(request)
    try:
        take(ports(), read_push(request))
    except CutBodyError as error:
        logger.warning("message.postponed: %s", error.message)
        return Response(status=HTTPStatus.SERVICE_UNAVAILABLE)
    except InvalidRequestError as error:
        logger.error("message.invalid: %s", error.message)  # noqa: TRY400  # The message is enough.
    except (ConflictError, RetryLaterError, UnavailableError) as error:
        # When it is delivered again is up to the subscription: Pub/Sub ignores Retry-After.
        logger.warning("message.postponed: %s", error.message)
        return Response(status=HTTPStatus.SERVICE_UNAVAILABLE)
    except StorageError:
        logger.exception("message.given_up")
    except Exception:
        logger.exception("message.failed")
        return Response(status=HTTPStatus.INTERNAL_SERVER_ERROR)
    finally:
        if body is not None:
            body.settle()
    return Response("OK")


def read_push(request: Request) -> PubSubMessage:
    """Read the message from the envelope of a push subscription. Raise InvalidRequestError.

    The key of a message's data is missing if it has none, or empty in the emulator.
    """
    message = _field(_json(request), "message")
    message_id = _field(message, "messageId")
    attributes = _field(message, "attributes")
    if not isinstance(message_id, str):
        raise InvalidRequestError("A push needs a Pub/Sub message with its messageId.")
    return PubSubMessage(
        message_id=message_id,
        data=_bytes(_field(message, "data") or ""),
        attributes=attributes if isinstance(attributes, Mapping) else {},
    )


def _json(request: Request) -> object:
    try:
        return request.get_json(force=True)
    except (HTTPException, RecursionError) as error:
        raise InvalidRequestError("The body of a push must be JSON.") from error


def _bytes(data: object) -> bytes:
    try:
        return base64.b64decode(str(data), validate=True)
    except ValueError as error:
        raise InvalidRequestError("The data of a Pub/Sub message must be base64.") from error


def _field(data: object, name: str) -> object:
    return data.get(name) if isinstance(data, Mapping) else None
