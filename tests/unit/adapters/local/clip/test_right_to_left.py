import pytest
from PIL import Image, ImageChops, ImageStat, features

from shared.adapters.local.clip.right_to_left import as_seen, reads_right_to_left
from shared.adapters.local.clip.title import Layout, draw_title

LAYOUT = Layout(width=640, height=360)


@pytest.mark.parametrize("text", ["שלום", "  (עברית)", "2024 مرحبا", "مرحبا Tokyo"])
def test_the_first_letter_decides_that_a_text_reads_leftwards(text: str) -> None:
    assert reads_right_to_left(text)


@pytest.mark.parametrize("text", ["", "123 !", "Tokyo שלום", "日本"])
def test_the_first_letter_decides_that_a_text_reads_rightwards(text: str) -> None:
    assert not reads_right_to_left(text)


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ("Tokyo 2024!", "Tokyo 2024!"),
        ("אבג", "גבא"),
        ("אבג 12 דה", "הד 12 גבא"),
        ("אבג (דה).", ".(הד) גבא"),
        ("say אבג דה now", "say הד גבא now"),
    ],
)
def test_words_stand_in_the_order_in_which_they_are_seen(line: str, seen: str) -> None:
    assert seen == as_seen(line)


def test_an_accent_stays_with_its_letter() -> None:
    assert "ב\u05b0א\u05b8" == as_seen("א\u05b8ב\u05b0")


def test_arabic_letters_take_the_form_of_their_place() -> None:
    beh_initial, beh_medial, beh_final = "\ufe91", "\ufe92", "\ufe90"

    assert beh_final + beh_medial + beh_initial == as_seen("\u0628" * 3)


def test_an_arabic_letter_that_joins_nothing_after_it_parts_the_word() -> None:
    """Reh joins the beh before it, and leaves the beh after it alone."""
    assert "\u0628" + "\ufeae" + "\ufe91" == as_seen("\u0628\u0631\u0628")


def test_lam_and_alef_become_one_letter() -> None:
    assert "\ufefb" == as_seen("\u0644\u0627")


def test_joiners_are_obeyed_and_not_drawn() -> None:
    assert "\u0628\u0628" == as_seen("\u0628\u200c\u0628")


@pytest.mark.skipif(not features.check_feature("raqm"), reason="Pillow found no FriBidi")
@pytest.mark.parametrize("prompt", ["حذاء رياضي في المطر (Air 2024)", "אישה רצה בגשם, Tokyo"])
def test_a_title_looks_the_same_without_fribidi(
    prompt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shaped = draw_title(prompt=prompt, caption="", layout=LAYOUT)
    monkeypatch.setattr(features, "check_feature", lambda feature: False)
    as_seen_title = draw_title(prompt=prompt, caption="", layout=LAYOUT)

    moved_ink = ImageChops.difference(shaped, as_seen_title)
    assert ink(moved_ink) < ink(shaped) / 2


def ink(title: Image.Image) -> float:
    return ImageStat.Stat(title).mean[0]
