"""Pub/Sub: take a video one step forward, on a request, on its clip's arrival, or when due."""

import logging

import functions_framework
from cloudevents.http import CloudEvent
from werkzeug.exceptions import ServiceUnavailable

from shared import bootstrap

logger = logging.getLogger("shared.functions")


@functions_framework.cloud_event
def generate_video(event: CloudEvent) -> None:
    """Answer 2xx when the message is finished with, and 503 to have it delivered again.

    A message that is none is acknowledged: it would be no better the next time.
    """
    # The platform imports this module for every function; only this one pays for the use case.
    from shared.domain.errors import InvalidRequestError, RetryLaterError
    from shared.messages import decode
    from shared.use_cases.generate_video import generate_video as take_step

    try:
        take_step(bootstrap.ports(), decode(event.data))
    except InvalidRequestError as error:
        logger.error("message.invalid: %s", error.message)  # noqa: TRY400  # It says it all.
    except RetryLaterError as error:
        seconds = max(1, round(error.retry_after.total_seconds()))
        raise ServiceUnavailable(retry_after=seconds) from error
