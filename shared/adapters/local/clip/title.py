"""The text of a clip, drawn once on a sheet that is laid over every frame."""

import math
import re
import textwrap
import unicodedata
from collections.abc import Sequence

from msgspec import Struct
from PIL import Image, ImageDraw, ImageFont

from shared.adapters.local.clip.typefaces import (
    Typeface,
    best_typeface,
    legible,
    ordered,
    packaged,
    reads_right_to_left,
    shaped,
)

_LABEL = "SYNTHETIC PREVIEW"
_MAX_CHARACTERS = 400
_WHITE, _SOFT_WHITE, _FAINT_WHITE = 255, 205, 80

# In hundredths of the short side, from a headline to the smallest size that is easy to read.
_PROMPT_SIZES = (13.0, 11.0, 9.4, 8.0, 6.8, 5.8, 5.0, 4.4)
_CAPTION_SIZE = 2.9
_LABEL_SIZE = 2.5
_LEADING = 1.22
# A longer word is broken at any size, because the largest size that keeps it whole is too small.
_MAX_WORD = 24
# Chinese and Japanese punctuation ends a line, and never begins one.
_STRAY_PUNCTUATION = re.compile("\n([\u3001\u3002\u300d\u300f\uff01\uff09\uff0c\uff1f]+)")


class Layout(Struct, frozen=True, kw_only=True):
    """The positions of all elements in a picture of this size, in pixels."""

    width: int
    height: int

    def units(self, hundredths: float) -> int:
        """A length given in hundredths of the short side."""
        return max(1, round(min(self.width, self.height) * hundredths / 100))

    @property
    def margin(self) -> int:
        return self.units(8)

    @property
    def prompt_span(self) -> tuple[float, float]:
        """The top and bottom limits of the prompt."""
        height = min(0.82 * (self.height - 4 * self.margin), self.units(72))
        return (self.height - height) / 2, (self.height + height) / 2

    @property
    def label_top(self) -> int:
        """Below the progress line."""
        return self.margin + self.units(3)

    @property
    def measure(self) -> int:
        """The widest line of text."""
        return self.width - 2 * self.margin

    def progress_line(self, moment: float) -> tuple[int, int, int, int]:
        """The box of the progress line, at full width at moment 1; even, as chroma requires.

        At the top edge: at the bottom it would look like the seek bar of a player.
        """
        left = top = self.margin // 2 * 2
        length, thickness = round(self.measure * moment / 2) * 2, self.units(0.6) // 2 * 2
        return left, top, left + max(2, length), top + max(2, thickness)


def draw_title(*, prompt: str, caption: str, layout: Layout) -> Image.Image:
    """Return the opacity of the white text at each pixel."""
    sheet = Image.new("L", (layout.width, layout.height))
    canvas = ImageDraw.Draw(sheet)
    regular = packaged("Regular")
    _draw_label(canvas, regular, layout)
    _draw_prompt(canvas, prompt, layout)
    _draw_caption(canvas, regular, caption, layout)
    left, top, right, bottom = layout.progress_line(1)
    canvas.rectangle((left, top, right - 1, bottom - 1), fill=_FAINT_WHITE)
    return sheet


def fit(
    text: str, face: Typeface, *, sizes: Sequence[int], width: int, height: int
) -> tuple[int, list[str]]:
    """Return the first of `sizes` at which the text fits, and its lines, of even length.

    At the last size, text that does not fit ends in an ellipsis.
    """
    for size in sizes:
        font = face.at(size)
        lines = wrap(text, font, width=width, max_lines=height // leading(size) or 1)
        if _is_whole(lines, text):
            return size, _balance(lines, text, font, width)
    return size, lines


def wrap(text: str, font: ImageFont.FreeTypeFont, *, width: int, max_lines: int) -> list[str]:
    """Return lines no wider than `width` pixels."""
    columns = len(text) or 1
    lines = _lines(text, columns, max_lines)
    while columns > 1 and (widest := _width(lines, font)) > width:
        columns = max(1, min(columns - 1, math.ceil(max(map(len, lines)) * width / widest)))
        lines = _lines(text, columns, max_lines)
    return lines


def _balance(lines: list[str], text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Narrow the lines as long as their number stays the same: no word is left alone."""
    for columns in range(max(map(len, lines), default=0) - 1, 0, -1):
        narrower = _lines(text, columns, len(lines))
        if not _is_whole(narrower, text):
            break
        if _width(narrower, font) <= width:
            lines = narrower
    return lines


def leading(size: int) -> int:
    """Return the distance between two baselines, in pixels."""
    return round(size * _LEADING)


def _lines(text: str, columns: int, max_lines: int) -> list[str]:
    lines = textwrap.wrap(
        text, columns, max_lines=max_lines, placeholder="…", break_on_hyphens=False
    )
    return _STRAY_PUNCTUATION.sub(r"\1\n", "\n".join(lines)).splitlines()


def _width(lines: list[str], font: ImageFont.FreeTypeFont) -> float:
    return max(map(font.getlength, lines), default=0)


def _is_whole(lines: list[str], text: str) -> bool:
    """Whether the lines have the whole text, and no word is broken that must not be."""
    kept = set(" ".join(lines).split())
    return "".join(lines).replace(" ", "") == text.replace(" ", "") and all(
        word in kept for word in text.split() if not _breaks_anywhere(word)
    )


def _breaks_anywhere(word: str) -> bool:
    return len(word) > _MAX_WORD or any(unicodedata.east_asian_width(c) in "WF" for c in word)


def _draw_label(canvas: ImageDraw.ImageDraw, face: Typeface, layout: Layout) -> None:
    size, padding, x = layout.units(_LABEL_SIZE), layout.units(1.6), float(layout.margin)
    font, gap = face.at(size), 0.14 * size
    height = size + 2 * layout.units(1.0)
    top = layout.label_top
    baseline = top + round(height / 2 + 0.345 * size)
    x += padding
    for letter in _LABEL:
        canvas.text((x, baseline), letter, _SOFT_WHITE, font, anchor="ls")
        x += round(font.getlength(letter) + gap)
    box = (layout.margin, top, x + padding - round(gap), top + height)
    canvas.rounded_rectangle(box, radius=height / 2, outline=_FAINT_WHITE, width=layout.units(0.2))


def _draw_prompt(canvas: ImageDraw.ImageDraw, prompt: str, layout: Layout) -> None:
    face = best_typeface(prompt[:_MAX_CHARACTERS])
    text = legible(_beginning(prompt), face)
    top, bottom = layout.prompt_span
    size, lines = fit(
        shaped(text),
        face,
        sizes=[layout.units(size) for size in _PROMPT_SIZES],
        width=layout.measure,
        height=round(bottom - top),
    )
    font, right_to_left = face.at(size), reads_right_to_left(text)
    x, anchor = (layout.width - layout.margin, "rs") if right_to_left else (layout.margin, "ls")
    baseline = (top + bottom - leading(size) * len(lines)) / 2 + 0.9 * size
    for line in lines:
        drawn, direction = ordered(line, right_to_left=right_to_left)
        canvas.text((x, baseline), drawn, _WHITE, font, anchor=anchor, direction=direction)
        baseline += leading(size)


def _draw_caption(
    canvas: ImageDraw.ImageDraw, face: Typeface, caption: str, layout: Layout
) -> None:
    font = face.at(layout.units(_CAPTION_SIZE))
    lines = wrap(legible(caption, face), font, width=layout.measure, max_lines=1)
    baseline = layout.height - layout.margin - layout.units(2.6)
    canvas.text((layout.margin, baseline), "".join(lines), _SOFT_WHITE, font, anchor="ls")


def _beginning(prompt: str) -> str:
    if len(prompt) <= _MAX_CHARACTERS:
        return prompt
    cut = prompt[:_MAX_CHARACTERS]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:.") + "…"
