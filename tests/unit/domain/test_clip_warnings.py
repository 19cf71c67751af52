import pytest

from shared.domain.clip import ClipFacts, has_ordered_length
from shared.domain.clip_warnings import ClipWarningCode, clip_warnings, may_replace_current
from shared.domain.inputs import Inputs
from shared.domain.values import replace
from shared.domain.video import GenerationParameters
from tests.unit.domain.builders import CLIP, MODEL, a_source_clip

WIDE = GenerationParameters(model=MODEL)
TALL = replace(WIDE, aspect_ratio="9:16")
FULL_HD = replace(WIDE, resolution="1080p")


def codes(clip: ClipFacts, ordered: GenerationParameters = WIDE) -> list[ClipWarningCode]:
    return list(clip_warnings(clip, ordered))


def clip(width: int = 1280, height: int = 720, **facts: object) -> ClipFacts:
    return replace(CLIP, width=width, height=height, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(("seconds", "is_ordered"), [(15.9, True), (14.1, True), (16.1, False)])
def test_an_extension_may_differ_from_its_length_by_a_second(
    seconds: float, *, is_ordered: bool
) -> None:
    inputs = Inputs(extended_clip=a_source_clip(8))
    ordered = replace(WIDE, inputs=inputs, duration_seconds=7)

    assert has_ordered_length(clip(duration_seconds=seconds), ordered) is is_ordered


@pytest.mark.parametrize(
    ("made", "ordered"),
    [
        (clip(), WIDE),
        (clip(720, 1280), TALL),
        (clip(1920, 1080), FULL_HD),
        (clip(1920, 1088), FULL_HD),
        (clip(1920, 1080), WIDE),
        (clip(pixel_format="yuv420p"), WIDE),
        (clip(pixel_format=""), WIDE),
        (clip(audio_codec=None, audio_seconds=None), WIDE),
        (clip(audio_seconds=8.4), WIDE),
    ],
)
def test_a_clip_as_ordered_has_no_warning(made: ClipFacts, ordered: GenerationParameters) -> None:
    assert codes(made, ordered) == []
    assert may_replace_current(made, ordered)


@pytest.mark.parametrize(
    ("made", "ordered"), [(clip(), TALL), (clip(720, 1280), WIDE), (clip(960, 720), WIDE)]
)
def test_a_clip_of_another_shape_does_not_replace_a_current_video(
    made: ClipFacts, ordered: GenerationParameters
) -> None:
    [(code, message)] = clip_warnings(made, ordered).items()

    assert code is ClipWarningCode.SHAPE_MISMATCH
    assert f"{made.width}x{made.height}, but {ordered.aspect_ratio} was ordered" in message
    assert not may_replace_current(made, ordered)


def test_a_smaller_clip_of_the_right_shape_is_only_warned_of() -> None:
    assert codes(clip(), FULL_HD) == [ClipWarningCode.RESOLUTION_LOWER]
    assert may_replace_current(clip(), FULL_HD)


@pytest.mark.parametrize(
    ("codec", "pixel_format"),
    [("mpeg4", "yuv420p"), ("h264", "yuv444p"), ("h264", "yuv420p10le"), ("prores", "yuv422p10le")],
)
def test_a_clip_that_browsers_do_not_play_does_not_replace_a_current_video(
    codec: str, pixel_format: str
) -> None:
    made = clip(video_codec=codec, pixel_format=pixel_format)

    assert codes(made) == [ClipWarningCode.CODEC_NOT_PLAYED]
    assert not may_replace_current(made, WIDE)


@pytest.mark.parametrize("codec", ["hevc", "av1", "vp9"])
def test_a_clip_that_some_browsers_play_is_only_warned_of(codec: str) -> None:
    made = clip(video_codec=codec, pixel_format="yuv420p10le")

    assert codes(made) == [ClipWarningCode.CODEC_NOT_PLAYED_EVERYWHERE]
    assert may_replace_current(made, WIDE)


def test_sound_that_goes_on_after_the_picture_is_warned_of() -> None:
    assert codes(clip(audio_seconds=9.0)) == [ClipWarningCode.AUDIO_LONGER]
