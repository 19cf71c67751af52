"""The sound: a quiet chord that swells slowly, faded in and out."""

import math
import random
from array import array
from collections.abc import Iterator
from fractions import Fraction

from av import AudioFrame

SAMPLE_RATE = 48_000

_BLOCK_SAMPLES = 1_024
_PEAK = 6_000
_STEREO_DELAY = SAMPLE_RATE // 80
_ROOTS_HZ = (110, 123, 131, 147, 165)
# The voices of each chord as ratios to its root.
_CHORDS = (
    (1.0, 1.5, 2.0, 2.5, 3.75),
    (1.0, 1.5, 2.25, 2.5, 3.0),
    (1.0, 1.5, 2.0, 2.4, 3.6),
    (1.0, 1.333, 2.0, 2.667, 3.0),
)


def draw_chord(*, variation: str, seconds: int) -> Iterator[AudioFrame]:
    """Yield 48 kHz stereo frames with a total length of `seconds`."""
    samples = array("h", _second_of_chord(variation) * seconds)
    _fade(samples, SAMPLE_RATE // 2)
    for start in range(0, len(samples), 2 * _BLOCK_SAMPLES):
        block = samples[start : start + 2 * _BLOCK_SAMPLES]
        frame = AudioFrame(format="s16", layout="stereo", samples=len(block) // 2)
        frame.planes[0].update(block.tobytes())
        frame.sample_rate, frame.pts = SAMPLE_RATE, start // 2
        frame.time_base = Fraction(1, SAMPLE_RATE)
        yield frame


def _second_of_chord(variation: str) -> list[int]:
    """Return interleaved samples; whole hertz only, so that the second loops seamlessly."""
    dice = random.Random(variation)  # noqa: S311 - not a secret.
    root, chord = dice.choice(_ROOTS_HZ), dice.choice(_CHORDS)
    voices = [_voice(round(root * ratio), 1 / n) for n, ratio in enumerate(chord, start=1)]
    # A voice one hertz above the highest one makes the chord swell once a second.
    voices.append(_voice(round(root * chord[-1]) + 1, 1 / len(chord)))
    left = [round(_PEAK * sum(parts) / len(chord)) for parts in zip(*voices, strict=True)]
    right = left[_STEREO_DELAY:] + left[:_STEREO_DELAY]
    return [sample for pair in zip(left, right, strict=True) for sample in pair]


def _voice(hertz: int, volume: float) -> list[float]:
    step = 2 * math.pi * hertz / SAMPLE_RATE
    return [volume * math.sin(step * n) for n in range(SAMPLE_RATE)]


def _fade(samples: "array[int]", length: int) -> None:
    for n in range(length):
        gain = (1 - math.cos(math.pi * n / length)) / 2
        for position in (2 * n, 2 * n + 1, -2 * n - 1, -2 * n - 2):
            samples[position] = round(samples[position] * gain)
