"""Objects with preconditions and metagenerations, kept by fake-gcs-server, which has neither."""

import json
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

import google_crc32c

from tools.emulated_cloud.bucket.refusals import Preconditions, Resource, preconditions, refuse
from tools.emulated_cloud.bucket.upstream import Upstream
from tools.emulated_cloud.http_front import Answer, Request, answer_json

PAGE_SIZE = 1000

_GAP_SECONDS = 1.0

_BOUNDARY = "showreel-strict-bucket"


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A complete upload. `crc32c` is the checksum that the client declared, or empty."""

    bucket: str
    name: str
    resource: Resource
    content: bytes
    crc32c: str
    preconditions: Preconditions


class Objects:
    """One request at a time: its check and its effect are one step.

    `finalized` is called with every new object.
    """

    def __init__(self, upstream: Upstream, finalized: Callable[[Resource], None]) -> None:
        self._upstream = upstream
        self._finalized = finalized
        self.page_size = PAGE_SIZE
        self._metagenerations: dict[tuple[str, str, str], int] = {}
        self._written_at: dict[tuple[str, str], float] = {}

    def insert(self, upload: Upload) -> Answer:
        current = self.current(upload.bucket, upload.name)
        refusal = upload.preconditions.refusal(current)
        if refusal is not None:
            return refusal
        if current and self._is_too_soon(upload.bucket, upload.name):
            return refuse(429, "rateLimitExceeded", "The object exceeded the rate limit.")
        if upload.crc32c and upload.crc32c != _crc32c(upload.content):
            return refuse(400, "invalid", "Provided CRC32C doesn't match calculated CRC32C.")
        query = urlencode({"uploadType": "multipart", "name": upload.name})
        answer = self._upstream.ask(
            "POST",
            f"/upload/storage/v1/b/{upload.bucket}/o?{query}",
            headers={"content-type": f"multipart/related; boundary={_BOUNDARY}"},
            body=_multipart(upload),
        )
        self._written_at[upload.bucket, upload.name] = time.monotonic()
        return self._made(upload.bucket, upload.name, answer)

    def get(self, request: Request, bucket: str, name: str) -> Answer:
        current = self.current(bucket, name)
        if current is None:
            return self.missing(bucket, name)
        refusal = preconditions(request).refusal(current, status=304)
        if refusal is not None:
            return refusal
        wanted = request.params.get("generation", current["generation"])
        if wanted != current["generation"]:
            return self.missing(bucket, name)
        if request.params.get("alt") == "media":
            return self.media(request, current)
        return answer_json(current)

    def media(self, request: Request, current: Resource) -> Answer:
        headers = {
            name: value for name, value in request.headers.items() if name in ("range", "if-range")
        }
        target = f"{_path(current['bucket'], current['name'])}?alt=media"
        answer = self._upstream.ask(request.method, target, headers=headers)
        added = {
            "x-goog-metageneration": current["metageneration"],
            "x-goog-storage-class": current["storageClass"],
        }
        return replace(answer, headers={**answer.headers, **added})

    def patch(self, request: Request, bucket: str, name: str) -> Answer:
        current = self._allowed(request, bucket, name)
        if isinstance(current, Answer):
            return current
        answer = self._upstream.ask(
            "PATCH",
            _path(bucket, name),
            headers={"content-type": "application/json"},
            body=request.body,
        )
        if not answer.is_success:
            return answer
        key = (bucket, name, current["generation"])
        self._metagenerations[key] = int(current["metageneration"]) + 1
        return answer_json(self.current(bucket, name))

    def delete(self, request: Request, bucket: str, name: str) -> Answer:
        current = self._allowed(request, bucket, name)
        if isinstance(current, Answer):
            return current
        self._upstream.ask("DELETE", _path(bucket, name))
        return Answer(status=204)

    def _allowed(self, request: Request, bucket: str, name: str) -> Resource | Answer:
        """Return the object if it exists and meets the preconditions, else the refusal."""
        current = self.current(bucket, name)
        if current is None:
            return self.missing(bucket, name)
        return preconditions(request).refusal(current) or current

    def rewrite(self, request: Request, bucket: str, name: str, *, target: str) -> Answer:
        """Copy within the bucket, in one step."""
        current = self.current(bucket, name)
        if current is None:
            return self.missing(bucket, name)
        refusal = preconditions(request, "ifSource").refusal(current) or preconditions(
            request
        ).refusal(self.current(bucket, target))
        if refusal is not None:
            return refusal
        answer = self._upstream.ask(
            "POST",
            f"{_path(bucket, name)}/rewriteTo{_path(bucket, target).removeprefix('/storage/v1')}",
            headers={"content-type": "application/json"},
            body=request.body,
        )
        made = self._made(bucket, target, answer)
        if not made.is_success:
            return made
        return answer_json({**answer.json, "resource": made.json})

    def move(self, request: Request, bucket: str, name: str, *, target: str) -> Answer:
        if name == target:
            return refuse(400, "invalid", "The source and destination must be different.")
        answer = self.rewrite(replace(request, body=b""), bucket, name, target=target)
        if not answer.is_success:
            return answer
        self._upstream.ask("DELETE", _path(bucket, name))
        return answer_json(answer.json["resource"])

    def list(self, request: Request, bucket: str) -> Answer:
        if "matchGlob" in request.params:
            return refuse(501, "notImplemented", "This bucket does not know matchGlob.")
        kept = {name: value for name, value in request.params.items() if name != "fields"}
        asked = int(kept.get("maxResults", PAGE_SIZE))
        kept["maxResults"] = str(min(asked, self.page_size))
        answer = self._upstream.ask("GET", f"/storage/v1/b/{bucket}/o?{urlencode(kept)}")
        if not answer.is_success:
            return self.missing(bucket, "")
        items = [self._described(bucket, each) for each in answer.json.get("items", [])]
        return answer_json({**answer.json, "items": items})

    def current(self, bucket: str, name: str) -> Resource | None:
        answer = self._upstream.ask("GET", _path(bucket, name))
        return self._described(bucket, answer.json) if answer.is_success else None

    def _is_too_soon(self, bucket: str, name: str) -> bool:
        """Whether the object was written in the last second: one name takes one write a second."""
        return time.monotonic() < self._written_at.get((bucket, name), -_GAP_SECONDS) + _GAP_SECONDS

    def missing(self, bucket: str, name: str) -> Answer:
        if not self._upstream.ask("GET", f"/storage/v1/b/{bucket}").is_success:
            return refuse(404, "notFound", "The specified bucket does not exist.")
        return refuse(404, "notFound", f"No such object: {bucket}/{name}")

    def _made(self, bucket: str, name: str, answer: Answer) -> Answer:
        made = self.current(bucket, name) if answer.is_success else None
        if made is None:
            return self.missing(bucket, name) if answer.status == 404 else answer
        self._finalized(made)
        return answer_json(made)

    def _described(self, bucket: str, resource: Resource) -> Resource:
        key = (bucket, resource["name"], resource["generation"])
        return {**resource, "metageneration": str(self._metagenerations.get(key, 1))}


def _path(bucket: str, name: str) -> str:
    return f"/storage/v1/b/{bucket}/o/{quote(name, safe='')}"


def _multipart(upload: Upload) -> bytes:
    resource = {**upload.resource, "name": upload.name}
    content_type = upload.resource.get("contentType") or "application/octet-stream"
    head = (
        f"--{_BOUNDARY}\r\ncontent-type: application/json\r\n\r\n{json.dumps(resource)}\r\n"
        f"--{_BOUNDARY}\r\ncontent-type: {content_type}\r\n\r\n"
    )
    return head.encode() + upload.content + f"\r\n--{_BOUNDARY}--\r\n".encode()


def _crc32c(content: bytes) -> str:
    return b64encode(google_crc32c.value(content).to_bytes(4, "big")).decode()
