import hashlib

from shared.domain.inputs import Inputs
from shared.domain.values import replace
from shared.http.provenance import provenance_of
from tests.unit.domain.builders import CLIP, MODEL, a_generating_video, a_picture


def test_a_video_says_what_its_clip_was_made_from() -> None:
    inputs = Inputs(image=a_picture(1), last_frame=a_picture(2))
    video = a_generating_video(7, clip=replace(CLIP, c2pa_manifest=True))
    video = replace(video, parameters=replace(video.parameters, inputs=inputs))

    assert provenance_of(video) == {
        "ai_generated": True,
        "simulated": False,
        "model": MODEL,
        "operation": "op-7",
        "prompt_sha256": hashlib.sha256(video.enhanced_prompt.encode()).hexdigest(),
        "inputs": [
            {"role": "image", "sha256": f"{1:064x}", "media_type": "image/png"},
            {"role": "last_frame", "sha256": f"{2:064x}", "media_type": "image/png"},
        ],
        "c2pa_manifest": True,
    }


def test_every_kind_of_input_is_named() -> None:
    """A field that `Inputs` gains must be among them."""
    pictures = {
        name: (a_picture(number),) if name == "reference_images" else a_picture(number)
        for number, name in enumerate(Inputs.__struct_fields__)
    }
    video = a_generating_video(clip=CLIP)
    video = replace(video, parameters=replace(video.parameters, inputs=Inputs(**pictures)))  # type: ignore[arg-type]

    found = provenance_of(video)

    assert found is not None
    assert [each["role"] for each in found["inputs"]] == list(pictures)


def test_a_video_without_a_clip_has_no_provenance() -> None:
    assert provenance_of(a_generating_video()) is None
