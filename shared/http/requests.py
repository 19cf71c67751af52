"""What callers send over HTTP, checked before anything is done with it."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

from msgspec import Meta
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.wrappers import Request

from shared.domain.errors import InvalidRequestError, UnsupportedParameterError
from shared.domain.video import Status, VersionState
from shared.http.bodies import Variant
from shared.requests.bodies import CampaignId, words
from shared.requests.parsing import B, Body, fields_of, from_json, from_values

MAX_BODY_BYTES = 1_000_000
MAX_PAGE = 100

_BLOCK_BYTES = 64 * 1024
_FORM_ENTRY = re.compile(r"([a-z_]+)\[([^\[\]]*)\]")
# What a form is decoded to where its bytes are not UTF-8.
_NOT_UTF_8 = "\ufffd"

PageSize = Annotated[int, Meta(ge=1, le=MAX_PAGE)]
Include = Annotated[str, words("signed_url")]


class ListQuery(Body):
    campaign_id: CampaignId | None = None
    tag: str | None = None
    version_state: Annotated[str, words(*VersionState)] | None = None
    status: Annotated[str, words(*Status)] | None = None
    after: str | None = None
    limit: PageSize = 20
    order: Annotated[str, words("asc", "desc")] = "desc"
    include: Include | None = None


class CampaignListQuery(Body):
    after: str | None = None
    limit: PageSize = 20


class ReadQuery(Body):
    include: Include | None = None


class ContentQuery(Body, forbid_unknown_fields=False):
    """What else is in the URL of a medium is its player's, which keeps caches out so."""

    variant: Variant = "video"


class SignatureQuery(Body, forbid_unknown_fields=False):
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


def _read_form(request: Request, kind: type[B]) -> B:
    """Read `key=value`, `key[entry]=value`, and for a list `key=value` or `key[]=value`."""
    if request.files:
        raise UnsupportedParameterError(
            "Files are not supported yet: send text only.", param=next(iter(request.files))
        )
    if "boundary" not in request.mimetype_params:
        raise UnsupportedMediaType("Name the boundary in the Content-Type multipart/form-data.")
    lists = fields_of(kind, list)
    values: dict[str, Any] = {}
    for name, value in request.form.items(multi=True):
        # Werkzeug has None for a part that has no name.
        key = name or ""
        if _NOT_UTF_8 in f"{key}{value}":
            raise InvalidRequestError("The form is not valid UTF-8.", param=key)
        entry = _FORM_ENTRY.fullmatch(key)
        field = entry[1] if entry else key
        if field in lists:
            values.setdefault(field, []).append(value)
        elif entry is None or not entry[2]:
            _require_once(key, values)
            values[key] = value
        elif isinstance(entries := values.setdefault(field, {}), dict):
            _require_once(entry[2], entries)
            entries[entry[2]] = value
    return from_values(values, kind)


def _require_once(key: str, values: Mapping[str, object]) -> None:
    if key in values:
        raise InvalidRequestError(f"The form has {key[:80]!r} twice. Send it once.", param=key)
