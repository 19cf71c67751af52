"""The words of a clip, set once on a sheet that lies over every frame."""

from dataclasses import dataclass

from PIL import Image, ImageDraw

from shared.adapters.local.clip.paragraph import Paragraph, fit
from shared.adapters.local.clip.right_to_left import reads_right_to_left
from shared.adapters.local.clip.typefaces import Lettering

_LABEL = "SYNTHETIC PREVIEW"
_MOST_CHARACTERS = 400
_WHITE, _SOFT_WHITE, _FAINT_WHITE = 255, 205, 80

# In hundredths of the short side, from a headline to the smallest that is still easy to read.
_PROMPT_SIZES = (13.0, 11.0, 9.4, 8.0, 6.8, 5.8, 5.0, 4.4)
_CAPTION_SIZE = 2.9
_LABEL_SIZE = 2.5


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where things stand in a picture of this size, in pixels."""

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
        """Where the prompt may begin and must end, from the top."""
        height = min(0.82 * (self.height - 4 * self.margin), self.units(72))
        return (self.height - height) / 2, (self.height + height) / 2

    @property
    def measure(self) -> int:
        """The widest line of text."""
        return self.width - 2 * self.margin

    def progress_line(self, moment: float) -> tuple[int, int, int, int]:
        """The box of the line that has its full width at moment 1; even, as chroma asks for."""
        left, top = self.margin // 2 * 2, (self.height - self.margin) // 2 * 2
        length, thickness = round(self.measure * moment / 2) * 2, self.units(0.6) // 2 * 2
        return left, top, left + max(2, length), top + max(2, thickness)


def draw_title(*, prompt: str, caption: str, layout: Layout) -> Image.Image:
    """Return how much white lies over each pixel."""
    sheet = Image.new("L", (layout.width, layout.height))
    canvas = ImageDraw.Draw(sheet)
    bold, regular = Lettering("Bold"), Lettering("Regular")
    _draw_label(canvas, regular, layout)
    _draw_prompt(canvas, bold, prompt, layout)
    _draw_caption(canvas, regular, caption, layout)
    left, top, right, bottom = layout.progress_line(1)
    canvas.rectangle((left, top, right - 1, bottom - 1), fill=_FAINT_WHITE)
    return sheet


def _draw_label(canvas: ImageDraw.ImageDraw, lettering: Lettering, layout: Layout) -> None:
    size, padding, x = layout.units(_LABEL_SIZE), layout.units(1.6), layout.margin
    height = size + 2 * layout.units(1.0)
    baseline = layout.margin + round(height / 2 + 0.345 * size)
    x += padding
    for letter in _LABEL:
        lettering.write(canvas, letter, x=x, baseline=baseline, size=size, fill=_SOFT_WHITE)
        x += round(lettering.length(letter, size) + 0.14 * size)
    box = (layout.margin, layout.margin, x + padding - round(0.14 * size), layout.margin + height)
    canvas.rounded_rectangle(box, radius=height / 2, outline=_FAINT_WHITE, width=layout.units(0.2))


def _draw_prompt(
    canvas: ImageDraw.ImageDraw, lettering: Lettering, prompt: str, layout: Layout
) -> None:
    text = lettering.legible(_beginning(prompt))
    top, bottom = layout.prompt_span
    paragraph = fit(
        text,
        lettering,
        sizes=[layout.units(size) for size in _PROMPT_SIZES],
        width=layout.measure,
        height=round(bottom - top),
    )
    baseline = (top + bottom - paragraph.height) / 2 + 0.9 * paragraph.size
    for line in paragraph.lines:
        x: float = layout.margin
        if reads_right_to_left(text):
            x = layout.width - layout.margin - lettering.length(line, paragraph.size)
        lettering.write(canvas, line, x=x, baseline=baseline, size=paragraph.size, fill=_WHITE)
        baseline += paragraph.leading


def _draw_caption(
    canvas: ImageDraw.ImageDraw, lettering: Lettering, caption: str, layout: Layout
) -> None:
    size = layout.units(_CAPTION_SIZE)
    line = Paragraph(lettering.legible(caption), lettering, size=size, width=layout.measure)
    line.shorten(size)
    baseline = layout.height - layout.margin - layout.units(2.6)
    lettering.write(
        canvas, line.lines[0], x=layout.margin, baseline=baseline, size=size, fill=_SOFT_WHITE
    )


def _beginning(prompt: str) -> str:
    if len(prompt) <= _MOST_CHARACTERS:
        return prompt
    cut = prompt[:_MOST_CHARACTERS]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:.") + "…"
