"""What callers send over HTTP, checked before anything is done with it."""

import re
from functools import partial
from typing import Any

from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.wrappers import Request

from shared.domain.errors import InvalidRequestError, UnsupportedParameterError
from shared.requests.parsing import B, Body, from_json, from_values

MAX_BODY_BYTES = 1_000_000
MAX_PAGE = 100

_BLOCK_BYTES = 64 * 1024
_FORM_ENTRY = re.compile(r"([a-z_]+)\[([^\[\]]+)\]")


class ListQuery(Body):
    campaign_id: str | None = None
    version_state: str | None = None
    status: str | None = None
    after: str | None = None
    limit: int = 20
    order: str = "desc"
    include: str | None = None


class CampaignListQuery(Body):
    after: str | None = None
    limit: int = 20


class ReadQuery(Body):
    include: str | None = None


class ContentQuery(Body):
    variant: str = "video"


class SignatureQuery(Body):
    expires: str = ""
    signature: str = ""


def read_body(request: Request, kind: type[B]) -> B:
    """Read JSON, or a form as OpenAI's SDK sends it. No body at all is an empty object."""
    request.max_content_length = MAX_BODY_BYTES
    if request.mimetype == "multipart/form-data":
        return _read_form(request, kind)
    # Block by block: a chunked body that is read in one go is cut off at the limit, silently.
    raw = b"".join(iter(partial(request.stream.read, _BLOCK_BYTES), b""))
    if not raw:
        return from_values({}, kind)
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("Send application/json or multipart/form-data.")
    return from_json(raw, kind)


def read_query(request: Request, kind: type[B]) -> B:
    values = request.args.to_dict() if request.query_string else {}
    return from_values(values, kind)


def require_page_size(limit: int) -> int:
    if not 1 <= limit <= MAX_PAGE:
        raise InvalidRequestError(f"limit lies between 1 and {MAX_PAGE}.", param="limit")
    return limit


def _read_form(request: Request, kind: type[B]) -> B:
    """Read `key=value` and `key[entry]=value`."""
    if request.files:
        raise UnsupportedParameterError(
            "Files are not supported yet: send text only.", param=next(iter(request.files))
        )
    if "boundary" not in request.mimetype_params:
        raise UnsupportedMediaType("Name the boundary in the Content-Type multipart/form-data.")
    values: dict[str, Any] = {}
    for name, value in request.form.items():
        # Werkzeug has None for a part that has no name.
        key = name or ""
        entry = _FORM_ENTRY.fullmatch(key)
        if entry is None:
            values[key] = value
            continue
        entries = values.setdefault(entry[1], {})
        if isinstance(entries, dict):
            entries[entry[2]] = value
    return from_values(values, kind)
