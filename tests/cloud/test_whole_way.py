"""From a request to a stored clip, and to an end with nothing lost where something goes wrong."""

import base64
from decimal import Decimal
from pathlib import Path

import pytest

from shared.adapters.local.object_store import LocalObjectStore
from shared.domain.storage_layout import clip_path
from shared.domain.tasks import Task
from shared.use_cases.change_versions import delete_video
from shared.use_cases.derive_videos import DeriveVideo, derive_video
from shared.use_cases.inputs import Sources
from tests.cloud.veo import BUCKET, TODAY
from tests.cloud.whole_way import PRICE, Showreel, inline
from tests.pictures import a_picture, data_uri
from tools.emulated_cloud.vertex.answers import (
    DROPPED_AFTER,
    DROPPED_BEFORE,
    INTERNAL,
    NO_QUOTA,
    UNAUTHENTICATED,
    UNAVAILABLE,
    Fault,
    invalid_argument,
)
from tools.emulated_cloud.vertex.clips import prompted_clip
from tools.emulated_cloud.vertex.endings import Ending
from tools.emulated_cloud.vertex.server import SUBMIT


def test_a_prompt_becomes_a_stored_clip(showreel: Showreel) -> None:
    video = showreel.ended(showreel.create("A red bicycle"))

    assert video.status == "completed"
    with showreel.objects.open(clip_path("spring", video.video_hash, 0, current=True)) as clip:
        facts = showreel.inspector.inspect(clip).facts
    assert facts.duration_seconds == pytest.approx(4, abs=0.1)
    assert (facts.width, facts.height, facts.video_codec) == (1280, 720, "h264")
    assert showreel.money.spent == PRICE
    assert showreel.veo.vertex.submissions == 1
    assert list(showreel.objects.list("videos/attempts/")) == []


def test_veo_gets_the_first_and_the_last_frame_as_they_were_sent(showreel: Showreel) -> None:
    first, last = a_picture("PNG"), a_picture("JPEG")
    sources = Sources(image=data_uri(first), last_frame=data_uri(last))

    video = showreel.ended(showreel.create("A red bicycle", sources=sources))

    assert video.status == "completed"
    [request] = showreel.veo.vertex.asked(SUBMIT)
    [instance] = request.body["instances"]
    assert first == sent_to_veo(showreel, instance["image"], "image/png")
    assert last == sent_to_veo(showreel, instance["lastFrame"], "image/jpeg")


def test_veo_gets_references(showreel: Showreel) -> None:
    pictures = [a_picture("PNG"), a_picture("JPEG")]
    sources = Sources(reference_images=tuple(map(data_uri, pictures)))

    video = showreel.ended(showreel.create("A red bicycle", sources=sources, seconds=8))

    assert video.status == "completed"
    [request] = showreel.veo.vertex.asked(SUBMIT)
    [instance] = request.body["instances"]
    assert {each["referenceType"] for each in instance["referenceImages"]} == {"ASSET"}
    sent = [each["image"] for each in instance["referenceImages"]]
    assert pictures == [
        sent_to_veo(showreel, image, media_type)
        for image, media_type in zip(sent, ("image/png", "image/jpeg"), strict=True)
    ]


def test_veo_extends_a_clip_also_after_its_video_was_deleted(
    showreel: Showreel, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It extends clips with all of their frames alone.
    monkeypatch.setattr(showreel.veo.vertex.operations, "_make_clip", prompted_clip)
    old = showreel.ended(showreel.create("A red bicycle"))
    clip = read(showreel, clip_path("spring", old.video_hash, old.index, current=True))
    request = DeriveVideo(
        campaign_id="spring",
        video_hash=old.video_hash,
        prompt="It falls over",
        task=Task.EXTENSION,
        seconds=7,
    )
    extension = derive_video(showreel, request).video
    delete_video(showreel, "spring", old.video_hash)

    done = showreel.ended(extension)

    assert done.clip is not None
    assert done.clip.duration_seconds == pytest.approx(11, abs=0.1)
    assert (done.cost.actual, showreel.veo.vertex.submissions) == (Decimal("2.80"), 2)
    [_, sent] = showreel.veo.vertex.asked(SUBMIT)
    [instance] = sent.body["instances"]
    assert sent.body["parameters"].get("durationSeconds") is None
    assert instance.keys() == {"prompt", "video"}
    if "gcsUri" in instance["video"]:
        assert clip == sent_to_veo(showreel, instance["video"], "video/mp4")


def test_a_lost_picture_is_found_before_anything_is_submitted(tmp_path: Path) -> None:
    objects = LocalObjectStore(tmp_path, now=lambda: TODAY)
    with inline(objects) as veo:
        showreel = Showreel(veo=veo, objects=objects)
        video = showreel.create("A bicycle", sources=Sources(image=data_uri(a_picture("PNG"))))
        [stored] = objects.list("videos/inputs/")
        objects.delete(stored.path)

        ended = showreel.ended(video)

        assert ended.failure is not None
        assert ended.failure.code == "input_missing"
        assert veo.vertex.submissions == 0
        assert showreel.money.committed == 0


def sent_to_veo(showreel: Showreel, image: dict[str, str], media_type: str) -> bytes:
    """Return the bytes of a picture that Veo was sent, or found in the bucket."""
    assert media_type == image["mimeType"]
    if "bytesBase64Encoded" in image:
        return base64.b64decode(image["bytesBase64Encoded"])
    return read(showreel, image["gcsUri"].removeprefix(f"gs://{BUCKET}/"))


def read(showreel: Showreel, path: str) -> bytes:
    with showreel.objects.open(path) as content:
        return content.read()


@pytest.mark.parametrize(
    ("fault", "code", "paid"),
    [
        (NO_QUOTA, None, 1),
        (UNAUTHENTICATED, None, 1),
        (Fault(answer=invalid_argument("No.")), "invalid_request", 0),
        (INTERNAL, "outcome_unknown", 0),
        (UNAVAILABLE, "outcome_unknown", 0),
        (DROPPED_BEFORE, "outcome_unknown", 0),
    ],
)
def test_a_submission_with_a_fault_is_paid_at_most_once(
    showreel: Showreel, fault: Fault, code: str | None, paid: int
) -> None:
    showreel.veo.vertex.fail(SUBMIT, fault)

    video = showreel.ended(showreel.create("A red bicycle"))

    assert code == (video.failure and video.failure.code)
    assert paid == showreel.veo.vertex.submissions


def test_without_a_bucket_a_lost_answer_is_possibly_spent(tmp_path: Path) -> None:
    objects = LocalObjectStore(tmp_path, now=lambda: TODAY)
    with inline(objects) as veo:
        showreel = Showreel(veo=veo, objects=objects)
        veo.vertex.fail(SUBMIT, DROPPED_AFTER)

        video = showreel.ended(showreel.create("A red bicycle"))

        assert video.failure is not None
        assert video.failure.code == "outcome_unknown"
        assert showreel.money.possibly_spent == PRICE
        assert veo.vertex.submissions == 1


@pytest.mark.parametrize(
    ("ending", "code", "spent"),
    [
        (Ending.FILTERED, "content_filtered", 0),
        (Ending.INTERNAL_ERROR, "provider_error", 0),
        (Ending.GARBAGE, "invalid_output", PRICE),
        (Ending.WRONG_DURATION, "invalid_output", PRICE),
    ],
)
def test_a_video_without_a_good_clip_frees_its_slot(
    showreel: Showreel, ending: Ending, code: str, spent: Decimal
) -> None:
    video = showreel.ended(showreel.create(f"A red bicycle [{ending}]"))

    assert video.failure is not None
    assert code == video.failure.code
    campaign = showreel.campaigns.get_campaign("spring")
    assert spent == campaign.money.spent
    assert campaign.money.reserved == 0
    assert campaign.slot(0).is_free
    assert showreel.veo.vertex.submissions == 1


@pytest.mark.parametrize("ending", [Ending.NEVER, Ending.FORGOTTEN, Ending.EMPTY])
def test_an_operation_that_leads_nowhere_ends_as_possibly_spent(
    showreel: Showreel, ending: Ending
) -> None:
    showreel.ended(showreel.create(f"A red bicycle [{ending}]"))

    assert showreel.money.possibly_spent == PRICE
    assert showreel.veo.vertex.submissions == 1
