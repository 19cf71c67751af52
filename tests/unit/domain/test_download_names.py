import pytest

from shared.domain.download_names import archive_name, download_name
from shared.domain.values import replace
from shared.domain.video import VersionState
from tests.unit.domain.builders import a_reserved_video


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("A steaming cup, slowly turning", "-a-steaming-cup-slowly"),
        ("The barista\u2019s hands: 2 beans!", "-the-baristas-hands-2"),
        ("Ein ko\u0308stlicher Kaffee", "-ein-k\u00f6stlicher-kaffee"),
        (
            "\u6e6f\u6c17\u306e\u7acb\u3064\u30ab\u30c3\u30d7",
            "-\u6e6f\u6c17\u306e\u7acb\u3064\u30ab\u30c3\u30d7",
        ),
        ("\u0939\u093f\u0928\u094d\u0926\u0940 film", "-\u0939\u093f\u0928\u094d\u0926\u0940-film"),
        ('../../etc/passwd\r\n"', "-etc-passwd"),
        ("\U0001f389", ""),
        ("x" * 5000, f"-{'x' * 40}"),
    ],
)
def test_a_name_has_the_campaign_the_number_and_the_first_words(prompt: str, words: str) -> None:
    video = a_reserved_video(prompt=prompt, version_state=VersionState.CURRENT)

    assert download_name(video) == f"{video.campaign_id}-{video.index + 1}{words}"


def test_versions_of_one_prompt_have_different_names() -> None:
    current = a_reserved_video(version_state=VersionState.CURRENT)
    earlier = replace(current, version_state=VersionState.HISTORICAL)

    assert download_name(earlier) == f"{download_name(current)}-{earlier.video_hash[:6]}"


@pytest.mark.parametrize(
    ("title", "name"),
    [("Winter Roast 2026!", "winter-roast-2026"), (None, "spring"), ("\U0001f389", "spring")],
)
def test_an_archive_is_named_by_the_title_or_else_by_the_id(title: str | None, name: str) -> None:
    assert archive_name("spring", title) == name
