"""The queries of requests, and how they are read and checked."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, TypeVar

from msgspec import Meta
from werkzeug.wrappers import Request

from shared.domain.clip import COMPANIONS
from shared.domain.errors import InvalidRequestError
from shared.domain.video import Status, VersionState
from shared.http.endpoint import Endpoint
from shared.requests.lanes import Priority
from shared.requests.parsing import Amount, B, Body, CampaignId, from_values, one_of

E = TypeVar("E", bound=StrEnum)

MAX_PAGE = 100
VIDEO = "video"
VARIANTS = (VIDEO, *COMPANIONS)

PageSize = Annotated[int, Meta(ge=1, le=MAX_PAGE)]
Include = Annotated[str, one_of("signed_url")]
Variant = Annotated[str, one_of(*VARIANTS)]


class ListQuery(Body):
    campaign_id: Annotated[CampaignId | None, Meta(description="Only videos of this campaign.")] = (
        None
    )
    tag: str | None = None
    version_state: Annotated[str, one_of(*VersionState)] | None = None
    status: Annotated[str, one_of(*Status)] | None = None
    after: str | None = None
    limit: PageSize = 20
    order: Annotated[str, one_of("asc", "desc")] = "desc"
    include: Include | None = None


class PageQuery(Body):
    after: str | None = None
    limit: PageSize = 20


class ReadQuery(Body):
    include: Include | None = None


class DeleteQuery(Body):
    purge: bool = False


class AnyQuery(Body, forbid_unknown_fields=False):
    """Ignores parameters that it does not have.

    It is that of pages, files and media, of the health check and of beacons, to whose URLs others
    add parameters: players and probes to bypass caches, mail programs and sites to follow links.
    """


class ContentQuery(AnyQuery):
    variant: Variant = VIDEO
    download: bool = False


class SignatureQuery(AnyQuery):
    expires: str = ""
    signature: str = ""
    disposition: str | None = None


class BatchQuery(Body):
    max_cost_usd: Amount | None = None
    priority: Priority | None = None


def read_query(request: Request, kind: type[B]) -> B:
    values: dict[str, str] = {}
    if request.query_string:
        for key, value in request.args.items(multi=True):
            require_once("query", key, values)
            values[key] = value
    return from_values(values, kind, named="query parameter")


def refuse_parameters(request: Request, endpoint: Endpoint) -> None:
    """Raise InvalidRequestError for the first parameter of an endpoint that has none."""
    for name in request.args:
        in_body = endpoint.body is not None and name in endpoint.body().__struct_encode_fields__
        advice = f"Send {name} in the body." if in_body else "This request takes none."
        raise InvalidRequestError(
            f"Unknown query parameter {name[:80]!r}. {advice}", param=name[:80]
        )


def require_once(where: str, key: str, values: Mapping[str, object]) -> None:
    """Raise InvalidRequestError if the key has a value."""
    if key in values:
        raise InvalidRequestError(f"The {where} has {key[:80]!r} more than once.", param=key)


def require_one_of(kind: type[E], value: str | None, param: str) -> E | None:
    """Raise InvalidRequestError for a value that `kind` does not have."""
    if value is None:
        return None
    try:
        return kind(value)
    except ValueError:
        choices = ", ".join(kind)
        raise InvalidRequestError(f"{param} is one of: {choices}.", param=param) from None
