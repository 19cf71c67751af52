"""The canonical form of text, which is equal for spellings of the same words.

Only comparisons use it: the text is stored, and sent to the generator, as it was written.
"""

import re
import unicodedata

from shared.domain.errors import InvalidRequestError

# Unicode's categories Cc and Cs without line breaks and tabs.
_CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")

# The code points with Unicode's property Default_Ignorable_Code_Point: they have no glyph.
_JOINERS = "\u200c\u200d"
_VARIATIONS_AND_TAGS = "\u180b-\u180f\ufe00-\ufe0f\U000e0000-\U000e0fff"
_OTHERS = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
)
_INVISIBLE = f"{_OTHERS}{_JOINERS}{_VARIATIONS_AND_TAGS}"
# Joiners, variation selectors and tags change the character before them: ❤ and ❤️ differ.
_ENDS = rf"\A[\s{_INVISIBLE}]+|[\s{_OTHERS}]+\Z"
# Soft hyphen, zero-width space, word joiner and byte-order mark: they only control line breaks.
_LINE_BREAKING = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
_BLANK = f"[{_INVISIBLE}\u2800]+"
# Letters, numbers, punctuation and symbols; emoji are symbols.
_VISIBLE = frozenset("LNPS")
_VISIBLE_ASCII = re.compile("[!-~]")


def canonical(text: str) -> str:
    """Return the form in which `text` is compared.

    Line ends become LF, and characters are composed (NFC). Characters without a glyph are removed
    at both ends, and elsewhere if they only control line breaks. Compatibility forms (NFKC) are
    kept, as are the joiners of emoji and of scripts that need them.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    if lines.isascii():
        return lines.strip()
    return re.sub(_ENDS, "", unicodedata.normalize("NFC", lines.translate(_LINE_BREAKING)))


def is_visible(text: str) -> bool:
    """Whether `text` has a visible character."""
    if text.isascii():
        return _VISIBLE_ASCII.search(text) is not None
    shown = re.sub(_BLANK, "", text)
    return any(unicodedata.category(character)[0] in _VISIBLE for character in shown)


def require_plain(text: str, param: str) -> str:
    """Return `text`, which may have several lines. Raise InvalidRequestError."""
    if _CONTROL_CHARACTER.search(text):
        raise InvalidRequestError(
            f"{param} contains control characters. Send plain text.", param=param
        )
    return text
