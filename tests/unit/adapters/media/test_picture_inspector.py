"""Pictures: what is read of them, and in how much memory."""

from io import BytesIO
from threading import Thread

import pytest
from PIL import Image, _imaging

from shared.adapters.media import picture_inspector
from shared.adapters.media.picture_inspector import PillowPictureInspector

ON_ITS_SIDE = 6
ORIENTATION = 0x0112


def a_picture(
    kind: str, *, size: tuple[int, int] = (40, 20), orientation: int | None = None
) -> bytes:
    exif = Image.Exif()
    if orientation is not None:
        exif[ORIENTATION] = orientation
    content = BytesIO()
    Image.new("RGB", size).save(content, kind, exif=exif)
    return content.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_on_its_side_has_the_size_that_is_seen(kind: str) -> None:
    picture = PillowPictureInspector().inspect(a_picture(kind, orientation=ON_ITS_SIDE))

    assert (picture.width, picture.height) == (20, 40)


def test_a_png_is_inspected_without_its_pixels_in_memory() -> None:
    content = a_picture("PNG", size=(4000, 3000))
    before = _imaging.get_stats()["new_count"]

    PillowPictureInspector().inspect(content)

    assert _imaging.get_stats()["new_count"] == before


def test_one_jpeg_is_decoded_at_a_time() -> None:
    content = a_picture("JPEG")
    inspecting = Thread(target=PillowPictureInspector().inspect, args=(content,))

    with picture_inspector._decoding:
        inspecting.start()
        inspecting.join(0.2)
        assert inspecting.is_alive()
    inspecting.join(10)

    assert not inspecting.is_alive()
