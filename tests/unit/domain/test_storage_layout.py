import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import InvalidRequestError, ObjectNotFoundError
from shared.domain.identity import require_campaign_id
from shared.domain.storage_layout import (
    answer_path,
    attempt_prefix,
    attempts_prefix,
    campaign_path,
    claim_path,
    clip_path,
    is_clip,
    metadata_path,
    picture_paths,
    spellings_of_media,
    video_hash_of_metadata,
    video_of_clip,
)

CAMPAIGN_IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", fullmatch=True)
VIDEO_HASHES = st.from_regex(r"[0-9a-f]{16}", fullmatch=True)
INDEXES = st.integers(0, 999)
HASH = "0123456789abcdef"


def filename_of(path: str) -> str:
    return path.rpartition("/")[2]


def test_every_object_has_the_name_that_the_layout_promises() -> None:
    actual = [
        clip_path("spring", HASH, 2, current=True),
        clip_path("spring", HASH, 2, current=False),
        *picture_paths("spring", HASH, 2),
        metadata_path("spring", HASH, current=True),
        metadata_path("spring", HASH, current=False),
        campaign_path("spring"),
        attempt_prefix("spring", HASH, 1),
    ]

    expected = [
        f"videos/generated/spring/curr_{HASH}_2.mp4",
        f"videos/generated/spring/{HASH}_2.mp4",
        f"videos/generated/spring/thumb_{HASH}_2.jpg",
        f"videos/generated/spring/sprite_{HASH}_2.jpg",
        f"videos/generated/spring/preview_{HASH}_2.webp",
        f"videos/cache/spring/curr_{HASH}.json",
        f"videos/cache/spring/{HASH}.json",
        "videos/cache/spring/campaign.json",
        f"videos/attempts/spring/{HASH}/1/",
    ]
    assert actual == expected


@given(campaign_id=CAMPAIGN_IDS, video_hash=VIDEO_HASHES, index=INDEXES, current=st.booleans())
def test_a_clip_is_found_by_its_file_name_under_that_name_first_and_the_other_next(
    *, campaign_id: str, video_hash: str, index: int, current: bool
) -> None:
    """It keeps its bytes when it is renamed, so an old URL still plays."""
    path = clip_path(campaign_id, video_hash, index, current=current)
    other = clip_path(campaign_id, video_hash, index, current=not current)

    assert (path, other) == spellings_of_media(campaign_id, filename_of(path))


@given(CAMPAIGN_IDS, VIDEO_HASHES, INDEXES)
def test_a_picture_is_found_by_its_file_name(campaign_id: str, video_hash: str, index: int) -> None:
    for path in picture_paths(campaign_id, video_hash, index):
        assert (path,) == spellings_of_media(campaign_id, filename_of(path))


@given(campaign_id=CAMPAIGN_IDS, video_hash=VIDEO_HASHES, current=st.booleans())
def test_the_video_of_a_metadata_file_is_known_by_its_name(
    *, campaign_id: str, video_hash: str, current: bool
) -> None:
    path = metadata_path(campaign_id, video_hash, current=current)

    assert video_hash == video_hash_of_metadata(filename_of(path))


@pytest.mark.parametrize(
    "filename",
    [
        "campaign.json",
        "",
        f"{HASH}.json\n",
        f"{HASH}.mp4",
        f".{HASH}.json",
        f"old_{HASH}.json",
        f"{HASH[1:]}.json",
        f"{HASH.upper()}.json",
    ],
    ids=repr,
)
def test_other_files_beside_the_metadata_belong_to_no_video(filename: str) -> None:
    assert video_hash_of_metadata(filename) is None


@given(
    campaign_id=CAMPAIGN_IDS,
    video_hash=VIDEO_HASHES,
    index=INDEXES,
    attempt=st.integers(1, 99),
    current=st.booleans(),
)
def test_no_campaign_id_makes_a_path_that_leaves_its_folder(
    *, campaign_id: str, video_hash: str, index: int, attempt: int, current: bool
) -> None:
    campaign_id = require_campaign_id(campaign_id)
    paths = [
        clip_path(campaign_id, video_hash, index, current=current),
        *picture_paths(campaign_id, video_hash, index),
        metadata_path(campaign_id, video_hash, current=current),
        campaign_path(campaign_id),
        attempt_prefix(campaign_id, video_hash, attempt).removesuffix("/"),
    ]

    for path in paths:
        assert re.fullmatch(r"[A-Za-z0-9._/-]+", path, re.ASCII)
        assert campaign_id == path.split("/")[2]
        assert not {"", ".", ".."} & set(path.split("/"))


@given(VIDEO_HASHES, st.integers(1, 99), st.integers(1, 99))
def test_no_attempt_writes_under_the_prefix_of_another(
    video_hash: str, attempt: int, other: int
) -> None:
    prefix = attempt_prefix("spring", video_hash, attempt)

    assert prefix.startswith(attempts_prefix("spring", video_hash))
    assert prefix.startswith(attempt_prefix("spring", video_hash, other)) == (attempt == other)


@pytest.mark.parametrize(
    "filename",
    [
        "",
        ".",
        "..",
        "campaign.json",
        f"{HASH}.json",
        f"{HASH}_0",
        f"{HASH}_0.mp4\n",
        f"{HASH}_0.MP4",
        f"{HASH}_0.jpg",
        f"curr_{HASH}_0.jpg",
        f"thumb_{HASH}_0.mp4",
        f"preview_{HASH}_0.jpg",
        f"sprite_{HASH}_0.webp",
        f"poster_{HASH}_0.jpg",
        f"thumb_curr_{HASH}_0.jpg",
        f"{HASH}_.mp4",
        f"{HASH}_-1.mp4",
        f"{HASH}_1000.mp4",
        f"{HASH}_00.mp4",
        f"{HASH}_01.mp4",
        f"{HASH}_\u0661.mp4",
        f"{HASH[:-1]}\uff11_0.mp4",
        f"../other/{HASH}_0.mp4",
        f"{HASH}_0.mp4/..",
        f"{HASH}_0.mp4\0",
    ],
    ids=repr,
)
def test_other_file_names_find_no_video(filename: str) -> None:
    with pytest.raises(ObjectNotFoundError):
        spellings_of_media("spring", filename)


@given(st.text() | st.from_regex(r"(curr_|thumb_)?[0-9a-f]{16}_\d{1,4}\.(mp4|jpg)\n?"))
def test_only_canonical_file_names_find_a_video(filename: str) -> None:
    try:
        paths = spellings_of_media("spring", filename)
    except ObjectNotFoundError:
        return
    assert f"videos/generated/spring/{filename}" == paths[0]


@pytest.mark.parametrize("campaign_id", ["..", "a/b", "", "spring\0", "spr\u0456ng"], ids=repr)
def test_a_file_of_an_invalid_campaign_id_is_refused(campaign_id: str) -> None:
    with pytest.raises(InvalidRequestError):
        spellings_of_media(campaign_id, f"{HASH}_0.mp4")


@pytest.mark.parametrize(
    ("filename", "expected"),
    [
        ("sample_0.mp4", True),
        ("15754933715511817930/sample_0.mp4", True),
        ("15754933715511817930/sample_12.mp4", True),
        ("sample_0.mp4.part", False),
        ("sample_0.mp4\n", False),
        ("sample_0.webm", False),
        ("103122705333945_0.mp4", True),
        (".mp4", False),
        ("sample_0mp4", False),
        ("sample_0.mp4/", False),
    ],
)
def test_a_clip_in_an_attempt_is_recognized_by_its_file_name(
    filename: str, *, expected: bool
) -> None:
    """Veo writes into a folder of its own, or not."""
    assert is_clip(attempt_prefix("spring", HASH, 1) + filename) == expected


@given(CAMPAIGN_IDS, VIDEO_HASHES, st.integers(1, 9))
def test_a_clip_path_identifies_its_video(campaign_id: str, video_hash: str, attempt: int) -> None:
    folder = attempt_prefix(campaign_id, video_hash, attempt)

    for filename in ("sample_0.mp4", "15754933715511817930/sample_0.mp4"):
        assert (campaign_id, video_hash) == video_of_clip(folder + filename)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "videos/attempts",
        "videos/attempts/sample_0.mp4",
        f"videos/attempts/spring/{HASH}/sample_0.mp4",
        f"videos/attempts/spring/{HASH}/1/manifest.json",
        f"videos/attempts/spring/{HASH.upper()}1/1/sample_0.mp4",
        f"videos/attempts/../{HASH}/1/sample_0.mp4",
        f"videos/attempts//spring/{HASH}/1/sample_0.mp4",
        f"videos/attempts_of_others/spring/{HASH}/1/sample_0.mp4",
        f"x/videos/attempts/spring/{HASH}/1/sample_0.mp4",
        f"videos/generated/spring/{HASH}/1/sample_0.mp4",
    ],
)
def test_other_paths_of_an_attempt_identify_no_video(path: str) -> None:
    assert video_of_clip(path) is None


def test_a_request_has_an_answer_and_a_claim() -> None:
    assert answer_path("2070443601311540") == "videos/requests/2070443601311540.json"
    assert claim_path("2070443601311540") == "videos/requests/claims/2070443601311540.json"
