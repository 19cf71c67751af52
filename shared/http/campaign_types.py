"""The types of answers about campaigns."""

from collections.abc import Mapping, Sequence
from typing import Literal, TypedDict

from shared.http.resource_types import Dollars, Epoch, UnreadableResource, VideoResource


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
