"""Pictures and URLs that are refused, and change nothing."""

import base64
import io
import zlib
from collections.abc import Callable

import pytest

from tests.functional.refusals import assert_refused
from tests.functional.showreel import Json, Showreel
from tests.functional.test_inputs import uploaded
from tests.pictures import SIZE, a_picture, data_uri

PNG = a_picture("PNG")


def svg() -> bytes:
    return b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>'


def huge() -> bytes:
    """A PNG that says it has 60,000 x 60,000 pixels."""
    header = b"IHDR" + (60_000).to_bytes(4) * 2 + PNG[24:29]
    return PNG[:12] + header + zlib.crc32(header).to_bytes(4) + PNG[33:]


def animated(kind: str) -> Callable[[], bytes]:
    def make() -> bytes:
        from PIL import Image  # noqa: PLC0415  # Only these two need it.

        frames = [Image.new("RGB", SIZE, colour) for colour in ("red", "blue")]
        content = io.BytesIO()
        frames[0].save(content, kind, save_all=True, append_images=frames[1:])
        return content.getvalue()

    return make


BAD_PICTURES: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (bytes, "empty file"),
    "SVG": (svg, "SVG"),
    "a renamed PDF": (lambda: b"%PDF-1.7\n%renamed", "PDF"),
    "GIF": (lambda: a_picture("GIF"), "GIF"),
    "animated GIF": (animated("GIF"), "GIF"),
    "animated PNG": (animated("PNG"), "animated"),
    "WebP": (lambda: a_picture("WEBP"), "WebP"),
    "HEIC": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "heic"),
    "CMYK": (lambda: a_picture("JPEG", mode="CMYK"), "CMYK"),
    "41 megapixels": (lambda: a_picture("PNG", size=(41_000, 1000), mode="1"), "40 megapixels"),
    "half a JPEG": (lambda: a_picture("JPEG", size=(640, 360))[:-200], "cut off"),
    "half a PNG": (lambda: PNG[:-20], "cut off"),
    "60,000 x 60,000": (
        huge,
        "megapixels",
    ),
}


@pytest.mark.parametrize(("make", "word"), BAD_PICTURES.values(), ids=BAD_PICTURES)
def test_what_is_no_picture_is_refused(
    refusing: Showreel, make: Callable[[], bytes], word: str
) -> None:
    content = make()

    for answer in (
        uploaded(refusing, content, "gallery"),
        refusing.post("/v1/videos", {"prompt": "A cup", "image": data_uri(content)}),
    ):
        assert_refused(answer, 400, "invalid_input")
        assert any(each in answer.json["detail"] for each in word.split("|")), answer.text


# Every address that is not public is told by the tests of the web's adapter.
BAD_URLS = [
    "http://example.com/cup.png",
    "https://127.1/cup.png",
    "https://169.254.169.254/computeMetadata/v1/",
    "https://user:password@example.com/cup.png",
    "https://name.invalid/cup.png",
    "https:///cup.png",
    "cup.png",
]


@pytest.mark.parametrize("url", BAD_URLS)
def test_a_url_that_leads_elsewhere_is_refused(refusing: Showreel, url: str) -> None:
    added = refusing.post("/v1/campaigns/gallery/inputs", {"url": url})
    assert_refused(added, 400, "invalid_url")
    assert added.json["error"]["param"] == "url"
    used = refusing.post("/v1/videos", {"prompt": "A cup", "image": url})
    assert used.status_code == 400
    assert used.json["error"]["param"] == "image"


BAD_REQUESTS: dict[str, tuple[Json, int, str, str]] = {
    "last_frame alone": ({"last_frame": data_uri(PNG)}, 422, "unsupported_parameter", "last_frame"),
    "references and an image": (
        {"image": data_uri(PNG), "reference_images": [data_uri(PNG)]},
        422,
        "unsupported_parameter",
        "reference_images",
    ),
    "references with lite": (
        {"model": "veo-3.1-lite-generate-001", "reference_images": [data_uri(PNG)]},
        422,
        "unsupported_parameter",
        "reference_images",
    ),
    "references for 4 seconds": (
        {"seconds": 4, "reference_images": [data_uri(PNG)]},
        422,
        "unsupported_parameter",
        "seconds",
    ),
    "four references": (
        {"reference_images": [data_uri(PNG)] * 4},
        422,
        "unsupported_parameter",
        "reference_images",
    ),
    "image twice": (
        {"image": data_uri(PNG), "input_reference": data_uri(PNG)},
        400,
        "invalid_request",
        "input_reference",
    ),
    "of another campaign": (
        {"campaign_id": "gallery", "image": "input_other.0123456789abcdef"},
        400,
        "invalid_input",
        "image",
    ),
    "unknown": (
        {"campaign_id": "gallery", "image": "input_gallery.0123456789abcdef"},
        400,
        "invalid_input",
        "image",
    ),
    "unknown by OpenAI's name": (
        {"campaign_id": "gallery", "input_reference": "input_gallery.0123456789abcdef"},
        400,
        "invalid_input",
        "input_reference",
    ),
    "no picture by OpenAI's name": (
        {"input_reference": {"image_url": "data:image/png;base64,!"}},
        400,
        "invalid_input",
        "input_reference",
    ),
    "no id": ({"image": "input_../../x"}, 400, "invalid_input", "image"),
    "not base64": ({"image": "data:image/png;base64,!"}, 400, "invalid_input", "image"),
    "not encoded": ({"image": "data:image/png,PNG"}, 400, "invalid_input", "image"),
    "no picture": (
        {"image": f"data:image/png;base64,{base64.b64encode(b'text').decode()}"},
        400,
        "invalid_input",
        "image",
    ),
}


@pytest.mark.parametrize("body", BAD_REQUESTS.values(), ids=BAD_REQUESTS)
def test_a_request_that_no_model_can_fulfil_is_refused(
    refusing: Showreel, body: tuple[Json, int, str, str]
) -> None:
    fields, status, code, param = body

    for path in ("/v1/videos", "/v1/videos/estimate"):
        answer = refusing.post(path, {"prompt": "A cup", **fields})

        assert_refused(answer, status, code)
        assert answer.json["error"]["param"] == param


def test_what_is_too_large_is_refused(refusing: Showreel) -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    upload = refusing.send(
        "POST",
        "/v1/campaigns/gallery/inputs",
        data=part + bytes(100_000_000) + b"\r\n--b--\r\n",
        content_type="multipart/form-data; boundary=b",
    )
    inline = refusing.post(
        "/v1/videos", {"prompt": "A cup", "image": f"data:;base64,{'A' * 30_000_000}"}
    )

    assert (upload.status_code, inline.status_code) == (413, 413)


def test_a_line_of_a_batch_names_pictures_by_their_ids(refusing: Showreel) -> None:
    line = b'{"campaign_id": "gallery", "prompt": "A cup", "image": "https://example.com/a.png"}'

    answer = refusing.send("POST", "/v1/batches", data=line, content_type="application/x-ndjson")

    assert_refused(answer, 400, "invalid_batch")
    assert "ids of inputs" in answer.json["lines"][0]["message"]
