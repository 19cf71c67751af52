"""How a campaign is found in lists: by words of its title and id, and by its status."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from shared.domain.campaign import Campaign

ARCHIVED = "is:archived"
"""No word has a colon."""


class CampaignStatus(StrEnum):
    """`pending` has a pending video; `failed` has a slot whose latest video failed."""

    PENDING = "pending"
    FAILED = "failed"


class CampaignFilter(Struct, frozen=True, kw_only=True):
    """Which campaigns are wanted: those with a word that begins with each of `words`."""

    words: tuple[str, ...] = ()
    status: CampaignStatus | None = None
    archived: bool | None = None

    def matches(self, campaign: Campaign) -> bool:
        keys = keys_of(campaign)
        return (
            all(any(key.startswith(word) for key in keys) for word in self.words)
            and (self.status is None or status_key(self.status) in keys)
            and self.archived in (None, campaign.archived)
        )


def words_in(text: str) -> tuple[str, ...]:
    """Return the words of a text without case and diacritics, each once."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(each for each in letters if not unicodedata.combining(each))
    return tuple(dict.fromkeys(re.findall(r"[^\W_]+", plain)))


def keys_of(campaign: Campaign) -> tuple[str, ...]:
    """Return the words of the campaign, and then its states."""
    states = {
        status_key(CampaignStatus.PENDING): any(slot.pending for slot in campaign.slots),
        status_key(CampaignStatus.FAILED): bool(campaign.failed),
        ARCHIVED: campaign.archived,
    }
    words = words_in(f"{campaign.title or ''} {campaign.campaign_id}")
    return (*words, *(key for key, holds in states.items() if holds))


def status_key(status: CampaignStatus) -> str:
    return f"is:{status}"
