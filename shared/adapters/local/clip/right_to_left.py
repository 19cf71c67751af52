"""Arabic and Hebrew for a text layout that knows neither: letters joined, put in the order seen.

Pillow leaves this to FriBidi, which its wheels expect from the operating system.
"""

import re
import unicodedata
from itertools import groupby, pairwise
from operator import itemgetter

_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")
_CLUSTER = re.compile(r".[\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]*", re.DOTALL)
_LAM_WITH_ALEF = range(0xFEF5, 0xFEFD)
_JOINERS = dict.fromkeys(map(ord, "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"))


def reads_right_to_left(text: str) -> bool:
    """Whether the first letter that has a direction belongs to a right-to-left script."""
    letters = (d for d in map(unicodedata.bidirectional, text) if d in {"L", "R", "AL"})
    return next(letters, "L") != "L"


def as_seen(line: str) -> str:
    """Return the line as its glyphs stand from left to right, Arabic letters in joined forms.

    It knows words, numbers and brackets, not the whole of the bidirectional algorithm.
    """
    leftwards_line = reads_right_to_left(line)
    spans = _spans(_joined(line), leftwards_line=leftwards_line)
    seen = [_reversed(text) if leftwards else text for leftwards, text in spans]
    return "".join(reversed(seen) if leftwards_line else seen).translate(_JOINERS)


def _leftwards(character: str) -> bool | None:
    direction = unicodedata.bidirectional(character)
    if direction in {"R", "AL"}:
        return True
    return False if direction in {"L", "EN", "AN"} else None


def _spans(line: str, *, leftwards_line: bool) -> list[tuple[bool, str]]:
    """Split where the direction turns; what has none goes with its neighbours, or the line."""
    spans = [(side, "".join(span)) for side, span in groupby(line, _leftwards)]
    sides = [leftwards_line, *(side for side, _ in spans), leftwards_line]
    settled = []
    for (side, text), before, after in zip(spans, sides, sides[2:], strict=False):
        neighbours = bool(before) if before == after else leftwards_line
        settled.append((neighbours if side is None else side, text))
    turns = groupby(settled, itemgetter(0))
    return [(side, "".join(text for _, text in span)) for side, span in turns]


def _reversed(text: str) -> str:
    return "".join(reversed(_CLUSTER.findall(text))).translate(_MIRRORED)


def _presentation_forms() -> dict[str, dict[str, str]]:
    """Map an Arabic letter, or lam with alef, to the glyphs that differ from how it is written."""
    forms: dict[str, dict[str, str]] = {}
    for code in (*range(0xFB50, 0xFC00), *range(0xFE80, 0xFEFD)):
        form, *letters = unicodedata.decomposition(chr(code)).split() or [""]
        base = "".join(chr(int(letter, 16)) for letter in letters)
        if (len(base) == 1 and form != "<isolated>") or code in _LAM_WITH_ALEF:
            forms.setdefault(base, {})[form] = chr(code)
    return forms


_FORMS = _presentation_forms()
_PIECE = re.compile("|".join([*(base for base in _FORMS if len(base) > 1), "."]), re.DOTALL)


def _joined(line: str) -> str:
    pieces = _PIECE.findall(line)
    letters = [i for i, piece in enumerate(pieces) if unicodedata.category(piece[0]) != "Mn"]
    forms = [_FORMS.get(pieces[i], {}) for i in letters]
    joints = ["<initial>" in a and "<final>" in b for a, b in pairwise([{}, *forms, {}])]
    for i, glyphs, (before, after) in zip(letters, forms, pairwise(joints), strict=True):
        pieces[i] = glyphs.get(_form(before, after), pieces[i])
    return "".join(pieces)


def _form(joined_before: bool, joined_after: bool) -> str:  # noqa: FBT001 - both are facts.
    if joined_before:
        return "<medial>" if joined_after else "<final>"
    return "<initial>" if joined_after else "<isolated>"
