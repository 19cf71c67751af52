"""Text set as large as its room allows, in lines of even length."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache

from shared.adapters.local.clip.typefaces import Lettering

_ELLIPSIS = "…"
_LEADING = 1.22

# Chinese and Japanese break between any two letters, but not before closing punctuation.
_EAST_ASIAN = "\u2e80-\u9fff\uf900-\ufaff\uff01-\uff60\U00020000-\U0003ffff"
_CLOSING = "\u3001\u3002\u300d\u300f\uff01\uff09\uff0c\uff1f"
_WORD = re.compile(f" ?(?:[{_EAST_ASIAN}][{_CLOSING}]*|[^ {_EAST_ASIAN}]+)")


def fit(
    text: str, lettering: Lettering, *, sizes: Sequence[int], width: int, height: int
) -> "Paragraph":
    """Set the text in the first of `sizes` that holds it, or as much as the last one holds."""
    for size in sizes:
        paragraph = Paragraph(text, lettering, size=size, width=width)
        if paragraph.keeps_words and paragraph.height <= height:
            paragraph.balance()
            return paragraph
    paragraph.shorten(height)
    return paragraph


class Paragraph:
    """Lines of one size that are no wider than `width` pixels."""

    def __init__(self, text: str, lettering: Lettering, *, size: int, width: int) -> None:
        self.size = size
        self._words = _WORD.findall(text)
        self._width = width
        self._length = cache(lambda line: lettering.length(line, size))
        self.lines = self._wrap(width)

    @property
    def leading(self) -> int:
        """The distance from one baseline to the next, in pixels."""
        return round(self.size * _LEADING)

    @property
    def height(self) -> int:
        return self.leading * len(self.lines)

    @property
    def keeps_words(self) -> bool:
        return all(self._length(word) <= self._width for word in self._words)

    def balance(self) -> None:
        """Narrow the lines as far as their number stays, which leaves no word alone."""
        widths = range(self._width, self._width // 2, -4)[::-1]
        narrowest = bisect_left(widths, -len(self.lines), key=lambda w: -len(self._wrap(w)))
        self.lines = self._wrap(widths[narrowest])

    def shorten(self, height: int) -> None:
        """Drop what does not fit into the height, and say so with an ellipsis."""
        kept = self.lines[: max(1, height // self.leading)]
        if len(kept) == len(self.lines):
            return
        while kept[-1] and self._length(kept[-1] + _ELLIPSIS) > self._width:
            kept[-1] = kept[-1].rpartition(" ")[0] or kept[-1][:-1]
        self.lines = [*kept[:-1], kept[-1].rstrip(" ,;:.") + _ELLIPSIS]

    def _wrap(self, width: int) -> list[str]:
        lines = [""]
        for word in self._broken(width):
            if lines[-1] and self._length(lines[-1] + word) > width:
                lines.append("")
            lines[-1] = (lines[-1] + word).lstrip()
        return lines

    def _broken(self, width: int) -> Iterator[str]:
        """Yield the words, and those that no line can hold in pieces."""
        for word in self._words:
            rest = word
            while self._length(rest) > width and len(rest) > 1:
                lengths = (self._length(rest[: n + 1]) for n in range(len(rest)))
                end = max(1, next(n for n, length in enumerate(lengths) if length > width))
                yield rest[:end]
                rest = rest[end:]
            yield rest
