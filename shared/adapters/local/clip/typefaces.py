"""Fonts of a clip, and what they can show of a text.

FiraGO covers the Latin, Cyrillic, Greek, Arabic, Hebrew, Devanagari, Thai and Georgian scripts.
East Asian fonts are too large to install with Showreel: they come from the operating system.
"""

import importlib
import io
import unicodedata

from PIL import ImageFont, features

_UNASSIGNED = "\U0010ffff"
_FLAG_LETTER = "REGIONAL INDICATOR SYMBOL LETTER "
_SYSTEM_FONTS = (
    "NotoSansCJK-Bold.ttc",
    "NotoSansCJK-Regular.ttc",
    "Arial Unicode.ttf",
    "msyhbd.ttc",
    "malgunbd.ttf",
    "DroidSansFallbackFull.ttf",
    "wqy-microhei.ttc",
)


class Typeface:
    """A font in any size."""

    def __init__(self, source: bytes | str) -> None:
        self._source = source
        self._probe = self._open(16, ImageFont.Layout.BASIC)
        self._no_glyph = bytes(self._probe.getmask(_UNASSIGNED))

    def at(self, size: int) -> ImageFont.FreeTypeFont:
        return self._open(size, None)

    def covers(self, character: str) -> bool:
        return character == " " or bytes(self._probe.getmask(character)) != self._no_glyph

    def missing(self, text: str) -> list[str]:
        """Return the letters of the text that the font has no glyph for."""
        return [letter for letter in text if letter.isalpha() and not self.covers(letter)]

    def _open(self, size: int, layout: ImageFont.Layout | None) -> ImageFont.FreeTypeFont:
        font = io.BytesIO(self._source) if isinstance(self._source, bytes) else self._source
        return ImageFont.truetype(font, size, layout_engine=layout)


def packaged(weight: str) -> Typeface:
    """Return FiraGO in the weight "Regular" or "Bold"."""
    return Typeface(importlib.import_module(f"pymupdf_fonts.FiraGO_{weight}").fontbuffer)


def best_typeface(text: str) -> Typeface:
    """Return the bold font that shows the most letters of the text; FiraGO if several do."""
    best = packaged("Bold")
    fewest = len(best.missing(text))
    for name in _SYSTEM_FONTS if fewest else ():
        try:
            face = Typeface(name)
        except OSError:
            continue
        if (count := len(face.missing(text))) < fewest:
            best, fewest = face, count
    return best


def legible(text: str, face: Typeface) -> str:
    """Return what the font can show of the text, as one line.

    Symbols without a glyph are named. If the font lacks most of the letters, the line says which
    script is missing.
    """
    composed = unicodedata.normalize("NFC", text)
    missing = face.missing(composed)
    if 2 * len(missing) > sum(map(str.isalpha, composed)):
        return f"This prompt is in {_script(missing[0])}, and no font on this machine shows it"
    return " ".join("".join(_shown(character, face) for character in composed).split())


def reads_right_to_left(text: str) -> bool:
    """Whether the first letter that has a direction belongs to a right-to-left script."""
    letters = (d for d in map(unicodedata.bidirectional, text) if d in {"L", "R", "AL"})
    return next(letters, "L") != "L"


def shaped(text: str) -> str:
    """Return the text with Arabic letters joined, unless Pillow joins them itself (Raqm)."""
    if features.check("raqm"):
        return text
    from arabic_reshaper import ArabicReshaper

    options = {"delete_harakat": False, "use_unshaped_instead_of_isolated": True}
    return str(ArabicReshaper({**options, "ARABIC LIGATURE ALLAH": False}).reshape(text))


def ordered(line: str, *, right_to_left: bool) -> tuple[str, str | None]:
    """Return a shaped line as Pillow draws it, and the direction that Pillow needs to know."""
    if features.check("raqm"):
        return line, "rtl" if right_to_left else "ltr"
    # The one in Rust, `bidi.get_display`, leaves brackets as they are.
    from bidi.algorithm import get_display

    return str(get_display(line, base_dir="R" if right_to_left else "L")), None


def _shown(character: str, face: Typeface) -> str:
    category = unicodedata.category(character)
    if character.isspace() or category == "Cc":
        return " "
    if face.covers(character):
        return character
    return _symbol_name(character) if category == "So" else ""


def _symbol_name(symbol: str) -> str:
    name = unicodedata.name(symbol)
    if name.startswith(_FLAG_LETTER):
        return name.removeprefix(_FLAG_LETTER)
    return f":{name.lower()}:"


def _script(letter: str) -> str:
    script = unicodedata.name(letter, "an unknown script").split(" ")[0]
    return "Chinese characters" if script == "CJK" else script.capitalize()
