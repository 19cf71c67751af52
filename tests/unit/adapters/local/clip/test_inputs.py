"""Clips that are made from pictures show them."""

from pathlib import Path

import av
import pytest
from PIL import Image

from shared.adapters.local.clip import ClipSpec, render_clip
from shared.adapters.local.clip.inputs import PushIn, Strip
from tests.pictures import a_picture, turned

SIZE = (320, 180)
RED, BLUE = (200, 30, 30), (30, 30, 200)
DARK_RED = (100, 15, 15)
# Without words.
CORNER = (0, 0, 20, 8)
TOLERANCE = 12


def rendered(tmp_path: Path, **fields: object) -> Path:
    spec = ClipSpec(
        prompt="A cup",
        caption="spring",
        width=SIZE[0],
        height=SIZE[1],
        fps=24,
        audio=False,
        variation="v",
        **{"seconds": 1, **fields},  # type: ignore[arg-type]  # Fields of the specification.
    )
    file = tmp_path / "clip.mp4"
    render_clip(spec, file)
    return file


def frames_of(tmp_path: Path, **fields: object) -> list[Image.Image]:
    with av.open(str(rendered(tmp_path, **fields))) as container:
        return [_image(frame) for frame in container.decode(video=0)]


def _image(frame: av.VideoFrame) -> Image.Image:
    shown: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]  # PyAV's own.
    return shown


def is_like(picture: Image.Image, colour: tuple[int, int, int]) -> bool:
    seen = picture.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    assert isinstance(seen, tuple)
    return all(abs(one - other) <= TOLERANCE for one, other in zip(seen, colour, strict=True))


def test_a_clip_begins_with_its_image_and_ends_with_its_last_frame(tmp_path: Path) -> None:
    frames = frames_of(
        tmp_path,
        image=a_picture("PNG", size=SIZE, colour=RED),
        last_frame=a_picture("JPEG", size=SIZE, colour=BLUE),
    )

    assert len(frames) == 24
    assert is_like(frames[0], RED)
    assert is_like(frames[-1], BLUE)


def test_references_are_shown_side_by_side(tmp_path: Path) -> None:
    pictures = tuple(a_picture("PNG", size=(160, 90), colour=each) for each in (RED, BLUE))

    [first, *_] = frames_of(tmp_path, references=pictures)

    bottom = SIZE[1] - 30
    assert is_like(first.crop((20, bottom, 50, bottom + 10)), RED)
    assert is_like(first.crop((SIZE[0] // 2 + 20, bottom, SIZE[0] // 2 + 50, bottom + 10)), BLUE)


@pytest.fixture
def red_clip(tmp_path: Path) -> bytes:
    return rendered(tmp_path, image=a_picture("PNG", size=SIZE, colour=RED)).read_bytes()


def test_an_extension_begins_with_the_clip_and_goes_on_from_its_end(
    tmp_path: Path, red_clip: bytes
) -> None:
    frames = frames_of(tmp_path, seconds=2, extended=red_clip)

    assert len(frames) == 48
    assert all(is_like(frame, RED) for frame in frames[:24])
    assert is_like(frames[24].crop(CORNER), RED)
    assert not is_like(frames[47].crop(CORNER), RED)


def test_an_edit_shows_the_clip_behind_its_prompt(tmp_path: Path, red_clip: bytes) -> None:
    frames = frames_of(tmp_path, edited=red_clip)

    assert len(frames) == 24
    assert is_like(frames[12].crop(CORNER), DARK_RED)
    _, brightest = frames[12].convert("L").getextrema()
    assert brightest == pytest.approx(255, abs=20)


def test_the_camera_comes_closer() -> None:
    middle = Image.new("RGB", SIZE, "black")
    middle.paste((255, 255, 255), (140, 70, 180, 110))
    import io  # noqa: PLC0415

    content = io.BytesIO()
    middle.save(content, "PNG")
    clip = PushIn(content.getvalue(), None, size=SIZE)

    brightness = [sum(clip.paint(each).convert("L").histogram()[128:]) for each in (0, 0.5, 1)]

    assert clip.paint(0).tobytes() == middle.tobytes()
    assert brightness == sorted(set(brightness))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_accepted_kind_of_picture_is_drawn(mode: str) -> None:
    content = a_picture("PNG", mode=mode, colour=(255, 0, 0, 0))

    assert PushIn(content, content, size=SIZE).paint(1).size == SIZE


def test_a_picture_on_its_side_is_drawn_upright() -> None:
    picture = Image.new("RGB", SIZE)

    Strip([turned((60, 30))], size=SIZE).lay(picture)

    box = picture.getbbox()
    assert box is not None
    assert box[2] - box[0] < box[3] - box[1]
