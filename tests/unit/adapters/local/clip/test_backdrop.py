import pytest
from PIL import Image, ImageStat

from shared.adapters.local.clip.backdrop import Backdrop
from shared.adapters.local.clip.title import Layout, draw_title

# What WCAG 2 asks of large text.
ENOUGH_CONTRAST = 3.0


@pytest.fixture(scope="module")
def words() -> Image.Image:
    return draw_title(prompt="Hi", caption="slot 2", layout=Layout(width=320, height=180))


def contrast_with_white(colour: tuple[float, ...]) -> float:
    shares = [channel / 255 for channel in colour]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    luminance = sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 1.05 / (luminance + 0.05)


@pytest.mark.parametrize("variation", [str(n) for n in range(30)])
def test_white_words_stand_out_at_every_moment(variation: str, words: Image.Image) -> None:
    backdrop = Backdrop(words, variation=variation)

    for tenth in range(10):
        picture = backdrop.paint(tenth / 10)
        ink = words.resize(picture.size).point(lambda strength: 255 * (strength > 60))
        assert contrast_with_white(tuple(ImageStat.Stat(picture, ink).mean)) > ENOUGH_CONTRAST


def test_variations_bring_many_different_pictures(words: Image.Image) -> None:
    pictures = {Backdrop(words, variation=str(n)).paint(0).tobytes() for n in range(30)}

    assert len(pictures) == 30


def test_a_backdrop_ends_where_it_begins(words: Image.Image) -> None:
    backdrop = Backdrop(words, variation="loop")

    assert backdrop.paint(0) == backdrop.paint(1)
    assert backdrop.paint(0) != backdrop.paint(0.5)
