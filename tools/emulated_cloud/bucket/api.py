"""The operations of Cloud Storage, by request."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote, unquote

from tools.emulated_cloud.bucket.notifications import Notifier
from tools.emulated_cloud.bucket.objects import Objects
from tools.emulated_cloud.bucket.refusals import Resource, refuse, refuse_xml
from tools.emulated_cloud.bucket.signatures import InvalidSignatureError, SignatureVerifier
from tools.emulated_cloud.bucket.uploads import Uploads
from tools.emulated_cloud.bucket.upstream import Upstream
from tools.emulated_cloud.http_front import Answer, Request, answer_json

_BUCKET = r"/b/(?P<bucket>[^/]+)"
_OBJECT = rf"/storage/v1{_BUCKET}/o/(?P<name>[^/]+)"

_ROUTES = {
    "objects.insert": rf"POST /upload/storage/v1{_BUCKET}/o",
    "objects.insert.chunk": rf"PUT /upload/storage/v1{_BUCKET}/o",
    "objects.insert.cancel": rf"DELETE /upload/storage/v1{_BUCKET}/o",
    "objects.list": rf"GET /storage/v1{_BUCKET}/o",
    "objects.get": rf"GET {_OBJECT}",
    "objects.media": rf"GET /download{_OBJECT}",
    "objects.patch": rf"PATCH {_OBJECT}",
    "objects.delete": rf"DELETE {_OBJECT}",
    "objects.move": rf"POST {_OBJECT}/moveTo/o/(?P<target>[^/]+)",
    "objects.rewrite": rf"POST {_OBJECT}/rewriteTo{_BUCKET.replace('bucket', 'copy')}/o/"
    r"(?P<target>[^/]+)",
    "buckets": r"(?:GET|POST|DELETE) /storage/v1/b(?:/(?P<bucket>[^/]+))?",
    "buckets.patch": rf"PATCH /storage/v1{_BUCKET}",
    "notifications.list": rf"GET /storage/v1{_BUCKET}/notificationConfigs",
    "signed": r"(?:GET|HEAD) /(?!storage/|upload/|download/)(?P<bucket>[^/]+)/(?P<name>.+)",
}
_Operation = Callable[[Request, str], Answer]
_ObjectOperation = Callable[[Request, str, str], Answer]
_COMPILED = {operation: re.compile(route) for operation, route in _ROUTES.items()}


def operation_of(request: Request) -> tuple[str, dict[str, str]]:
    """Return the operation's name and the decoded parts of the path."""
    line = f"{request.method} {request.path}"
    for operation, route in _COMPILED.items():
        if found := route.fullmatch(line):
            parts = {name: unquote(value or "") for name, value in found.groupdict().items()}
            return operation, parts
    return "unknown", {}


class StorageAPI:
    """Answers one request at a time."""

    def __init__(
        self,
        *,
        upstream: Upstream,
        objects: Objects,
        uploads: Uploads,
        signatures: SignatureVerifier,
        notifier: Notifier,
    ) -> None:
        self._notifier = notifier
        self._settings: dict[str, Resource] = {}
        self._upstream = upstream
        self._objects = objects
        self._signatures = signatures
        self._by_bucket: dict[str, _Operation] = {
            "objects.insert": uploads.insert,
            "objects.insert.chunk": uploads.resume,
            "objects.insert.cancel": uploads.cancel,
            "objects.list": objects.list,
            "buckets": self._bucket,
            "buckets.patch": self._patch,
            "notifications.list": self._notifications,
        }
        self._by_name: dict[str, _ObjectOperation] = {
            "objects.get": objects.get,
            "objects.media": objects.get,
            "objects.patch": objects.patch,
            "objects.delete": objects.delete,
            "signed": self._signed,
        }

    def answer(self, request: Request) -> Answer:
        operation, parts = operation_of(request)
        bucket, name = parts.get("bucket", ""), parts.get("name", "")
        if operation in self._by_bucket:
            return self._by_bucket[operation](request, bucket)
        if operation in self._by_name:
            return self._by_name[operation](request, bucket, name)
        if operation == "objects.move":
            return self._objects.move(request, bucket, name, target=parts["target"])
        if operation == "objects.rewrite" and parts["copy"] == bucket:
            return self._objects.rewrite(request, bucket, name, target=parts["target"])
        return refuse(501, "notImplemented", f"This bucket does not know {request.line}.")

    def _bucket(self, request: Request, bucket: str) -> Answer:
        answer = self._upstream.ask(
            request.method,
            request.target,
            headers={"content-type": "application/json"},
            body=request.body,
        )
        not_empty = request.method == "DELETE" and answer.status == 412
        if not_empty:
            return refuse(409, "conflict", "The bucket you tried to delete is not empty.")
        if request.method == "POST" and answer.is_success:
            created = json.loads(request.body)
            self._settings[created["name"]] = created
        if request.method == "GET" and answer.is_success:
            return answer_json({**answer.json, **self._settings.get(bucket, {})})
        return answer

    def _patch(self, request: Request, bucket: str) -> Answer:
        settings = self._settings.setdefault(bucket, {})
        settings |= json.loads(request.body)
        return answer_json(settings)

    def _notifications(self, request: Request, bucket: str) -> Answer:
        configs = [each.config for each in self._notifier.notifications]
        return answer_json({"items": configs})

    def _signed(self, request: Request, bucket: str, name: str) -> Answer:
        if request.path != f"/{bucket}/{quote(name, safe='/~')}":
            return refuse_xml(400, "InvalidURI", "Could not parse the specified URI.")
        try:
            self._signatures.verify(request)
        except InvalidSignatureError as error:
            return error.answer
        current = self._objects.current(bucket, name)
        if current is None:
            return refuse_xml(404, "NoSuchKey", "The specified key does not exist.")
        answer = self._objects.media(request, current)
        return replace(answer, headers={**answer.headers, **_overrides(request)})


def _overrides(request: Request) -> dict[str, str]:
    names = {
        "response-content-disposition": "content-disposition",
        "response-content-type": "content-type",
    }
    return {
        header: request.params[name] for name, header in names.items() if name in request.params
    }
