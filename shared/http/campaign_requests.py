"""Queries and bodies of requests for campaigns."""

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from shared.domain.errors import InvalidRequestError
from shared.domain.finding import CampaignStatus
from shared.domain.titles import MAX_TITLE_CHARACTERS
from shared.http.queries import PageSize
from shared.ports.campaign_repository import CampaignPosition
from shared.requests.parsing import Amount, Body, one_of

MAX_SEARCH_CHARACTERS = 200

_CURSOR = re.compile(r"([0-9]{1,17})\.([A-Za-z0-9][A-Za-z0-9_-]{0,63})", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class CampaignOrder(StrEnum):
    ID = "id"
    UPDATED = "updated"


_Title = Annotated[str, Meta(extra_json_schema={"maxLength": MAX_TITLE_CHARACTERS})]
_Search = Annotated[str, Meta(max_length=MAX_SEARCH_CHARACTERS)]
_Status = Annotated[str, one_of(*CampaignStatus)]
_TITLE = Meta(
    description="What people call the campaign: free text without control characters.",
    examples=["Winter Roast 2026!"],
)
_ORDER = Meta(
    description="By id, or the latest change first: then `last_id` is a cursor, to be sent as "
    "`after`."
)
_SEARCH = Meta(
    description="With `order=updated`: only those with words in title or id that begin with these."
)
_STATUS = Meta(
    description="With `order=updated`: only those with a pending video, or with a slot whose "
    "latest video failed."
)
_ARCHIVED = Meta(description="With `order=updated`: only archived ones, or only the others.")


class CampaignListQuery(Body):
    after: str | None = None
    limit: PageSize = 20
    order: Annotated[str, one_of(*CampaignOrder), _ORDER] = CampaignOrder.ID
    q: Annotated[_Search, _SEARCH] = ""
    status: Annotated[_Status | None, _STATUS] = None
    archived: Annotated[bool | None, _ARCHIVED] = None


class CampaignBody(Body):
    """A field that is left out stays as it is; null removes the title, or the own budget."""

    title: Annotated[_Title | UnsetType | None, _TITLE] = UNSET
    archived: Annotated[bool | UnsetType, Meta(description="Whether it is archived.")] = UNSET
    budget_usd: Amount | UnsetType | None = UNSET


class NewCampaignBody(Body):
    """The id is made of the title."""

    title: Annotated[_Title, _TITLE]


class DuplicateBody(Body):
    """Without a title, it is that of the campaign with "(copy)"."""

    title: Annotated[_Title | None, _TITLE] = None


def cursor_of(position: CampaignPosition) -> str:
    return f"{(position.updated_at - _EPOCH) // _MICROSECOND}.{position.campaign_id}"


def position_in(cursor: str) -> CampaignPosition:
    """Raise InvalidRequestError."""
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise InvalidRequestError("after is the last_id of a page in this order.", param="after")
    return CampaignPosition(updated_at=_EPOCH + int(match[1]) * _MICROSECOND, campaign_id=match[2])
