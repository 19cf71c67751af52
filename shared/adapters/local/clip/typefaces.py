"""The letters of a clip: FiraGO, which speaks most scripts, and others for what it lacks."""

import importlib
import io
import unicodedata
from itertools import groupby
from operator import itemgetter

from PIL import ImageDraw, ImageFont, features

from shared.adapters.local.clip.right_to_left import as_seen, reads_right_to_left
from shared.building import built_once

_PLACEHOLDER = "\N{WHITE VERTICAL RECTANGLE}"
_UNASSIGNED = "\U0010ffff"
_FLAG_LETTER = "REGIONAL INDICATOR SYMBOL LETTER "
# Accents, joiners and skin tones that only vary the character before them.
_SILENTLY_LEFT_OUT = frozenset({"Mn", "Me", "Cf", "Sk"})

# East Asian letters outweigh everything else together, so they come from the operating system
# where it has them.
_SYSTEM_FONTS = (
    "NotoSansCJK-Bold.ttc",
    "NotoSansCJK-Regular.ttc",
    "Arial Unicode.ttf",
    "msyhbd.ttc",
    "malgunbd.ttf",
    "DroidSansFallbackFull.ttf",
    "wqy-microhei.ttc",
)


class Lettering:
    """Writes any text in one weight, "Regular" or "Bold", each letter in a font that has it."""

    def __init__(self, weight: str) -> None:
        self._main = _Typeface(_packaged(f"FiraGO_{weight}"))
        self._faces: dict[str, _Typeface | None] = {}

    def legible(self, text: str) -> str:
        """Return the text as one line, with a name or a placeholder for what no font has."""
        composed = unicodedata.normalize("NFC", text)
        return " ".join("".join(map(self._substitute, composed)).split())

    def length(self, text: str, size: int) -> float:
        direction = _direction(text)
        runs = self._runs(text)
        return sum(face.at(size).getlength(run, direction=direction) for face, run in runs)

    def write(
        self,
        canvas: ImageDraw.ImageDraw,
        text: str,
        *,
        x: float,
        baseline: float,
        size: int,
        fill: int,
    ) -> None:
        direction = _direction(text)
        for face, run in self._runs(text):
            font = face.at(size)
            canvas.text((x, baseline), run, fill, font, anchor="ls", direction=direction)
            x += font.getlength(run, direction=direction)

    def _runs(self, text: str) -> list[tuple["_Typeface", str]]:
        """Return the text in the order of drawing, cut where the font changes."""
        faces: list[_Typeface] = []
        for character in text:
            stays = faces and _leans(character) and faces[-1].covers(character)
            faces.append(faces[-1] if stays else self._face(character) or self._main)
        spans = groupby(zip(faces, text, strict=True), itemgetter(0))
        runs = [(face, "".join(character for _, character in span)) for face, span in spans]
        if not _shapes():
            runs = [(face, as_seen(run)) for face, run in runs]
        return runs[::-1] if reads_right_to_left(text) else runs

    def _face(self, character: str) -> "_Typeface | None":
        if character not in self._faces:
            found = self._main if self._main.covers(character) else None
            found = found or next((f for f in self._fallbacks if f.covers(character)), None)
            self._faces[character] = found
        return self._faces[character]

    @built_once
    def _fallbacks(self) -> list["_Typeface"]:
        fallbacks = [_Typeface(_packaged("NotoSansSymbols2_Regular"))]
        for name in _SYSTEM_FONTS:
            try:
                fallbacks.append(_Typeface(name))
            except OSError:
                continue
        return fallbacks

    def _substitute(self, character: str) -> str:
        category = unicodedata.category(character)
        if character.isspace() or category == "Cc":
            return " "
        if self._face(character):
            return character
        if category == "So":
            return _symbol_name(character)
        return "" if category in _SILENTLY_LEFT_OUT else _PLACEHOLDER


class _Typeface:
    def __init__(self, source: bytes | str) -> None:
        self._source = source
        self._sizes: dict[int, ImageFont.FreeTypeFont] = {}
        self._probe = self._open(16, ImageFont.Layout.BASIC)
        self._no_glyph = bytes(self._probe.getmask(_UNASSIGNED))

    def at(self, size: int) -> ImageFont.FreeTypeFont:
        if size not in self._sizes:
            layout = ImageFont.Layout.RAQM if _shapes() else ImageFont.Layout.BASIC
            self._sizes[size] = self._open(size, layout)
        return self._sizes[size]

    def covers(self, character: str) -> bool:
        return character == " " or bytes(self._probe.getmask(character)) != self._no_glyph

    def _open(self, size: int, layout: ImageFont.Layout) -> ImageFont.FreeTypeFont:
        font = io.BytesIO(self._source) if isinstance(self._source, bytes) else self._source
        return ImageFont.truetype(font, size, layout_engine=layout)


def _packaged(name: str) -> bytes:
    font: bytes = importlib.import_module(f"pymupdf_fonts.{name}").fontbuffer
    return font


def _shapes() -> bool:
    """Whether Pillow found the libraries that join and order letters itself."""
    return bool(features.check_feature("raqm"))


def _direction(text: str) -> str | None:
    if not _shapes():
        return None
    return "rtl" if reads_right_to_left(text) else "ltr"


def _leans(character: str) -> bool:
    """Whether the character belongs to the one before it rather than standing alone."""
    return character == " " or unicodedata.category(character) in {"Mn", "Mc", "Me", "Cf"}


def _symbol_name(symbol: str) -> str:
    name = unicodedata.name(symbol)
    if name.startswith(_FLAG_LETTER):
        return name.removeprefix(_FLAG_LETTER)
    return f":{name.lower()}:"
