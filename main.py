"""Every deployable function by its target name; the file that the platform loads."""

import functions_framework
from werkzeug.exceptions import HTTPException

from functions.deliver_events import deliver_events
from functions.generate_video import generate_video
from functions.maintain_campaigns import maintain_campaigns
from functions.record_plays import record_plays
from functions.request_videos import request_videos
from functions.serve_api import answer_refused, serve_api

# The framework refuses some requests, such as `/favicon.ico`, before it calls a function.
functions_framework.errorhandler(HTTPException)(answer_refused)

__all__ = [
    "deliver_events",
    "generate_video",
    "maintain_campaigns",
    "record_plays",
    "request_videos",
    "serve_api",
]
