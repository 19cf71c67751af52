"""Requests that cannot be met: one kind of answer, and nothing is written."""

import pytest

from tests.functional.refusals import INVALID, assert_refused
from tests.functional.showreel import GALLERY, KITE, Json, Showreel

UNSUPPORTED = (422, "unsupported_parameter")
UNSUPPORTED_SIZE = (422, "unsupported_size")
FULL_HD = {"size": "1920x1080"}
FAST = "veo-3.1-fast-generate-001"


@pytest.mark.parametrize(
    ("changes", "expected", "param", "says"),
    [
        ({"prompt": ""}, INVALID, "prompt", "must not be empty"),
        ({"prompt": "\u200b"}, INVALID, "prompt", "must not be empty"),
        ({"prompt": "x" * 5_001}, INVALID, "prompt", "at most 5000 characters"),
        ({"prompt": "a\u0000b"}, INVALID, "prompt", "control characters"),
        ({"metadata": {"k": "\u0000"}}, INVALID, "metadata", "control characters"),
        ({"metadata": {"a\u0007": "b"}}, INVALID, "metadata", "control characters"),
        ({"tags": ["\u0000"]}, INVALID, "tags", "control characters"),
        ({"prompt": 7}, INVALID, "prompt", "not an integer"),
        ({"prompt": None}, INVALID, "prompt", "prompt"),
        ({"prompt": ["a"]}, INVALID, "prompt", "not an array"),
        ({"promt": "a"}, INVALID, "promt", "Known fields: "),
        ({"n": 0}, INVALID, "n", "of at least 1"),
        ({"n": 5}, INVALID, "n", "of at most 4"),
        ({"n": "2"}, INVALID, "n", "not a string"),
        ({"n": 2, "index": 0}, INVALID, "index", "2 videos need 2 slots"),
        ({"input_reference": {}}, INVALID, "input_reference", "either image_url or file_id"),
        (
            {"input_reference": {"image_url": "a", "file_id": "b"}},
            INVALID,
            "input_reference",
            "either image_url or file_id",
        ),
        ({"negative_prompt": "x" * 5_001}, INVALID, "negative_prompt", "at most 5000"),
        ({"negative_prompt": "\u0007"}, INVALID, "negative_prompt", "control characters"),
        ({"model": "veo-9"}, (404, "model_not_found"), "model", "Use one of: veo-3.1-g"),
        (
            {"model": "veo-2.0-generate-001"},
            (404, "model_retired"),
            "model",
            "retired veo-2.0-generate-001 on 2026-06-30. Use veo-3.1-generate-001.",
        ),
        ({"seconds": 5}, UNSUPPORTED, "seconds", "Use one of: 4, 6, 8."),
        ({"seconds": "12"}, UNSUPPORTED, "seconds", "Use one of: 4, 6, 8."),
        ({"seconds": 10**30}, UNSUPPORTED, "seconds", "Use one of: 4, 6, 8."),
        ({"seconds": "eight"}, UNSUPPORTED, "seconds", "integer"),
        ({"seconds": "8 "}, UNSUPPORTED, "seconds", "integer"),
        ({"seconds": "٨"}, UNSUPPORTED, "seconds", "integer"),
        ({"seconds": 4.5}, INVALID, "seconds", "not a number with decimals"),
        ({"seed": 7.5}, INVALID, "seed", "not a number with decimals"),
        ({"seed": "7.0"}, INVALID, "seed", "not a string"),
        ({"seconds": True}, INVALID, "seconds", "not a boolean"),
        ({"size": "1x1"}, UNSUPPORTED_SIZE, "size", "Use one of: 640x360"),
        ({"size": 1280}, INVALID, "size", "not an integer"),
        ({**FULL_HD, "seconds": 4}, UNSUPPORTED, "seconds", "only in 8 seconds"),
        ({"size": "3840x2160", "model": FAST}, UNSUPPORTED, "size", "720p, 1080p."),
        ({**FULL_HD, "aspect_ratio": "9:16"}, UNSUPPORTED, "size", "either size, or"),
        ({**FULL_HD, "resolution": "720p"}, UNSUPPORTED, "size", "either size, or"),
        ({"resolution": "8k"}, UNSUPPORTED, "resolution", "Use one of: 720p, 1080p, 4k."),
        ({"resolution": "4k", "model": FAST}, UNSUPPORTED, "resolution", "720p, 1080p."),
        ({"aspect_ratio": "1:1"}, UNSUPPORTED, "aspect_ratio", "Use one of: 16:9, 9:16."),
        ({"fps": 30}, UNSUPPORTED, "fps", "Use one of: 24."),
        ({"seed": -1}, UNSUPPORTED, "seed", "is a number from 0 to 4294967295"),
        ({"seed": 10**400}, UNSUPPORTED, "seed", "is a number from 0 to 4294967295"),
        ({"seed": "7"}, INVALID, "seed", "not a string"),
        ({"generate_audio": "no"}, INVALID, "generate_audio", "not a string"),
        ({"person_generation": "all"}, UNSUPPORTED, "person_generation", "Use one of: "),
        ({"index": -1}, INVALID, "index", "of at least 0"),
        ({"index": 4}, (422, "campaign_video_limit"), None, "slots 0 to 3"),
        ({"business_context": "warm"}, INVALID, "business_context", "not a string"),
        (
            {"business_context": {"tone": 1}},
            INVALID,
            "business_context",
            "Each value of business_context must be a string, not an integer.",
        ),
        ({"business_context": {"tone": "x" * 501}}, INVALID, "business_context", "at most 500"),
        (
            {"business_context": {"tone": "warm", "\ufefftone": "cold"}},
            INVALID,
            "business_context",
            "'tone' twice",
        ),
        ({"business_context": {"tone": "\u0000"}}, INVALID, "business_context", "control"),
        (
            {"business_context": {f"k{n}": "v" for n in range(17)}},
            INVALID,
            "business_context",
            "at most 16",
        ),
        ({"metadata": {"k": "x" * 501}}, INVALID, "metadata", "at most 500 characters"),
        ({"metadata": {f"k{n}": "v" for n in range(17)}}, INVALID, "metadata", "at most 16"),
        ({"metadata": ["a"]}, INVALID, "metadata", "not an array"),
        ({"tags": "a"}, INVALID, "tags", "not a string"),
        ({"tags": [""]}, INVALID, "tags[0]", "tags[0] must not be empty"),
        ({"tags": ["a", "\u200b"]}, INVALID, "tags", "must not be empty: it needs a letter"),
        ({"tags": ["x" * 65]}, INVALID, "tags[0]", "at most 64 characters"),
        ({"tags": [f"{number}" for number in range(17)]}, INVALID, "tags", "at most 16 elements"),
    ],
)
def test_an_unsupported_request_is_refused(
    refusing: Showreel,
    changes: Json,
    expected: tuple[int, str],
    param: str | None,
    says: str,
) -> None:
    for path in ("/v1/videos", "/v1/videos/estimate"):
        answer = refusing.post(path, {"prompt": KITE, **changes})

        assert_refused(answer, *expected)
        assert answer.json["error"]["param"] == param
        assert says in answer.json["detail"]


@pytest.mark.parametrize(
    ("body", "expected", "says"),
    [
        ({}, INVALID, "required field prompts"),
        ({"prompts": []}, INVALID, "at least one prompt"),
        ({"prompts": [None]}, INVALID, "at least one prompt"),
        ({"prompts": [*[None] * 4, "e"]}, (422, "campaign_video_limit"), "slot 4 does not exist"),
        ({"prompts": "a"}, INVALID, "must be an array"),
        ({"prompts": ["a", 2]}, INVALID, "prompts[1] must be a string"),
        ({"prompts": ["a", " "]}, INVALID, "must not be empty"),
        ({"prompts": ["a", "x" * 5_001]}, INVALID, "at most 5000"),
        ({"prompts": list("abcde")}, (422, "campaign_video_limit"), "5 were asked for"),
        ({"prompts": ["a"] * 100_000}, (422, "campaign_video_limit"), "100000 were"),
        ({"prompts": ["a"], "campaign_id": "other"}, INVALID, "Known fields: "),
    ],
)
def test_an_unsupported_list_of_prompts_is_refused(
    refusing: Showreel, body: Json, expected: tuple[int, str], says: str
) -> None:
    answer = refusing.post(f"/v1/campaigns/{GALLERY}/videos", body)

    assert_refused(answer, *expected)
    assert says in answer.json["detail"]


def test_an_estimate_takes_prompt_or_prompts_but_not_both(refusing: Showreel) -> None:
    for body in ({}, {"prompt": "a", "prompts": ["a"]}):
        assert_refused(refusing.post("/v1/videos/estimate", body), *INVALID)
