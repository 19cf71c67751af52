"""Names that are none, or somebody else's: nothing is reached and nothing is written."""

import pytest

from tests.functional.refusals import INVALID, assert_refused
from tests.functional.showreel import GALLERY, KITE, Showreel

HASH = "0123456789abcdef"

# All that is no id is told by the tests of the domain.
BAD_IDS = [
    "",
    "..",
    "spring/../..",
    "a\0b",
    "spring\n",
    "ѕpring",  # noqa: RUF001  # Its first letter is Cyrillic.
    "x" * 65,
    "%2e%2e",
]


@pytest.mark.parametrize("campaign_id", BAD_IDS, ids=ascii)
def test_a_campaign_id_in_a_body_or_query_is_only_ever_an_id(
    refusing: Showreel, campaign_id: str
) -> None:
    created = refusing.post("/v1/videos", {"prompt": KITE, "campaign_id": campaign_id})
    estimated = refusing.post("/v1/videos/estimate", {"prompt": KITE, "campaign_id": campaign_id})
    listed = refusing.send("GET", "/v1/videos", query_string={"campaign_id": campaign_id})

    for answer in (created, estimated, listed):
        assert_refused(answer, *INVALID)
        assert answer.json["error"]["param"] == "campaign_id"


BAD_SEGMENTS = [
    "..",
    "%2e%2e",
    "%2e%2e%2f%2e%2e",
    "..%5c..",
    "%252e%252e",
    "a%2fb",
    "a/b",
    "%00",
    "a%00b",
    "%20spring",
    "-spring",
    "spring.json",
    "%d1%95pring",
    "%ef%bd%93pring",
    "%ff%fe",
    "x" * 300,
    "x" * 9_999,
]


@pytest.mark.parametrize(
    "segment", BAD_SEGMENTS, ids=lambda segment: f"{segment[:20]}, {len(segment)} characters"
)
def test_a_campaign_id_in_a_path_is_only_ever_an_id(refusing: Showreel, segment: str) -> None:
    campaign = f"/v1/campaigns/{segment}"
    answers = [
        refusing.get(campaign),
        refusing.post(f"{campaign}/videos", {"prompts": [KITE]}),
        refusing.post(f"{campaign}/regenerate"),
        refusing.post(f"{campaign}/cleanup", {"dry_run": False}),
        refusing.get(f"{campaign}/trash"),
        refusing.delete(f"{campaign}/trash"),
        refusing.get(f"/api/v1/content/videos/{segment}/curr_{HASH}_0.mp4"),
    ]

    for answer in answers:
        code = "not_found" if answer.status_code == 404 else "invalid_request"
        assert_refused(answer, answer.status_code, code)
        assert answer.status_code in (400, 404)


BAD_FILENAMES = [
    "..",
    "%2e%2e%2fcampaign.json",
    "..%2f..%2fcache%2fgallery%2fcampaign.json",
    "..%5c..%5ccampaign.json",
    f"curr_{HASH}_0.mp4%00.jpg",
    f"curr_{HASH}_%d9%a0.mp4",
    f"curr_{HASH}_0.mp4",
    ".signing-key",
    "x" * 300,
]


@pytest.mark.parametrize("filename", BAD_FILENAMES)
def test_an_invalid_file_name_is_not_found(refusing: Showreel, filename: str) -> None:
    answer = refusing.get(f"/api/v1/content/videos/{GALLERY}/{filename}")

    assert_refused(answer, 404, "not_found")


@pytest.mark.parametrize(
    "video_id",
    [
        "x",
        "video_",
        f"video_spring.{HASH}",
        f"video_{GALLERY}.{HASH}",
        f"video_{GALLERY}.{HASH.upper()}",
        f"video_{GALLERY}.{HASH}0",
        f"video_..%2f{GALLERY}.{HASH}",
        f"video_{GALLERY}.curr_{HASH}",
        f"video_{GALLERY}.campaign",
        f"{GALLERY}.{HASH}",
        "%00",
        "x" * 10_000,
    ],
)
def test_an_invalid_video_id_is_not_found(refusing: Showreel, video_id: str) -> None:
    video = f"/v1/videos/{video_id}"
    answers = [
        refusing.get(video),
        refusing.delete(video),
        refusing.get(f"{video}/content"),
        refusing.post(f"{video}/regenerate"),
        refusing.post(f"{video}/promote"),
        refusing.post(f"{video}/restore"),
        refusing.post(f"{video}/cancel"),
        refusing.post(f"{video}/signed-url"),
    ]

    for answer in answers:
        assert_refused(answer, 404, "not_found")
