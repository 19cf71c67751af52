"""The least that a function can be that reads records of SQLite, and nothing else of Showreel."""

import os
import sqlite3
from hashlib import sha256
from threading import local

import functions_framework
import msgspec
from flask import Request, Response

_CAMPAIGN = "SELECT record FROM campaigns WHERE campaign_id = ?"
_VIDEO = "SELECT record FROM videos WHERE id = ?"
_VIDEO_OF_CAMPAIGN = "SELECT record FROM videos WHERE campaign_id = ? LIMIT 1"

_threads = local()


@functions_framework.http
def sqlite_floor(request: Request) -> Response:
    """Answer with a record: of the video in the path, or of one in the campaign of the body."""
    if request.method == "GET":
        record = _record(_VIDEO, request.path.rpartition("/")[2])
    else:
        body = msgspec.json.decode(request.get_data())
        sha256(body["prompt"].encode()).hexdigest()
        _record(_CAMPAIGN, body["campaign_id"])
        record = _record(_VIDEO_OF_CAMPAIGN, body["campaign_id"])
    return Response(record, content_type="application/json")


def _record(statement: str, key: str) -> bytes:
    record: bytes
    (record,) = _connection().execute(statement, (key,)).fetchone()
    return record


def _connection() -> sqlite3.Connection:
    if not hasattr(_threads, "connection"):
        _threads.connection = sqlite3.connect(os.environ["RECORDS"], isolation_level=None)
    connection: sqlite3.Connection = _threads.connection
    return connection
