"""Titles of campaigns, and the ids that are made of them."""

import unicodedata
from collections.abc import Iterable, Iterator

from shared.domain.errors import InvalidRequestError
from shared.domain.text import canonical, is_visible

MAX_TITLE_CHARACTERS = 100

_LONGEST_ID = 64
_NAMELESS = "campaign"
# Letters that are more than a Latin letter and a diacritic; the umlauts as German spells them.
_LATIN = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "å": "aa",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "\u0131": "i",
        "&": " and ",
        "'": "",
        "\u2019": "",
    }
)


def title_of(text: str | None) -> str | None:
    """Return the title as it is stored, or None for an empty one. Raise InvalidRequestError."""
    title = canonical(text or "")
    if not title:
        return None
    for character in title:
        if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp"):
            raise InvalidRequestError(
                f"A title has no control characters, such as U+{ord(character):04X}.", param="title"
            )
    if len(title) > MAX_TITLE_CHARACTERS or not is_visible(title):
        raise InvalidRequestError(
            f"A title has 1 to {MAX_TITLE_CHARACTERS} characters, and one of them is visible.",
            param="title",
        )
    return title


def ids_for(title: str, endings: Iterable[str]) -> Iterator[str]:
    """Yield the id that suits a title, its Latin letters and digits, and then one with each ending.

    Letters of other scripts are left out.
    """
    lower = unicodedata.normalize("NFC", title).lower().translate(_LATIN)
    plain = unicodedata.normalize("NFKD", lower).encode("ascii", "ignore").decode()
    words = "".join(each if each.isalnum() else " " for each in plain).split()
    base = "-".join(words)[:_LONGEST_ID].strip("-") or _NAMELESS
    yield base
    for ending in endings:
        yield f"{base[: _LONGEST_ID - 1 - len(ending)].rstrip('-')}-{ending}"
