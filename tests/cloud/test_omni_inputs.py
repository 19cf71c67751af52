"""What Gemini Omni makes of pictures and clips, from the bucket and in its messages."""

import base64
import hashlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest

from shared.adapters.media.clip_inspector import PyAVClipInspector
from shared.adapters.media.picture_inspector import PillowPictureInspector
from shared.domain.errors import GenerationRefusedError
from shared.domain.inputs import CLIP_TYPE, Inputs, Picture
from shared.domain.storage_layout import input_path
from shared.ports.video_generator import Submission, Succeeded
from tests.cloud.omni import Omni, omni_in_bucket, omni_inline, omni_submission
from tests.cloud.veo import BUCKET
from tests.contract.video_generator_contract import ended
from tests.pictures import a_picture
from tools.emulated_cloud.vertex.answers import Json
from tools.emulated_cloud.vertex.clips import plain_clip
from tools.emulated_cloud.vertex.interaction_requests import (
    blocks_of,
    first_problem_of_interaction,
    prompt_of,
)
from tools.emulated_cloud.vertex.server import INTERACTIONS

TALL_CLIP = plain_clip("", {"durationSeconds": 3, "aspectRatio": "9:16", "resolution": "360p"})
CLIP = Picture(
    sha256=hashlib.sha256(TALL_CLIP).hexdigest(),
    media_type=CLIP_TYPE,
    size_bytes=len(TALL_CLIP),
    width=360,
    height=640,
    duration_seconds=3.0,
)
PICTURES = {
    PillowPictureInspector().inspect(content): content
    for content in (a_picture("PNG"), a_picture("JPEG"))
}
PNG, JPEG = PICTURES
CONTENTS = {**PICTURES, CLIP: TALL_CLIP}


@pytest.fixture(params=[omni_in_bucket, omni_inline], ids=["bucket", "laptop"])
def omni(request: pytest.FixtureRequest) -> Iterator[Omni]:
    with request.param() as running:
        yield running


@pytest.mark.parametrize(
    ("inputs", "task"),
    [
        (Inputs(image=PNG), "image_to_video"),
        (Inputs(image=PNG, last_frame=JPEG), "image_to_video"),
        (Inputs(reference_images=(JPEG, PNG)), "reference_to_video"),
    ],
    ids=["first frame", "two frames", "references"],
)
def test_pictures_follow_the_prompt_in_the_order_of_their_task(
    omni: Omni, inputs: Inputs, task: str
) -> None:
    submission = stored(omni, inputs)

    state = ended(omni.generator, omni.generator.submit(submission).operation)

    assert isinstance(state, Succeeded)
    request = omni.vertex.asked(INTERACTIONS)[0].body
    assert request["generation_config"]["video_config"] == {"task": task}
    assert request["response_format"].keys() >= {"aspect_ratio", "duration", "resolution"}
    assert prompt_of(request) == submission.enhanced_prompt
    sent = [content_of(omni, block) for block in blocks_of(request, "image")]
    assert sent == [(each.media_type, PICTURES[each]) for each in inputs]


@pytest.mark.parametrize(
    ("inputs", "task", "determined", "seconds"),
    [
        (Inputs(extended_clip=CLIP), "extend", {"aspect_ratio"}, 6),
        (Inputs(edited_clip=CLIP), "edit", {"aspect_ratio", "duration"}, 3),
    ],
    ids=["extend", "edit"],
)
def test_a_clip_is_sent_without_what_it_determines(
    omni: Omni, inputs: Inputs, task: str, determined: set[str], seconds: float
) -> None:
    submission = stored(omni, inputs, aspect_ratio="9:16", resolution="360p")

    state = ended(omni.generator, omni.generator.submit(submission).operation)

    assert isinstance(state, Succeeded)
    request = omni.vertex.asked(INTERACTIONS)[0].body
    assert request["generation_config"]["video_config"] == {"task": task}
    assert {"aspect_ratio", "duration"} - request["response_format"].keys() == determined
    with omni.objects.open(state.clip_path) as clip:
        facts = PyAVClipInspector().inspect(clip).facts
    assert facts.width < facts.height
    assert facts.duration_seconds == pytest.approx(seconds, abs=0.1)


@pytest.mark.parametrize("inputs", [Inputs(image=PNG), Inputs(edited_clip=CLIP)], ids=str)
def test_an_input_that_is_lost_is_not_submitted(omni: Omni, inputs: Inputs) -> None:
    submission = stored(omni, inputs)
    for each in inputs:
        omni.objects.delete(input_path(submission.campaign_id, each))

    with pytest.raises(GenerationRefusedError) as raised:
        omni.generator.submit(submission)

    assert raised.value.code == "input_missing"
    assert omni.vertex.submissions == 0


A_CLIP = {"type": "video", "mime_type": "video/mp4", "uri": "gs://bucket/clip.mp4"}
AN_IMAGE = {"type": "image", "mime_type": "image/png", "uri": "gs://bucket/cup.png"}


@pytest.mark.parametrize(
    ("task", "inputs", "changes"),
    [
        ("edit", [A_CLIP], {"response_format": {"aspect_ratio": "16:9"}}),
        ("edit", [A_CLIP], {"response_format": {"duration": "8s"}}),
        ("extend", [A_CLIP], {"response_format": {"aspect_ratio": "16:9"}}),
        ("extend", [], {}),
        ("extend", [A_CLIP], {"previous_interaction_id": "another"}),
        ("text_to_video", [AN_IMAGE], {}),
        ("image_to_video", [AN_IMAGE] * 3, {}),
        ("image_to_video", [AN_IMAGE] * 2, {"response_format": {"duration": "11s"}}),
        ("image_to_video", [{**AN_IMAGE, "uri": "https://example.com/cup.png"}], {}),
        ("reference_to_video", [AN_IMAGE] * 11, {}),
        ("upscale", [A_CLIP], {}),
    ],
)
def test_the_stand_in_refuses_what_google_refuses(
    task: str, inputs: list[Json], changes: dict[str, Any]
) -> None:
    def body(**changes: Any) -> Json:  # noqa: ANN401
        text = {"type": "text", "text": "A kite"}
        return {
            "model": "gemini-omni-1.2-flash",
            "input": [text, *inputs],
            "background": True,
            "store": True,
            "generation_config": {"video_config": {"task": task}},
            **changes,
            "response_format": {"type": "video", **changes.get("response_format", {})},
        }

    assert first_problem_of_interaction(body(**changes))
    if changes:
        assert first_problem_of_interaction(body()) is None


def stored(omni: Omni, inputs: Inputs, **parameters: Any) -> Submission:  # noqa: ANN401
    submission = omni_submission(inputs=inputs, **parameters)
    for each in inputs:
        omni.objects.put(
            input_path(submission.campaign_id, each),
            BytesIO(CONTENTS[each]),
            content_type=each.media_type,
        )
    return submission


def content_of(omni: Omni, block: Json) -> tuple[str, bytes]:
    """Return the type and the bytes of a picture that was sent, or is in the bucket."""
    if "data" in block:
        return block["mime_type"], base64.b64decode(block["data"])
    with omni.objects.open(block["uri"].removeprefix(f"gs://{BUCKET}/")) as content:
        return block["mime_type"], content.read()
