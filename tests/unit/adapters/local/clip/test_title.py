import pytest

from shared.adapters.local.clip import typefaces
from shared.adapters.local.clip.paragraph import fit
from shared.adapters.local.clip.title import Layout, draw_title
from shared.adapters.local.clip.typefaces import Lettering

SIZES = (90, 60, 40, 30)
SENTENCE = "A pair of running shoes splashing through neon-lit puddles in slow motion"


@pytest.fixture(scope="module")
def lettering() -> Lettering:
    return Lettering("Bold")


@pytest.fixture(autouse=True)
def no_system_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typefaces, "_SYSTEM_FONTS", ())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Café, Ελλάδα, Москва, Việt Nam", "Café, Ελλάδα, Москва, Việt Nam"),
        ("Launch 🚀", "Launch :rocket:"),
        ("made with ❤️", "made with ❤"),
        ("from 🇺🇸", "from US"),
        ("👍🏽 done", "👍 done"),
        ("東京", "▯▯"),
        ("lone \ud800", "lone ▯"),
        ("  two\n\tlines\x00 ", "two lines"),
        ("safe \u202egpj.exe", "safe gpj.exe"),
    ],
)
def test_what_no_font_has_is_named_or_visibly_replaced(
    text: str, shown: str, lettering: Lettering
) -> None:
    assert shown == lettering.legible(text)


def test_a_short_text_is_set_in_the_largest_size(lettering: Lettering) -> None:
    paragraph = fit("Trail shoes", lettering, sizes=SIZES, width=1_000, height=400)

    assert (90, ["Trail shoes"]) == (paragraph.size, paragraph.lines)


def test_a_longer_text_is_set_smaller_and_whole(lettering: Lettering) -> None:
    paragraph = fit(SENTENCE, lettering, sizes=SIZES, width=700, height=200)

    assert 90 > paragraph.size
    assert SENTENCE == " ".join(paragraph.lines)


def test_a_text_that_fits_in_no_size_ends_in_an_ellipsis(lettering: Lettering) -> None:
    paragraph = fit(SENTENCE * 9, lettering, sizes=SIZES, width=700, height=100)

    assert 30 == paragraph.size
    assert paragraph.lines[-1].endswith("…")
    assert paragraph.height <= 100


@pytest.mark.parametrize("text", [SENTENCE * 5, "x" * 500, "雨の夜、" * 50, "حذاء رياضي " * 30])
def test_no_line_is_wider_than_its_room(text: str, lettering: Lettering) -> None:
    paragraph = fit(text, lettering, sizes=SIZES, width=500, height=300)

    assert max(lettering.length(line, paragraph.size) for line in paragraph.lines) <= 500


def test_the_last_line_is_not_left_with_one_word(lettering: Lettering) -> None:
    paragraph = fit("one two three four five", lettering, sizes=(60,), width=560, height=400)

    assert ["one two three", "four five"] == paragraph.lines


def test_no_japanese_line_begins_with_a_full_stop(lettering: Lettering) -> None:
    paragraph = fit("雨の夜。" * 30, lettering, sizes=(30,), width=400, height=4_000)

    assert not any(line.startswith("。") for line in paragraph.lines)


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (3840, 2160)])
@pytest.mark.parametrize("prompt", ["Hi", SENTENCE * 60], ids=["short", "long"])
def test_the_words_keep_clear_of_the_edges(prompt: str, size: tuple[int, int]) -> None:
    layout = Layout(width=size[0], height=size[1])

    words = draw_title(prompt=prompt, caption=prompt, layout=layout)

    left, top, right, bottom = words.getbbox() or (0, 0, 0, 0)
    assert min(left, top, size[0] - right, size[1] - bottom) >= 0.9 * layout.margin


def test_a_long_prompt_and_a_longer_one_show_the_same_beginning() -> None:
    layout = Layout(width=320, height=180)
    titles = [draw_title(prompt="word " * n, caption="", layout=layout) for n in (100, 1_000)]

    assert titles[0] == titles[1]
