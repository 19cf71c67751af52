import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import InvalidRequestError, VideoNotFoundError
from shared.domain.identity import (
    parse_video_id,
    require_campaign_id,
    require_idempotency_key,
    require_message_id,
    video_id,
)

LETTERS_AND_DIGITS = string.ascii_letters + string.digits
CAMPAIGN_IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", fullmatch=True)
VIDEO_HASHES = st.from_regex(r"[0-9a-f]{16}", fullmatch=True)
HASH = "0123456789abcdef"

NOT_CAMPAIGN_IDS = {
    "nothing": "",
    "a space": " ",
    "300 characters": "a" * 300,
    "one character too many": "a" * 65,
    "a leading underscore": "_spring",
    "a leading hyphen": "-spring",
    "a dot": "spring.2026",
    "the folder above": "..",
    "a path that leaves": "../other",
    "an encoded path that leaves": "%2e%2e",
    "a slash": "spring/summer",
    "a backslash": "spring\\summer",
    "NUL": "spring\0",
    "a line feed at the end": "spring\n",
    "space around it": " spring ",
    "a Cyrillic look-alike": "\u0430cme",
    "a full-width look-alike": "\uff41cme",
    "an Arabic digit": "spring\u0662",
    "a full-width digit": "spring\uff12",
    "a fraction slash": "spring\u2044summer",
    "a right-to-left override": "spring\u202e",
    "a combining accent": "spring\u0301",
}


@given(CAMPAIGN_IDS)
def test_a_valid_campaign_id_is_unchanged(campaign_id: str) -> None:
    assert campaign_id == require_campaign_id(campaign_id)


@pytest.mark.parametrize("text", NOT_CAMPAIGN_IDS.values(), ids=NOT_CAMPAIGN_IDS.keys())
def test_an_invalid_campaign_id_is_refused_with_its_parameter(text: str) -> None:
    with pytest.raises(InvalidRequestError, match="1 to 64") as raised:
        require_campaign_id(text)

    assert raised.value.param == "campaign_id"


@given(st.text(max_size=70) | st.from_regex(r"[\w-]{1,70}"))
def test_only_ascii_letters_digits_underscores_and_hyphens_pass(text: str) -> None:
    """Whatever Python counts as a letter or a digit elsewhere."""
    looks_right = 0 < len(text) <= 64 and set(text) <= set(LETTERS_AND_DIGITS + "_-")
    if looks_right and text[0] in LETTERS_AND_DIGITS:
        require_campaign_id(text)
        return
    with pytest.raises(InvalidRequestError):
        require_campaign_id(text)


def test_a_video_id_reads_as_its_campaign_and_hash() -> None:
    assert video_id("spring-2026", HASH) == f"video_spring-2026.{HASH}"


@given(CAMPAIGN_IDS, VIDEO_HASHES)
def test_a_video_id_finds_its_campaign_and_hash_again(campaign_id: str, video_hash: str) -> None:
    assert (campaign_id, video_hash) == parse_video_id(video_id(campaign_id, video_hash))


@given(
    st.sampled_from(["video_{}.{}", "video-{}.{}", "video_{}{}", "{}.{}", "video_{}.{}\n"]),
    st.text(max_size=8) | CAMPAIGN_IDS,
    st.text(max_size=20) | VIDEO_HASHES,
)
def test_the_parts_of_a_video_id_are_always_valid(
    template: str, campaign_id: str, video_hash: str
) -> None:
    try:
        found = parse_video_id(template.format(campaign_id, video_hash))
    except VideoNotFoundError:
        return
    assert require_campaign_id(found[0])
    assert re.fullmatch(r"[0-9a-f]{16}", found[1], re.ASCII)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "video_",
        f"video_spring{HASH}",
        f"video_.{HASH}",
        f"video_../x.{HASH}",
        f"video_spring.{HASH}\n",
        f"video_spring.{HASH[:-1]}",
        f"video_spring.{HASH}0",
        f"video_spring.{HASH.upper()}",
        f"VIDEO_spring.{HASH}",
        f"video_spring.{HASH[:-1]}\uff11",
        f"video_{'a' * 65}.{HASH}",
    ],
    ids=repr,
)
def test_an_invalid_video_id_names_no_video(text: str) -> None:
    with pytest.raises(VideoNotFoundError):
        parse_video_id(text)


def test_a_valid_message_id_is_unchanged() -> None:
    assert require_message_id("2070443601311540") == "2070443601311540"


@pytest.mark.parametrize("text", ["", "../x", "a/b", "1.json", "claims/1", "\u0661", "1" * 129])
def test_an_invalid_message_id_is_not_used_in_an_object_name(text: str) -> None:
    with pytest.raises(InvalidRequestError):
        require_message_id(text)


@pytest.mark.parametrize("text", ["7", '"order-17"', "../x", "!~", "k" * 255])
def test_a_valid_idempotency_key_is_unchanged(text: str) -> None:
    assert text == require_idempotency_key(text)


@pytest.mark.parametrize("text", ["", " ", "a b", "a\t", "a\n", "a\0", "\x7f", "\u00e4", "k" * 256])
def test_an_invalid_idempotency_key_is_refused_with_its_header(text: str) -> None:
    with pytest.raises(InvalidRequestError, match="1 to 255 visible") as raised:
        require_idempotency_key(text)

    assert raised.value.param == "Idempotency-Key"
