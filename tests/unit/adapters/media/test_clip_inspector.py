import errno
import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageSequence, ImageStat

from shared.adapters.media.clip_inspector import PyAVClipInspector
from shared.domain.clip import COMPANIONS, ClipFacts
from shared.domain.errors import InvalidClipError, StorageError, UnavailableError

Render = Callable[..., Path]

FAST = {"preset": "ultrafast"}
BLACK, NEARLY_BLACK, GREY, WHITE = 16, 24, 128, 235


class CountingReader(io.BytesIO):
    """Remembers what was read of it."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.reads: list[int] = []

    def read(self, size: int | None = -1, /) -> bytes:
        content = super().read(size)
        self.reads.append(len(content))
        return content


class LostReader(io.BytesIO):
    """A connection that breaks after its first bytes."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() > 10_000:
            raise UnavailableError("The connection was lost.")
        return super().read(size)


@pytest.fixture
def inspector() -> PyAVClipInspector:
    return PyAVClipInspector()


@pytest.fixture(scope="session")
def content(clip: Path) -> bytes:
    return clip.read_bytes()


def film(
    path: Path, shades: Sequence[int], size: tuple[int, int] = (320, 180), **options: str
) -> bytes:
    """Writes one grey frame for each luma."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=24, options=FAST | options)
        (video.width, video.height), video.pix_fmt = size, "yuv420p"
        for number, shade in enumerate(shades):
            frame = av.VideoFrame(*size, "yuv420p")
            for plane, value in zip(frame.planes, (shade, GREY, GREY), strict=True):
                plane.update(bytes([value]) * plane.buffer_size)
            frame.pts, frame.time_base = number, Fraction(1, 24)
            container.mux(video.encode(frame))
        container.mux(video.encode())
    return path.read_bytes()


def record(path: Path, seconds: int = 1) -> bytes:
    """Writes silence, and no picture."""
    with av.open(str(path), "w") as container:
        audio = container.add_stream("aac", rate=48_000)
        for number in range(seconds * 48):
            frame = av.AudioFrame(format="s16", layout="stereo", samples=1_000)
            frame.planes[0].update(bytes(4_000))
            frame.sample_rate, frame.pts = 48_000, number * 1_000
            container.mux(audio.encode(frame))
        container.mux(audio.encode())
    return path.read_bytes()


def with_number(content: bytes, box: bytes, offset: int, number: int) -> bytes:
    """Overwrites four bytes of the body of the first such box."""
    at = content.index(box) + 4 + offset
    return content[:at] + number.to_bytes(4) + content[at + 4 :]


def without_media(content: bytes) -> bytes:
    at = content.index(b"mdat") + 4
    return content[:at] + bytes(len(content) - at)


def without_box(content: bytes, box: bytes) -> bytes:
    """Renames a box, so that readers skip it."""
    return content.replace(box, b"free", 1)


def facts_of(clip: BinaryIO) -> ClipFacts:
    return PyAVClipInspector().inspect(clip).facts


def thumbnail_of(clip: BinaryIO) -> bytes:
    return PyAVClipInspector().inspect(clip).pictures["thumbnail"]


def brightness(jpeg: bytes) -> float:
    return ImageStat.Stat(Image.open(io.BytesIO(jpeg)).convert("L")).mean[0]


def test_a_clip_is_described_by_its_content(content: bytes) -> None:
    found = facts_of(io.BytesIO(content))

    assert found == ClipFacts(
        duration_seconds=1.0,
        width=320,
        height=180,
        fps=24.0,
        video_codec="h264",
        pixel_format="yuv420p",
        audio_codec="aac",
        audio_seconds=found.audio_seconds,
        size_bytes=len(content),
        c2pa_manifest=False,
        pictures=COMPANIONS,
    )
    assert found.audio_seconds == pytest.approx(1.0, abs=0.03)


def uuid_box(of: str, purpose: bytes) -> bytes:
    content = UUID(of).bytes + bytes(4) + purpose + bytes(8)
    return (8 + len(content)).to_bytes(4) + b"uuid" + content


C2PA = "d8fec3d6-1b0e-483c-9297-5828877ec481"
XMP = "be7acfcb-97a9-42e8-9c71-999491e3afac"


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        (uuid_box(C2PA, b"manifest\0"), True),
        (uuid_box(C2PA, b"merkle\0"), False),
        (uuid_box(XMP, b"manifest\0"), False),
    ],
)
def test_a_c2pa_manifest_is_found_by_its_box(content: bytes, box: bytes, *, expected: bool) -> None:
    assert facts_of(io.BytesIO(content + box)).c2pa_manifest is expected


def test_a_silent_clip_has_no_audio_codec(render: Render) -> None:
    with render(audio=False).open("rb") as clip:
        facts = facts_of(clip)

    assert (facts.audio_codec, facts.audio_seconds) == (None, None)


def test_a_clip_is_read_once_and_piece_by_piece(
    inspector: PyAVClipInspector, content: bytes
) -> None:
    reader = CountingReader(content)

    inspector.inspect(reader)

    assert sum(reader.reads) < len(content) + 1_000
    assert max(reader.reads) <= 64 * 1024


def test_a_stream_that_was_read_before_is_read_from_its_beginning(content: bytes) -> None:
    reader = io.BytesIO(content)
    reader.seek(0, io.SEEK_END)

    assert facts_of(reader).size_bytes == len(content)
    assert thumbnail_of(reader)
    assert not reader.closed


def test_a_clip_with_its_index_at_the_end_is_whole(tmp_path: Path) -> None:
    clip = film(tmp_path / "film.mp4", [WHITE] * 24)

    assert clip.index(b"moov") > clip.index(b"mdat")
    assert facts_of(io.BytesIO(clip)).duration_seconds == 1.0


def test_a_fragmented_clip_is_measured_by_its_fragments(clip: Path, tmp_path: Path) -> None:
    fragmented = tmp_path / "fragmented.mp4"
    flags = {"movflags": "frag_keyframe+empty_moov"}
    with av.open(str(clip)) as source, av.open(str(fragmented), "w", options=flags) as copy:
        video = copy.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = video
                copy.mux(packet)

    with fragmented.open("rb") as stream:
        assert facts_of(stream).duration_seconds == 1.0


DAMAGES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda clip: b"", "is empty"),
    "a page": (lambda clip: b"<!doctype html><html><body>404</body></html>", "not an MP4"),
    "a few bytes": (lambda clip: clip[:3], "not an MP4"),
    "cut in the index": (lambda clip: clip[: clip.index(b"moov") + 500], "cut off"),
    "cut before the media": (lambda clip: clip[: clip.index(b"mdat") - 4], "be decoded"),
    "cut in the media": (lambda clip: clip[: len(clip) // 2], "cut off"),
    "one byte short": (lambda clip: clip[:-1], "cut off"),
    "no index": (lambda clip: without_box(clip, b"moov"), "no moov box"),
    "no tracks": (lambda clip: without_box(without_box(clip, b"trak"), b"trak"), "no video stream"),
    "no picture": (lambda clip: without_box(clip, b"trak"), "no video stream"),
    "no pictures": (without_media, "be decoded"),
    "all pictures hidden": (lambda clip: with_edit(clip, skip=9, seconds=1), "be decoded"),
    "fewer frames than listed": (lambda clip: with_number(clip, b"stts", 8, 240), "24 of the 240"),
    "an unknown codec": (lambda clip: clip.replace(b"avc1", b"what"), "no video stream"),
}


def with_edit(content: bytes, *, skip: float, seconds: float) -> bytes:
    """Let the edit list of the picture present these seconds, as a lossless cut does."""
    timescale, movie_timescale = 24 * 512, 1000
    content = with_number(content, b"elst", 8, round(seconds * movie_timescale))
    return with_number(content, b"elst", 12, round(skip * timescale))


def turned(content: bytes) -> bytes:
    """Let players turn the picture by a quarter clockwise, as phones do."""
    for number, value in enumerate((0, 1 << 16, 0, 0xFFFF_0000, 0, 0, 0, 0, 1 << 30)):
        content = with_number(content, b"tkhd", 40 + 4 * number, value)
    return content


def with_narrow_pixels(content: bytes) -> bytes:
    """Let players show the 320 columns of the picture in the width of 160."""
    return with_number(content, b"tkhd", 76, 160 << 16)


UNKNOWN = 0xFFFF_FFFF

ODDITIES: dict[str, Callable[[bytes], bytes]] = {
    "an unknown duration": lambda clip: with_number(clip, b"mvhd", 16, UNKNOWN),
    "no duration in its header": lambda clip: with_number(clip, b"mvhd", 16, 0),
    "an unknown duration of its picture": lambda clip: with_number(clip, b"mdhd", 16, UNKNOWN),
    "another duration in its header": lambda clip: with_number(clip, b"mvhd", 16, 8_000),
    "four zero bytes at its end": lambda clip: clip + bytes(4),
    "many zero bytes at its end": lambda clip: clip + bytes(200),
    "a trailer": lambda clip: clip + b"A trailer that a camera adds.",
    "a metadata box that was cut off": lambda clip: clip + (99).to_bytes(4) + b"free",
}


@pytest.mark.parametrize("odd", ODDITIES.values(), ids=ODDITIES)
def test_a_clip_is_measured_by_its_presented_time(
    odd: Callable[[bytes], bytes], content: bytes
) -> None:
    facts = facts_of(io.BytesIO(odd(content)))

    assert (facts.duration_seconds, facts.fps) == (1.0, 24.0)


def test_frames_that_an_edit_list_hides_are_not_counted(content: bytes) -> None:
    facts = facts_of(io.BytesIO(with_edit(content, skip=0.5, seconds=0.5)))

    assert (facts.duration_seconds, facts.fps) == (0.5, 24.0)


def test_sound_that_outlasts_the_picture_does_not_lengthen_the_clip(content: bytes) -> None:
    facts = facts_of(io.BytesIO(with_edit(content, skip=0, seconds=0.25)))

    assert facts.duration_seconds == pytest.approx(0.25, abs=1 / 24)
    assert facts.audio_seconds == pytest.approx(1.0, abs=0.03)


def test_a_clip_is_as_large_as_a_player_shows_it(content: bytes) -> None:
    on_its_side = facts_of(io.BytesIO(turned(content)))
    narrow = facts_of(io.BytesIO(with_narrow_pixels(content)))

    assert (on_its_side.width, on_its_side.height) == (180, 320)
    assert (narrow.width, narrow.height) == (160, 180)


def test_a_thumbnail_is_turned_and_shaped_as_a_player_shows_the_clip(content: bytes) -> None:
    upright = Image.open(io.BytesIO(thumbnail_of(io.BytesIO(content))))
    on_its_side = Image.open(io.BytesIO(thumbnail_of(io.BytesIO(turned(content)))))
    narrow = Image.open(io.BytesIO(thumbnail_of(io.BytesIO(with_narrow_pixels(content)))))

    assert on_its_side.size == (180, 320)
    clockwise = upright.transpose(Image.Transpose.ROTATE_270)
    assert max(ImageStat.Stat(ImageChops.difference(clockwise, on_its_side)).mean) < 3
    assert narrow.size == (160, 180)


def test_untagged_hd_colours_are_taken_for_those_of_hd(tmp_path: Path) -> None:
    """An orange of BT.709: as BT.601, its red would be 13 too low."""
    path = tmp_path / "orange.mp4"
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=24, options={"preset": "ultrafast"})
        video.width, video.height, video.pix_fmt = 1280, 720, "yuv420p"
        frame = av.VideoFrame(1280, 720, "yuv420p")
        for plane, value in zip(frame.planes, (116, 80, 190), strict=True):
            plane.update(bytes([value]) * plane.buffer_size)
        frame.pts, frame.time_base = 0, Fraction(1, 24)
        container.mux(video.encode(frame))
        container.mux(video.encode())

    with path.open("rb") as clip:
        thumbnail = Image.open(io.BytesIO(thumbnail_of(clip)))

    assert thumbnail.getpixel((300, 150)) == pytest.approx((228, 94, 15), abs=4)


@pytest.mark.parametrize(("damage", "reason"), DAMAGES.values(), ids=DAMAGES)
def test_an_incomplete_clip_is_refused_with_its_reason(
    damage: Callable[[bytes], bytes], reason: str, inspector: PyAVClipInspector, content: bytes
) -> None:
    with pytest.raises(InvalidClipError, match=reason):
        inspector.inspect(io.BytesIO(damage(content)))


def test_sound_alone_is_no_clip(inspector: PyAVClipInspector, tmp_path: Path) -> None:
    sound = record(tmp_path / "sound.mp4")

    with pytest.raises(InvalidClipError, match="no video stream"):
        inspector.inspect(io.BytesIO(sound))


@given(share=st.floats(0, 1, exclude_max=True))
def test_a_clip_that_is_cut_anywhere_is_refused(share: float, content: bytes) -> None:
    cut = content[: int(share * len(content))]

    with pytest.raises(InvalidClipError):
        PyAVClipInspector().inspect(io.BytesIO(cut))


@given(damage=st.dictionaries(st.integers(0, 5_000), st.integers(0, 255), min_size=1, max_size=20))
def test_no_damage_raises_any_other_error(damage: dict[int, int], content: bytes) -> None:
    damaged = bytearray(content)
    for position, value in damage.items():
        damaged[position] = value

    clip = io.BytesIO(bytes(damaged))
    # Some damage makes FFmpeg ask for more memory than there is.
    with suppress(InvalidClipError, StorageError):
        assert facts_of(clip).duration_seconds > 0


@pytest.mark.parametrize("code", [errno.EIO, errno.EMFILE, errno.ENOMEM, errno.ENOSPC])
def test_a_fault_of_this_machine_is_not_taken_for_a_bad_clip(
    inspector: PyAVClipInspector, content: bytes, code: int
) -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(code, os.strerror(code))

    with pytest.raises(StorageError, match=os.strerror(code)):
        inspector.inspect(Failing(content))


@pytest.mark.parametrize("code", [errno.EMFILE, errno.ENOMEM, errno.ENOSPC])
def test_an_error_of_this_machine_in_ffmpeg_is_not_taken_for_a_bad_clip(
    inspector: PyAVClipInspector, content: bytes, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise av.FFmpegError(code, os.strerror(code))

    monkeypatch.setattr(av, "open", refuse)

    with pytest.raises(StorageError, match=os.strerror(code)):
        inspector.inspect(io.BytesIO(content))


def test_a_lack_of_memory_is_not_taken_for_a_bad_clip(
    content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Image.Image, "save", fail)

    with pytest.raises(StorageError, match="Cannot allocate memory"):
        thumbnail_of(io.BytesIO(content))


def test_no_clip_is_read_on_when_the_process_is_to_stop(
    content: bytes,
) -> None:
    reader = CountingReader(content)

    with pytest.raises(UnavailableError, match="asked to stop"):
        PyAVClipInspector(is_stopping=lambda: True).inspect(reader)

    assert reader.reads == []


def test_a_lost_connection_is_not_taken_for_a_bad_clip(
    inspector: PyAVClipInspector, content: bytes
) -> None:
    with pytest.raises(UnavailableError):
        inspector.inspect(LostReader(content))


def test_a_thumbnail_is_a_jpeg_of_the_first_frame(render: Render) -> None:
    with render(width=1280, height=720, fps=2).open("rb") as clip:
        thumbnail = Image.open(io.BytesIO(thumbnail_of(clip)))

    assert (thumbnail.format, thumbnail.size) == ("JPEG", (640, 360))


def test_a_small_clip_is_not_enlarged(content: bytes) -> None:
    thumbnail = Image.open(io.BytesIO(thumbnail_of(io.BytesIO(content))))

    assert thumbnail.size == (320, 180)


def test_a_thumbnail_skips_a_black_beginning(tmp_path: Path) -> None:
    clip = film(tmp_path / "film.mp4", [BLACK] * 30 + [NEARLY_BLACK] * 6 + [WHITE] * 12)

    assert brightness(thumbnail_of(io.BytesIO(clip))) > 250


def test_a_black_clip_has_a_black_thumbnail(tmp_path: Path) -> None:
    clip = film(tmp_path / "film.mp4", [BLACK] * 12)

    assert brightness(thumbnail_of(io.BytesIO(clip))) < 5


def shades_of(pictures: Iterable[Image.Image]) -> list[float]:
    return [ImageStat.Stat(each.convert("L")).mean[0] for each in pictures]


def tiles_of(sheet: Image.Image, size: tuple[int, int] = (320, 180)) -> list[Image.Image]:
    width, height = size
    corners = [(column * width, row * height) for row in range(4) for column in range(4)]
    assert (4 * width, 4 * height) == sheet.size
    return [sheet.crop((x, y, x + width, y + height)) for x, y in corners]


def test_sprite_sheet_and_preview_show_the_middle_of_each_sixteenth(tmp_path: Path) -> None:
    shades = [24 + 4 * number for number in range(48)]
    clip = io.BytesIO(film(tmp_path / "film.mp4", shades))

    pictures = PyAVClipInspector().inspect(clip).pictures

    sheet = Image.open(io.BytesIO(pictures["spritesheet"]))
    preview = Image.open(io.BytesIO(pictures["preview"]))
    assert (sheet.format, preview.format, preview.info["loop"]) == ("JPEG", "WEBP", 0)
    middles = [(shades[3 * part + 1] - 16) * 255 / 219 for part in range(16)]
    assert shades_of(tiles_of(sheet)) == pytest.approx(middles, abs=8)
    assert shades_of(ImageSequence.Iterator(preview)) == pytest.approx(middles, abs=8)


def test_a_clip_with_few_frames_has_a_whole_sprite_sheet(tmp_path: Path) -> None:
    clip = io.BytesIO(film(tmp_path / "film.mp4", [BLACK, WHITE]))

    sheet = Image.open(io.BytesIO(PyAVClipInspector().inspect(clip).pictures["spritesheet"]))

    shades = [round(each / 255) for each in shades_of(tiles_of(sheet))]
    assert (shades, set(shades)) == (sorted(shades), {0, 1})


def test_the_pictures_of_an_upright_clip_are_upright(content: bytes) -> None:
    pictures = PyAVClipInspector().inspect(io.BytesIO(turned(content))).pictures

    sizes = [Image.open(io.BytesIO(each)).size for each in pictures.values()]
    assert sizes == [(180, 320), (4 * 180, 4 * 320), (180, 320)]


MEASURED = """
import re, sys
from pathlib import Path
from shared.adapters.media.clip_inspector import PyAVClipInspector
peaks = []
for path in sys.argv[1:]:
    with open(path, "rb") as clip:
        PyAVClipInspector().inspect(clip)
    status = Path("/proc/self/status").read_text()
    peaks.append(int(re.search(r"VmHWM:\\s*(\\d+) kB", status)[1]))
print(peaks[1] - peaks[0])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux has /proc.")
def test_a_4k_clip_is_inspected_in_40_mb_more_than_a_small_one(tmp_path: Path) -> None:
    """Its frames refer to four others; a decoder that holds these needs 57 MB."""
    film(tmp_path / "small.mp4", [WHITE])
    shades = [GREY + number for number in range(10)]
    film(tmp_path / "large.mp4", shades, (3840, 2160), refs="4", bf="3", g="5")
    command = [sys.executable, "-c", MEASURED]

    done = subprocess.run(
        [*command, tmp_path / "small.mp4", tmp_path / "large.mp4"],
        capture_output=True,
        check=True,
        text=True,
    )

    assert int(done.stdout) <= 40_000
    with (tmp_path / "large.mp4").open("rb") as clip:
        sheet = Image.open(io.BytesIO(PyAVClipInspector().inspect(clip).pictures["spritesheet"]))
    assert len({round(each) for each in shades_of(tiles_of(sheet))}) == 2
