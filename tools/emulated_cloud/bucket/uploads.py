"""Multipart uploads, and resumable ones that survive a broken connection."""

import json
import re
import secrets
from dataclasses import dataclass, field

from tools.emulated_cloud.bucket.objects import Objects, Upload
from tools.emulated_cloud.bucket.refusals import Preconditions, Resource, preconditions, refuse
from tools.emulated_cloud.http_front import Answer, Request

_QUANTUM = 256 * 1024
_RANGE = re.compile(r"bytes (?:(?P<first>\d+)-(?P<last>\d+)|\*)/(?P<total>\d+|\*)")


@dataclass(kw_only=True)
class _Session:
    """A resumable upload. `answer` is the final one, repeated for a caller that did not get it."""

    bucket: str
    name: str
    resource: Resource
    preconditions: Preconditions
    content: bytearray = field(default_factory=bytearray)
    answer: Answer | None = None


class Uploads:
    """`url` is what the bucket's own address in `Location` begins with."""

    def __init__(self, objects: Objects, url: str) -> None:
        self._objects = objects
        self._url = url
        self._sessions: dict[str, _Session] = {}

    def insert(self, request: Request, bucket: str) -> Answer:
        match request.params.get("uploadType"):
            case "media":
                return self._insert(request, bucket, {}, request.body)
            case "multipart":
                resource, content = _parts(request)
                return self._insert(request, bucket, resource, content)
            case "resumable":
                return self._start(request, bucket)
            case _:
                return refuse(501, "notImplemented", "This bucket does not know this uploadType.")

    def resume(self, request: Request, bucket: str) -> Answer:
        session = self._sessions.get(request.params.get("upload_id", ""))
        if session is None:
            return refuse(404, "notFound", "There is no such upload.")
        if session.answer is None:
            session.answer = self._take(request, session)
        return session.answer or _resume_incomplete(session)

    def cancel(self, request: Request, bucket: str) -> Answer:
        self._sessions.pop(request.params.get("upload_id", ""), None)
        return Answer(status=499)

    def _insert(self, request: Request, bucket: str, resource: Resource, content: bytes) -> Answer:
        return self._objects.insert(
            Upload(
                bucket=bucket,
                name=request.params.get("name") or resource["name"],
                resource={"contentType": request.headers.get("content-type"), **resource},
                content=content,
                crc32c=resource.get("crc32c", ""),
                preconditions=preconditions(request),
            )
        )

    def _start(self, request: Request, bucket: str) -> Answer:
        resource: Resource = json.loads(request.body or b"{}")
        session = _Session(
            bucket=bucket,
            name=request.params.get("name") or resource["name"],
            resource={"contentType": request.headers.get("x-upload-content-type"), **resource},
            preconditions=preconditions(request),
        )
        current = self._objects.current(bucket, session.name)
        missing = self._objects.missing(bucket, session.name)
        if current is None and "bucket" in missing.json["error"]["message"]:
            return missing
        refusal = session.preconditions.refusal(current)
        if refusal is not None:
            return refusal
        upload_id = secrets.token_urlsafe(24)
        self._sessions[upload_id] = session
        location = f"{self._url}{request.path}?uploadType=resumable&upload_id={upload_id}"
        return Answer(status=200, headers={"location": location})

    def _take(self, request: Request, session: _Session) -> Answer | None:
        """Take a chunk; return the final answer where it was the last."""
        found = _RANGE.fullmatch(request.headers.get("content-range", ""))
        if found is None:
            return refuse(400, "badContentRange", "Failed to parse Content-Range header.")
        total = None if found["total"] == "*" else int(found["total"])
        first = int(found["first"]) if found["first"] else len(session.content)
        if first > len(session.content):
            return refuse(400, "badRequest", "Bytes before this chunk are missing.")
        if total is None and len(request.body) % _QUANTUM:
            return refuse(400, "badRequest", "A chunk's length is a multiple of 256 KiB.")
        session.content[first:] = request.body
        if len(session.content) != total:
            return None
        return self._objects.insert(
            Upload(
                bucket=session.bucket,
                name=session.name,
                resource=session.resource,
                content=bytes(session.content),
                crc32c=_declared_crc32c(request) or session.resource.get("crc32c", ""),
                preconditions=session.preconditions,
            )
        )


def _resume_incomplete(session: _Session) -> Answer:
    if not session.content:
        return Answer(status=308)
    return Answer(status=308, headers={"range": f"bytes=0-{len(session.content) - 1}"})


def _declared_crc32c(request: Request) -> str:
    hashes = request.headers.get("x-goog-hash", "").split(",")
    found = (each.strip().removeprefix("crc32c=") for each in hashes if "crc32c=" in each)
    return next(found, "")


def _parts(request: Request) -> tuple[Resource, bytes]:
    """Split multipart/related into the resource and the content, whose type the former gets."""
    boundary = request.headers["content-type"].partition("boundary=")[2].strip("'\"").encode()
    first, _, rest = request.body.partition(b"--" + boundary)[2].partition(b"\r\n--" + boundary)
    content_head, _, content = rest.partition(b"\r\n\r\n")
    content = content.rpartition(b"\r\n--" + boundary + b"--")[0]
    content_type = content_head.decode().partition(":")[2].strip()
    resource: Resource = json.loads(first.partition(b"\r\n\r\n")[2])
    return {"contentType": content_type, **resource}, content
