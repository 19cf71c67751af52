"""What callers send, checked field by field before anything is done with it."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import msgspec
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.wrappers import Request

from shared.domain.errors import InvalidRequestError, UnsupportedParameterError

MAX_BODY_BYTES = 1_000_000

_BLOCK_BYTES = 64 * 1024
_FORM_ENTRY = re.compile(r"([a-z_]+)\[([^\[\]]+)\]")
_NAMED_FIELD = re.compile(r"(?:unknown|required) field `([^`]*)`")


class Body(msgspec.Struct, forbid_unknown_fields=True):
    """Refuses what it does not know."""


class GenerationBody(Body):
    """What every request for a video may say of how it is made."""

    model: str | None = None
    seconds: int | str | None = None
    size: str | None = None
    aspect_ratio: str | None = None
    resolution: str | None = None
    fps: int | None = None
    generate_audio: bool | None = None
    negative_prompt: str | None = None
    seed: int | None = None
    person_generation: str | None = None
    business_context: dict[str, str] = {}
    metadata: dict[str, str] = {}


class CreateVideoBody(GenerationBody, kw_only=True):
    prompt: str
    campaign_id: str = "default"
    index: int | None = None


class CreateCampaignVideosBody(GenerationBody, kw_only=True):
    prompts: list[str]


class EstimateBody(GenerationBody):
    """Either of the two."""

    prompt: str | None = None
    prompts: list[str] | None = None
    campaign_id: str = "default"
    index: int | None = None


class SignedUrlBody(Body):
    ttl_seconds: int = 900
    variant: str = "video"


class CleanupBody(Body):
    keep_last: int = 0
    dry_run: bool = True


class ListQuery(Body):
    campaign_id: str | None = None
    version_state: str | None = None
    status: str | None = None
    after: str | None = None
    limit: int = 20
    order: str = "desc"
    include: str | None = None


class ReadQuery(Body):
    include: str | None = None


class ContentQuery(Body):
    variant: str = "video"


class SignatureQuery(Body):
    expires: str = ""
    signature: str = ""


class EmptyBody(Body):
    """Nothing may be said."""


B = TypeVar("B", bound=Body)


def read_body(request: Request, kind: type[B]) -> B:
    """Read JSON, or a form as OpenAI's SDK sends it. No body at all is an empty object."""
    request.max_content_length = MAX_BODY_BYTES
    if request.mimetype == "multipart/form-data":
        return _read_form(request, kind)
    # Block by block: a chunked body that is read in one go is cut off at the limit, silently.
    raw = b"".join(iter(partial(request.stream.read, _BLOCK_BYTES), b""))
    if not raw:
        return _checked(msgspec.convert, {}, kind)
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("Send application/json or multipart/form-data.")
    return _checked(msgspec.json.decode, raw, kind)


def read_query(request: Request, kind: type[B]) -> B:
    values = request.args.to_dict() if request.query_string else {}
    return _checked(partial(msgspec.convert, strict=False), values, kind)


def _read_form(request: Request, kind: type[B]) -> B:
    """Read `key=value` and `key[entry]=value`; numbers and booleans are spelled out in words."""
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
    return _checked(partial(msgspec.convert, strict=False), values, kind)


def _checked(decode: Callable[..., B], content: object, kind: type[B]) -> B:
    try:
        return decode(content, type=kind)
    except msgspec.ValidationError as error:
        raise _invalid(str(error), kind) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidRequestError(f"The body is not valid JSON in UTF-8: {error}.") from error


def _invalid(reason: str, kind: type[Body]) -> InvalidRequestError:
    """Say it in the caller's words: which field, what is wrong, and what there is instead."""
    sentence, _, path = reason.partition(" - at ")
    param = path.strip("`").removeprefix("$").lstrip(".")
    where = f"{param}: " if param else ""
    if named := _NAMED_FIELD.search(sentence):
        param = named[1]
    if "unknown field" in sentence:
        known = ", ".join(field.encode_name for field in msgspec.structs.fields(kind))
        sentence += f". Known fields: {known or 'none'}"
    return InvalidRequestError(f"{where}{sentence}.", param=param or None)
