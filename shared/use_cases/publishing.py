"""Publish the messages that request the next step of a video or of a batch."""

import logging
from datetime import datetime, timedelta

from shared.domain.errors import ShowreelError
from shared.domain.values import replace
from shared.domain.video import Video
from shared.ports import Ports
from shared.ports.message_queue import VideoMessage

logger = logging.getLogger(__name__)


def ask_for_step(ports: Ports, *videos: Video) -> None:
    """Publish the videos' messages. If that fails, the tick finds the videos when they are due."""
    try:
        ports.queue.publish(*map(_message, videos))
    except ShowreelError:
        for video in videos:
            logger.warning("video.unpublished", extra={"video_id": video.id}, exc_info=True)


def ask_for_step_later(ports: Ports, video: Video, delay: timedelta) -> None:
    """The same after `delay`, if the queue supports delays. Otherwise the tick does it."""
    ports.queue.publish_later(_message(video), delay)


def give_turn(ports: Ports, *videos: Video, at: datetime) -> None:
    """Publish the turns of videos. A lost message costs the turn, not the video."""
    try:
        ports.queue.publish(*(replace(_message(video), turn=at) for video in videos))
    except ShowreelError:
        logger.warning("turns.unpublished", extra={"videos": len(videos)}, exc_info=True)


def ask_to_continue(ports: Ports, batch_id: str) -> None:
    """Publish the batch's message. If that fails, the tick finds the batch when it is due."""
    try:
        ports.queue.publish_batch(batch_id)
    except ShowreelError:
        logger.warning("batch.unpublished", extra={"batch_id": batch_id}, exc_info=True)


def _message(video: Video) -> VideoMessage:
    return VideoMessage(campaign_id=video.campaign_id, video_hash=video.video_hash)
