"""The bucket: what is removed from it, who may read it from a page, and what it announces."""

from itertools import chain

import pytest

from shared.domain.storage_layout import (
    ATTEMPTS,
    BATCHES,
    REQUESTS,
    answer_path,
    attempt_prefix,
    campaign_path,
    claim_path,
    clip_path,
    metadata_path,
    picture_paths,
    video_of_clip,
)
from tests.infra.installation import ORIGIN, Installation, Json

HASH = "0123456789abcdef"
CLIP_OF_VEO = f"{attempt_prefix('spring', HASH, 1)}8071/sample_0.mp4"
DAY = 24 * 60 * 60


def bucket(installation: Installation) -> Json:
    return installation.one("google_storage_bucket.videos")


def removed_prefixes(installation: Installation) -> list[str]:
    """Return what the names begin with that a rule deletes."""
    rules = [
        each
        for each in bucket(installation)["lifecycle_rule"]
        if each["action"][0]["type"] == "Delete"
    ]
    conditions = [rule["condition"][0] for rule in rules]
    assert all(condition["matches_prefix"] for condition in conditions)
    return list(chain.from_iterable(condition["matches_prefix"] for condition in conditions))


def test_attempts_and_receipts_are_removed_by_age(installation: Installation) -> None:
    assert set(removed_prefixes(installation)) == {f"{ATTEMPTS}/", f"{BATCHES}/", f"{REQUESTS}/"}
    for path in (CLIP_OF_VEO, answer_path("123"), claim_path("123")):
        assert path.startswith(tuple(removed_prefixes(installation)))


@pytest.mark.parametrize(
    "path",
    [
        clip_path("spring", HASH, 0, current=True),
        clip_path("spring", HASH, 0, current=False),
        *picture_paths("spring", HASH, 0),
        metadata_path("spring", HASH, current=True),
        campaign_path("spring"),
    ],
)
def test_nothing_that_the_records_name_is_removed_by_age(
    installation: Installation, path: str
) -> None:
    assert not path.startswith(tuple(removed_prefixes(installation)))


def test_a_receipt_outlives_its_message(installation: Installation) -> None:
    subscription = installation.all("google_pubsub_subscription.function")["request_videos"]
    kept = int(subscription["message_retention_duration"].removesuffix("s"))

    (rule,) = [
        each
        for each in bucket(installation)["lifecycle_rule"]
        if each["action"][0]["type"] == "Delete"
    ]
    assert rule["condition"][0]["age"] * DAY > kept


def test_unfinished_uploads_are_removed(installation: Installation) -> None:
    rules = {
        each["action"][0]["type"]: each["condition"][0]
        for each in bucket(installation)["lifecycle_rule"]
    }

    assert rules["AbortIncompleteMultipartUpload"]["age"] == 1


def test_deleted_objects_can_be_restored_for_a_week(installation: Installation) -> None:
    (policy,) = bucket(installation)["soft_delete_policy"]

    assert policy["retention_duration_seconds"] >= 7 * DAY


def test_the_videos_refuse_to_be_destroyed(installation: Installation) -> None:
    videos = bucket(installation)

    assert (videos["deletion_policy"], videos["force_destroy"]) == ("PREVENT", False)


def test_configured_origins_may_read_and_do_nothing_else(installation: Installation) -> None:
    (rule,) = bucket(installation)["cors"]

    assert rule["origin"] == [ORIGIN]
    assert set(rule["method"]) == {"GET", "HEAD"}


def test_without_configured_origins_no_page_may_read(plain_installation: Installation) -> None:
    assert bucket(plain_installation)["cors"] == []


def test_a_clip_of_veo_is_announced_to_generate_video(
    installation: Installation,
) -> None:
    told = installation.one("google_storage_notification.clips")
    topic = installation.all("google_pubsub_topic.function")["generate_video"]

    assert (bucket(installation)["name"], topic["id"]) == (told["bucket"], told["topic"])
    assert told["event_types"] == ["OBJECT_FINALIZE"]
    assert told["payload_format"] == "JSON_API_V1"
    assert video_of_clip(CLIP_OF_VEO) is not None
    assert CLIP_OF_VEO.startswith(told["object_name_prefix"])


def test_no_object_that_showreel_writes_is_announced(installation: Installation) -> None:
    told = installation.one("google_storage_notification.clips")

    assert told["object_name_prefix"] == f"{ATTEMPTS}/"
