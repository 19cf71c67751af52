"""The types of requests and answers about campaigns."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal, TypedDict

from msgspec import UNSET, Meta, UnsetType

from shared.domain.errors import InvalidRequestError
from shared.domain.search import CampaignStatus
from shared.domain.titles import MAX_TITLE_CHARACTERS
from shared.http.queries import PageSize
from shared.http.resource_types import Dollars, Epoch, UnreadableResource, VideoResource
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
    """A field that is left out is not changed; null removes the title or the budget."""

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


class CampaignQueueResource(TypedDict):
    """How many videos wait for their turns, and when the last of them will be done.

    `reason` is that of a video that waits.
    """

    waiting: int
    expected_done_at: Epoch | None
    reason: str | None


class DeletedCampaign(TypedDict):
    id: str
    object: Literal["campaign.deleted"]
    deleted: bool


class DeletedTrash(TypedDict):
    """`id` is that of the campaign."""

    id: str
    object: Literal["trash.deleted"]
    deleted: bool


class SlotResource(TypedDict):
    """`unreadable` are videos of the slot, in any state, whose records cannot be read."""

    index: int
    current: VideoResource | None
    pending: VideoResource | None
    historical: Sequence[VideoResource]
    unreadable: Sequence[UnreadableResource]


class CountsResource(TypedDict):
    """`failed` is the number of slots whose latest video failed.

    `trashed` videos are in none of the other numbers.
    """

    failed: int
    current: int
    pending: int
    historical: int
    trashed: int
    cache_hits: int


class MoneyResource(TypedDict):
    currency: str
    reserved: Dollars
    spent: Dollars
    simulated: Dollars
    possibly_spent: Dollars
    saved: Dollars


class BudgetResource(TypedDict):
    """null means no limit.

    `limit_usd` is the campaign's own budget, `own_usd`, or else the installation's, `default_usd`.
    """

    currency: str
    limit_usd: Dollars | None
    available_usd: Dollars | None
    own_usd: Dollars | None
    default_usd: Dollars | None


class DraftResource(TypedDict):
    """Fields of the request for the first videos."""

    prompts: Sequence[str | None]
    business_context: Mapping[str, str]
    model: str
    seconds: int
    aspect_ratio: str
    resolution: str
    fps: int
    generate_audio: bool
    negative_prompt: str | None
    seed: int | None
    person_generation: str | None


class CampaignFacts(TypedDict):
    """The fields of a campaign, alone and in a list.

    `trash_days` is how long a deleted video can be restored; 0 if it cannot.
    """

    id: str
    object: Literal["campaign"]
    title: str | None
    archived: bool
    created_at: Epoch
    updated_at: Epoch
    max_videos: int
    keep_historical: int
    trash_days: int
    counts: CountsResource
    money: MoneyResource
    budget: BudgetResource


class CampaignResource(CampaignFacts):
    """`unreadable` is the number of unreadable videos in all slots.

    `queue` is null unless a video waits for its turn. `draft` is null once it has had a video.
    """

    draft: DraftResource | None
    queue: CampaignQueueResource | None
    unreadable: int
    slots: Sequence[SlotResource]


class CampaignSummary(CampaignFacts):
    """A campaign in a list. `thumbnail_urls` has one URL for each current video, by slot."""

    thumbnail_urls: Sequence[str]


class CleanedVideo(TypedDict):
    id: str
    index: int


class CleanupResource(TypedDict):
    object: Literal["cleanup"]
    dry_run: bool
    deleted: Sequence[CleanedVideo]
    bytes: int
