"""File names for people: which campaign, which video, and the first words of its prompt."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.domain.video import Video

_MOST_WORDS = 4
_MOST_CHARACTERS = 40
_HASH_CHARACTERS = 6
_APOSTROPHES = str.maketrans("", "", "'\u2019")


def download_name(video: Video) -> str:
    """Return a name without its ending, such as `winter-roast-1-a-steaming-cup-of`.

    It has letters of any script. That of a version which is not current has the beginning of its
    hash, too, so that versions of one prompt have different names.
    """
    parts = [video.campaign_id, str(video.index + 1), *_words(video.prompt)]
    if not video.is_current:
        parts.append(video.video_hash[:_HASH_CHARACTERS])
    return "-".join(parts)


def archive_name(campaign_id: str, title: str | None) -> str:
    """Return the name of the file with all videos of a campaign, without its ending."""
    return "-".join(_words(title or "", most=_MOST_CHARACTERS)) or campaign_id


def _words(text: str, *, most: int = _MOST_WORDS) -> list[str]:
    lower = unicodedata.normalize("NFC", text).lower().translate(_APOSTROPHES)
    words = "".join(each if _is_of_word(each) else " " for each in lower).split()
    return " ".join(words[:most])[:_MOST_CHARACTERS].split()


def _is_of_word(character: str) -> bool:
    # Vowel signs and accents that have no composed form are marks (M).
    return character.isalnum() or unicodedata.category(character).startswith("M")
