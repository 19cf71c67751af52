"""The animated background: soft lights that drift over a dark ground."""

import math
import random
from collections.abc import Callable, Sequence

from msgspec import Struct
from PIL import Image, ImageFilter

# The picture has no sharp edges: a small one, scaled up, looks the same at a hundredth of the cost.
_SHORT_SIDE = 48
_DEEPEST_SHADE = 125
_TURN = 2 * math.pi

# The first colour is the ground, the others are lights. White text is readable on all of them.
_PALETTES = (
    ("#150a2e", "#7b2ff7", "#f1416c", "#f07d45", "#3a1c9e"),
    ("#04202c", "#00a6a6", "#0a5bd3", "#2fae7c", "#04506b"),
    ("#22060c", "#e8452c", "#ee8529", "#9b1b4f", "#5c0f2e"),
    ("#06231c", "#1f9d6b", "#86b03e", "#0e7c86", "#0b4a3a"),
    ("#1a0630", "#c850f0", "#4b3fe0", "#ee5299", "#5a1a8c"),
    ("#07172e", "#2a8edb", "#45a9d6", "#5a55d6", "#123a73"),
    ("#241004", "#d98518", "#e0562f", "#b8325e", "#6b3a12"),
    ("#260718", "#ef4d82", "#dd7391", "#7a2fbf", "#6d1245"),
    ("#03131c", "#0caf82", "#1aa8e0", "#7a5cff", "#0a4a52"),
    ("#1c1220", "#d9694f", "#c98f45", "#8a5a9e", "#5b2c3a"),
)


class _Light(Struct, frozen=True, kw_only=True):
    """Positions and radii are fractions of the picture's sides; `tilt` is in radians."""

    x: float
    y: float
    across: float
    along: float
    tilt: float = 0.0


def _drift(phase: float, moment: float) -> _Light:
    return _Light(
        x=0.5 + 0.42 * math.sin(_TURN * (moment + phase)),
        y=0.5 + 0.42 * math.cos(_TURN * (moment + 2.7 * phase)),
        across=0.8 + 0.15 * math.sin(_TURN * (moment + 1.3 * phase)),
        along=1.05,
    )


def _curtain(phase: float, moment: float) -> _Light:
    return _Light(
        x=0.5 + 0.55 * math.sin(_TURN * (moment + phase)),
        y=0.5,
        across=0.36 + 0.1 * math.sin(_TURN * (moment + 3.1 * phase)),
        along=1.7,
        tilt=0.45 + 0.25 * math.sin(_TURN * (moment + 1.7 * phase)),
    )


def _orbit(phase: float, moment: float) -> _Light:
    reach = 0.3 + 0.2 * math.sin(_TURN * 3 * phase)
    return _Light(
        x=0.5 + reach * math.cos(_TURN * (moment + phase)),
        y=0.5 + reach * math.sin(_TURN * (moment + phase)),
        across=0.95,
        along=0.6,
        tilt=_TURN * (moment + phase),
    )


_MOTIONS: Sequence[Callable[[float, float], _Light]] = (_drift, _curtain, _orbit)


class Backdrop:
    """An animation that `variation` selects; at moment 1 it is back at its start.

    It is dimmed behind `words` to keep the contrast.
    """

    def __init__(self, words: Image.Image, *, variation: str) -> None:
        dice = random.Random(variation)  # noqa: S311 - not a secret.
        self._size = _small_size(words.size)
        self._shade = _shade(words, self._size)
        self._ground, *self._colours = dice.choice(_PALETTES)
        dice.shuffle(self._colours)
        self._motion = dice.choice(_MOTIONS)
        count = len(self._colours)
        self._phases = [(number + dice.random()) / count for number in range(count)]
        self._glow = Image.radial_gradient("L").point(_falloff)

    def paint(self, moment: float) -> Image.Image:
        """Return a small RGB picture at `moment`, the elapsed fraction of the clip."""
        picture = Image.new("RGB", self._size, self._ground)
        for colour, phase in zip(self._colours, self._phases, strict=True):
            picture.paste(colour, (0, 0, *self._size), self._shine(self._motion(phase, moment)))
        picture.paste(self._ground, (0, 0), self._shade)
        return picture

    def _shine(self, light: _Light) -> Image.Image:
        width, height = self._size
        cosine, sine = math.cos(light.tilt), math.sin(light.tilt)
        step_x, step_y = 128 / (light.across * width), 128 / (light.along * height)
        a, b, d, e = cosine * step_x, sine * step_x, -sine * step_y, cosine * step_y
        x, y = light.x * width, light.y * height
        to_glow = (a, b, 128 - a * x - b * y, d, e, 128 - d * x - e * y)
        return self._glow.transform(
            self._size, Image.Transform.AFFINE, to_glow, Image.Resampling.BILINEAR
        )


def _small_size(size: tuple[int, int]) -> tuple[int, int]:
    width, height = size
    scale = _SHORT_SIDE / min(size)
    return round(width * scale), round(height * scale)


def _shade(words: Image.Image, size: tuple[int, int]) -> Image.Image:
    near = words.resize(size, Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(min(size) / 5))
    return near.point(lambda ink: round(_DEEPEST_SHADE * (1 - math.exp(-ink / 16))))


def _falloff(distance: int) -> int:
    nearness = max(0.0, 1 - distance / 180)
    return round(235 * nearness * nearness * (3 - 2 * nearness))
