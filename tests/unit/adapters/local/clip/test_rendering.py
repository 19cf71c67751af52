import subprocess
import sys
from array import array
from collections.abc import Callable
from itertools import count, pairwise
from pathlib import Path

import av
import pytest
from PIL import Image, ImageChops, ImageStat

from shared.adapters.local.clip import render_clip
from tests.unit.adapters.clips import SPEC

Render = Callable[..., Path]

RENDER_THE_USUAL_CLIP = """
import sys
from pathlib import Path
from shared.adapters.local.clip import render_clip
from tests.unit.adapters.clips import SPEC
render_clip(SPEC, Path(sys.argv[1]))
"""
DESCRIBE_A_CLIP = """
import sys
from shared.adapters.local.clip import ClipSpec
print(sorted({"PIL", "av"} & sys.modules.keys()))
"""

TEXTS = {
    "nothing": "",
    "the longest prompt": "shoes " * 833,
    "a word without end": "x" * 5_000,
    "emoji": "Launch 🚀 day 🔥 with 👩‍🚀 from 🇺🇸",
    "arabic": "حذاء رياضي يركض في المطر (Air 2024)",
    "hebrew": "אישה רצה בגשם, Tokyo",
    "chinese": "雨夜霓虹灯下奔跑的跑鞋。",
    "hindi": "बारिश में दौड़ते जूते",
    "accents without end": "a" + "\u0301" * 4_999,
    "control characters": "line\nbreak\ttab\x00nul\x1bescape",
    "a lone surrogate": "before \ud800 after",
    "an override of direction": "safe \u202egpj.exe",
}


def picture(frame: av.VideoFrame) -> Image.Image:
    plane = frame.to_rgb().planes[0]
    size = frame.width, frame.height
    return Image.frombytes("RGB", size, bytes(plane), "raw", "RGB", plane.line_size)


def frames(clip: Path) -> list[Image.Image]:
    with av.open(str(clip)) as container:
        return [picture(frame) for frame in container.decode(video=0)]


def difference(one: Image.Image, other: Image.Image) -> float:
    """How far two pictures are apart: 0 for the same, 255 for black and white."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


def samples(clip: Path) -> list[int]:
    heard = array("h")
    resampler = av.AudioResampler(format="s16", layout="stereo")
    with av.open(str(clip)) as container:
        for frame in container.decode(audio=0):
            for block in resampler.resample(frame):
                heard.frombytes(bytes(block.planes[0])[: 4 * block.samples])
    return list(heard)


def box_kinds(clip: Path) -> list[bytes]:
    content, kinds = clip.read_bytes(), []
    while content:
        kinds.append(content[4:8])
        content = content[int.from_bytes(content[:4]) :]
    return kinds


def test_the_picture_is_h264_that_every_browser_plays(clip: Path) -> None:
    with av.open(str(clip)) as container:
        video = container.streams.video[0]

        assert (video.codec.name, video.profile, video.pix_fmt) == ("h264", "High", "yuv420p")
        assert (video.width, video.height) == (320, 180)
        assert video.average_rate == 24


def test_the_sound_is_aac_in_stereo(clip: Path) -> None:
    with av.open(str(clip)) as container:
        audio = container.streams.audio[0]

        assert (audio.codec.name, audio.rate, audio.layout.name) == ("aac", 48_000, "stereo")


def test_the_clip_lasts_exactly_as_long_as_asked(render: Render) -> None:
    with av.open(str(render(seconds=2, fps=12))) as container:
        video, audio = container.streams

        assert video.duration == 2 / (video.time_base or 1)
        assert audio.duration == 2 / (audio.time_base or 1)
        assert sum(1 for _ in container.decode(video=0)) == 24


@pytest.mark.parametrize("fast_start", [True, False])
def test_a_player_finds_the_index_before_the_media_or_behind_them(
    render: Render, *, fast_start: bool
) -> None:
    kinds = box_kinds(render(fast_start=fast_start))

    assert kinds[0] == b"ftyp"
    assert fast_start == (kinds.index(b"moov") < kinds.index(b"mdat"))


def test_a_silent_clip_has_no_audio_stream(render: Render) -> None:
    with av.open(str(render(audio=False))) as container:
        assert [stream.type for stream in container.streams] == ["video"]


def test_the_same_spec_makes_the_same_bytes_in_every_process(clip: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.mp4"

    subprocess.run([sys.executable, "-c", RENDER_THE_USUAL_CLIP, str(again)], check=True)

    assert clip.read_bytes() == again.read_bytes()


def test_another_variation_looks_and_sounds_different(clip: Path, render: Render) -> None:
    other = render(variation="fedcba9876543210")

    assert difference(frames(clip)[0], frames(other)[0]) > 5
    assert samples(clip) != samples(other)


def test_the_picture_moves_smoothly_all_the_time(clip: Path) -> None:
    steps = [difference(one, other) for one, other in pairwise(frames(clip))]

    assert min(steps) > 0.5
    assert max(steps) < 10 * min(steps)


def test_a_player_that_loops_the_clip_shows_no_jump(clip: Path) -> None:
    below_the_line = (0, 20, 320, 180)
    shown = [frame.crop(below_the_line) for frame in frames(clip)]
    steps = [difference(one, other) for one, other in pairwise(shown)]

    assert difference(shown[-1], shown[0]) <= 1.2 * max(steps)


def test_the_first_frame_can_be_a_thumbnail(clip: Path) -> None:
    assert ImageStat.Stat(frames(clip)[0].convert("L")).mean[0] > 20


def test_a_progress_line_grows_with_time_at_the_top_where_no_player_has_its_own(clip: Path) -> None:
    def length(frame: Image.Image) -> int:
        row = frame.convert("L").crop((0, 14, 320, 15))
        return sum(row.histogram()[200:])

    lengths = [length(frame) for frame in frames(clip)]

    assert lengths == sorted(lengths)
    assert lengths[0] < 30
    assert lengths[-1] > 280


def test_the_sound_is_quiet_and_begins_and_ends_in_silence(clip: Path) -> None:
    heard = samples(clip)

    assert max(map(abs, heard[:200])) < 50
    assert max(map(abs, heard[-200:])) < 50
    assert 1_000 < max(map(abs, heard)) < 8_000


@pytest.mark.parametrize("prompt", TEXTS.values(), ids=TEXTS)
def test_any_text_can_be_shown(prompt: str, render: Render) -> None:
    clip = render(prompt=prompt, caption=prompt, fps=2)

    assert len(frames(clip)) == 2


def test_another_prompt_makes_another_picture(clip: Path, render: Render) -> None:
    other = render(prompt="A bakery at dawn")

    assert difference(frames(clip)[0], frames(other)[0]) > 2


@pytest.mark.parametrize(
    ("width", "height"), [(1280, 720), (720, 1280), (1080, 1920), (3840, 2160)]
)
def test_every_size_that_a_model_offers_is_rendered(
    width: int, height: int, render: Render
) -> None:
    clip = render(width=width, height=height, fps=1, audio=False)

    assert [(width, height)] == [frame.size for frame in frames(clip)]


def test_an_unwritable_target_raises_oserror(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        render_clip(SPEC, tmp_path / "missing" / "clip.mp4")


def test_a_full_disk_raises_oserror() -> None:
    with pytest.raises(OSError, match="No space left"):
        render_clip(SPEC, Path("/dev/full"))


def test_rendering_ends_at_the_next_frame_when_the_process_is_to_stop(tmp_path: Path) -> None:
    asked = count()

    with pytest.raises(InterruptedError, match="asked to stop"):
        render_clip(SPEC, tmp_path / "clip.mp4", is_stopping=lambda: next(asked) == 2)

    assert next(asked) == 3


def test_describing_a_clip_loads_no_codec() -> None:
    found = subprocess.run(
        [sys.executable, "-c", DESCRIBE_A_CLIP], check=True, capture_output=True, text=True
    )

    assert found.stdout.strip() == "[]"
