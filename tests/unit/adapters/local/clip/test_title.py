import pytest
from PIL import Image, ImageChops, ImageFont, ImageStat, features

from shared.adapters.local.clip import typefaces
from shared.adapters.local.clip.title import Layout, draw_title, fit, leading
from shared.adapters.local.clip.typefaces import (
    Typeface,
    legible,
    ordered,
    packaged,
    reads_right_to_left,
    shaped,
)

SIZES = (90, 60, 40, 30)
SENTENCE = "A pair of running shoes splashing through neon-lit puddles in slow motion"
SMALL = Layout(width=640, height=360)


@pytest.fixture(scope="module")
def face() -> Typeface:
    return packaged("Bold")


@pytest.fixture(autouse=True)
def no_system_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typefaces, "_SYSTEM_FONTS", ())


@pytest.fixture
def no_raqm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pillow as on a machine without FriBidi."""
    truetype = ImageFont.truetype
    monkeypatch.setattr(features, "check", lambda feature: False)
    monkeypatch.setattr(
        ImageFont,
        "truetype",
        lambda font, size, layout_engine: truetype(
            font, size, layout_engine=ImageFont.Layout.BASIC
        ),
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Café, Ελλάδα, Москва, Việt Nam", "Café, Ελλάδα, Москва, Việt Nam"),
        ("Launch 🚀", "Launch :rocket:"),
        ("from 🇺🇸", "from US"),
        ("👍🏽 done", ":thumbs up sign: done"),
        ("Tokyo 東京 night", "Tokyo night"),
        ("lone \ud800", "lone"),
        ("  two\n\tlines\x00 ", "two lines"),
        ("safe \u202egpj.exe", "safe gpj.exe"),
    ],
)
def test_unsupported_characters_are_named_or_omitted(text: str, shown: str, face: Typeface) -> None:
    assert shown == legible(text, face)


@pytest.mark.parametrize(
    ("text", "script"), [("雨の夜", "Chinese characters"), ("밤 네온 2024", "Hangul")]
)
def test_a_text_that_the_font_cannot_show_says_which_script_it_is_in(
    text: str, script: str, face: Typeface
) -> None:
    assert f"in {script}, and no font on this machine" in legible(text, face)


def test_the_system_font_with_the_most_letters_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    class SystemFont(Typeface):
        def __init__(self, source: bytes | str) -> None:
            opened.append(str(source))
            if source == "missing.ttf":
                raise OSError("cannot open resource")

        def missing(self, text: str) -> list[str]:
            return list(text[: {"some.ttf": 2, "all.ttf": 0}[opened[-1]]])

    face = packaged("Bold")
    monkeypatch.setattr(typefaces, "_SYSTEM_FONTS", ("missing.ttf", "some.ttf", "all.ttf"))
    monkeypatch.setattr(typefaces, "packaged", lambda weight: face)
    monkeypatch.setattr(typefaces, "Typeface", SystemFont)

    assert face is typefaces.best_typeface("Tokyo")
    assert opened == []
    assert typefaces.best_typeface("東京夜").missing("東京夜") == []
    assert opened == ["missing.ttf", "some.ttf", "all.ttf"]


def test_a_short_text_is_set_in_the_largest_size(face: Typeface) -> None:
    assert fit("Trail shoes", face, sizes=SIZES, width=1_000, height=400) == (90, ["Trail shoes"])


def test_a_longer_text_is_set_smaller_and_whole(face: Typeface) -> None:
    size, lines = fit(SENTENCE, face, sizes=SIZES, width=700, height=200)

    assert size < 90
    assert " ".join(lines) == SENTENCE


def test_a_text_that_fits_in_no_size_ends_in_an_ellipsis(face: Typeface) -> None:
    size, lines = fit(SENTENCE * 9, face, sizes=SIZES, width=700, height=100)

    assert size == 30
    assert lines[-1].endswith("…")
    assert len(lines) * leading(size) <= 100


@pytest.mark.parametrize("text", [SENTENCE * 5, "x" * 500, "雨の夜、" * 50, "حذاء رياضي " * 30])
def test_no_line_is_wider_than_its_room(text: str, face: Typeface) -> None:
    size, lines = fit(text, face, sizes=SIZES, width=500, height=300)

    assert lines
    assert max(map(face.at(size).getlength, lines)) <= 500


def test_the_last_line_is_not_left_with_one_word(face: Typeface) -> None:
    fitted = fit("one two three four five", face, sizes=(60,), width=560, height=400)

    assert fitted == (60, ["one two three", "four five"])


def test_a_word_is_kept_whole_where_a_smaller_size_allows_it(face: Typeface) -> None:
    size, lines = fit("a photorealistic cat", face, sizes=(90, 40), width=500, height=400)

    assert (size, " ".join(lines)) == (40, "a photorealistic cat")


def test_no_japanese_line_begins_with_a_full_stop(face: Typeface) -> None:
    _, lines = fit("雨の夜。" * 30, face, sizes=(30,), width=400, height=4_000)

    assert len(lines) > 1
    assert not any(line.startswith("。") for line in lines)


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (3840, 2160)])
@pytest.mark.parametrize(
    "prompt", ["Hi", SENTENCE * 60, "رياضي " * 90], ids=["short", "long", "rtl"]
)
def test_the_words_keep_clear_of_the_edges(prompt: str, size: tuple[int, int]) -> None:
    layout = Layout(width=size[0], height=size[1])

    words = draw_title(prompt=prompt, caption=prompt, layout=layout)

    left, top, right, bottom = words.getbbox() or (0, 0, 0, 0)
    assert min(left, top, size[0] - right, size[1] - bottom) >= 0.9 * layout.margin


def test_a_long_prompt_and_a_longer_one_show_the_same_beginning() -> None:
    titles = [draw_title(prompt="word " * n, caption="", layout=SMALL) for n in (100, 1_000)]

    assert titles[0] == titles[1]


@pytest.mark.parametrize(
    ("text", "leftwards"),
    [("שלום", True), ("2024 مرحبا Tokyo", True), ("", False), ("Tokyo שלום", False)],
)
def test_the_first_letter_decides_the_direction(text: str, *, leftwards: bool) -> None:
    assert leftwards == reads_right_to_left(text)


@pytest.mark.usefixtures("no_raqm")
@pytest.mark.parametrize(
    ("line", "drawn"),
    [
        ("אבג (דה).", ".(הד) גבא"),
        ("Tokyo 2024 (לילה)", "(הליל) Tokyo 2024"),
        ("\u0628" * 3, "\ufe90\ufe92\ufe91"),
        ("\u0644\u0627", "\ufefb"),
    ],
    ids=["brackets", "mixed", "joined", "lam with alef"],
)
def test_letters_are_joined_and_ordered_without_raqm(line: str, drawn: str) -> None:
    assert (drawn, None) == ordered(shaped(line), right_to_left=True)


@pytest.mark.skipif(not features.check("raqm"), reason="Pillow found no FriBidi")
@pytest.mark.parametrize("prompt", ["حذاء رياضي في المطر (Air 2024)", "אישה רצה בגשם, Tokyo"])
def test_a_title_looks_the_same_without_raqm(prompt: str, request: pytest.FixtureRequest) -> None:
    by_raqm = draw_title(prompt=prompt, caption="", layout=SMALL)
    request.getfixturevalue("no_raqm")
    by_libraries = draw_title(prompt=prompt, caption="", layout=SMALL)

    assert ink(ImageChops.difference(by_raqm, by_libraries)) < ink(by_raqm) / 2


def ink(title: Image.Image) -> float:
    return ImageStat.Stat(title).mean[0]
