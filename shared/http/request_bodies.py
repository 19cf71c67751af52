"""Bodies that only HTTP requests have, and how the body of each request is read and checked."""

import re
from base64 import b64encode
from collections.abc import Iterator
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import UNSET, Meta, UnsetType
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.formparser import FormDataParser
from werkzeug.wrappers import Request

from shared.domain.errors import InvalidRequestError, UnsupportedParameterError
from shared.domain.schedule import MAX_SIGNED_TTL
from shared.http.queries import VIDEO, BatchQuery, Variant, require_once
from shared.requests.bodies import GenerationBody
from shared.requests.lanes import Priority
from shared.requests.parsing import (
    Amount,
    B,
    Body,
    fields_of,
    from_json,
    from_values,
    one_of,
)

if TYPE_CHECKING:
    from shared.domain.batch import BatchFormat

MAX_BODY_BYTES = 1_000_000
MAX_BATCH_BYTES = 10_000_000
# The largest picture in base64, and what is sent beside it.
MAX_CREATION_BYTES = 28_000_000
FORM_BYTES = 100_000
MAX_TTL_SECONDS = int(MAX_SIGNED_TTL.total_seconds())

_BLOCK_BYTES = 64 * 1024
_FORM_ENTRY = re.compile(r"([a-z_]+)\[([^\[\]]*)\]")
# The replacement character: werkzeug decodes bytes that are not UTF-8 to it.
_NOT_UTF_8 = "\ufffd"

_PICTURES = ("image", "last_frame", "reference_images", "input_reference")
_JSON_LINES = ("", "application/json", "application/x-ndjson")


class SignedUrlBody(Body):
    ttl_seconds: Annotated[int, Meta(ge=1, le=MAX_TTL_SECONDS)] = 900
    variant: Variant = VIDEO
    method: Annotated[str, one_of("GET", "HEAD")] = "GET"
    download: bool = False


class CleanupBody(Body):
    keep_last: Annotated[int, Meta(ge=0)] = 0
    dry_run: bool = True


class RegenerateBody(Body):
    max_cost_usd: Amount | None = None
    priority: Priority | None = None


class VideoBody(Body):
    """A field that is left out is not changed."""

    kept: bool | UnsetType = UNSET


class InputBody(Body):
    """Instead of a form with a file."""

    url: str | None = None


class SessionBody(Body):
    key: str


class SentBatch(BatchQuery, kw_only=True):
    """What an Idempotency-Key compares: the digest of the file, and the query."""

    sha256: str


class EmptyBody(Body):
    """No field is allowed."""


def read_body(request: Request, kind: type[B]) -> B:
    """Read JSON, or a form as OpenAI's SDK sends it. An empty body is an empty object."""
    takes_pictures = issubclass(kind, GenerationBody)
    request.max_content_length = MAX_CREATION_BYTES if takes_pictures else MAX_BODY_BYTES
    mimetype = request.mimetype
    if mimetype == "multipart/form-data":
        try:
            return _read_form(request, kind)
        except RequestEntityTooLarge:
            # Its texts are too long or too many, if the form itself is not too large.
            if (request.content_length or 0) <= request.max_content_length:
                request.max_content_length = MAX_BODY_BYTES
            raise
    raw = _raw(request)
    if not raw:
        return from_values({}, kind)
    if mimetype != "application/json":
        raise UnsupportedMediaType("Send application/json or multipart/form-data.")
    return from_json(raw, kind)


def refuse_fields(request: Request) -> None:
    """Raise InvalidRequestError for any field of a body: its sender expects that it does something.

    An empty body, and one without fields, is accepted.
    """
    read_body(request, EmptyBody)


def read_lines(request: Request) -> "tuple[bytes, BatchFormat]":
    """Return the file of a batch, and its format by its content type: JSON lines, or CSV."""
    request.max_content_length = MAX_BATCH_BYTES
    # No other request pays for the import.
    from shared.domain.batch import BatchFormat

    if request.mimetype == "text/csv":
        return _raw(request), BatchFormat.CSV
    if request.mimetype not in _JSON_LINES:
        raise UnsupportedMediaType("Send application/x-ndjson (JSON lines) or text/csv.")
    return _raw(request), BatchFormat.JSON_LINES


def _raw(request: Request) -> bytes:
    # In blocks: werkzeug silently truncates a chunked body that is read at once.
    content = BytesIO()
    content.writelines(iter(partial(request.stream.read, _BLOCK_BYTES), b""))
    return content.getvalue()


def _read_form(request: Request, kind: type[B]) -> B:
    """Read `key=value`, `key[entry]=value`, and for a list `key=value` or `key[]=value`."""
    form = _form(request)
    lists = fields_of(kind, list)
    values: dict[str, Any] = {}
    for name, value in (*form.items(multi=True), *_pictures(request, kind)):
        # werkzeug's name of a nameless part is None.
        key = name or ""
        if _NOT_UTF_8 in key or _NOT_UTF_8 in value:
            raise InvalidRequestError("The form is not valid UTF-8.", param=key)
        entry = _FORM_ENTRY.fullmatch(key)
        field = entry[1] if entry else key
        if field in lists:
            values.setdefault(field, []).append(value)
        elif entry is None or not entry[2]:
            require_once("form", key, values)
            values[key] = value
        elif isinstance(entries := values.setdefault(field, {}), dict):
            require_once("form", entry[2], entries)
            entries[entry[2]] = value
        else:
            require_once("form", field, values)
    return from_values(values, kind)


class _StrictFormParser(FormDataParser):
    """Raises ValueError for a form that ends early. werkzeug's own makes it an empty one."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  # werkzeug's own.
        super().__init__(**{**options, "silent": False})


def _form(request: Request) -> MultiDict[str, str]:
    """Return the fields of a form, which has an end, so that its files are whole, too."""
    if not request.mimetype_params.get("boundary"):
        raise UnsupportedMediaType("The Content-Type multipart/form-data needs a boundary.")
    request.form_data_parser_class = _StrictFormParser
    try:
        return request.form
    except ValueError as error:
        raise InvalidRequestError(
            "The form is not well formed: its end mark, or a part of it, is missing."
        ) from error


def _pictures(request: Request, kind: type[B]) -> Iterator[tuple[str, str]]:
    """Yield the files of a form as `data:` URIs, which have the same meaning."""
    for name, file in request.files.items(multi=True):
        if name.removesuffix("[]") not in _PICTURES or not issubclass(kind, GenerationBody):
            raise UnsupportedParameterError(f"{name[:80]!r} cannot be a file.", param=name[:80])
        yield name, f"data:;base64,{b64encode(file.read()).decode()}"


def read_file(request: Request, name: str, *, most_bytes: int) -> bytes:
    """Return the one file of a form, which has nothing else."""
    request.max_content_length = most_bytes
    form = _form(request)
    names = [*form, *(each for each, _ in request.files.items(multi=True))]
    if names != [name] or form:
        raise InvalidRequestError(f"Send a form with one file, {name!r}, alone.", param=name)
    content: bytes = request.files[name].read()
    return content
