"""Bodies that cannot be read: one kind of answer, and nothing is written."""

from io import BytesIO
from typing import Any

import pytest

from tests.functional.refusals import assert_refused
from tests.functional.showreel import Showreel

THIRTY_MEGABYTES = b'{"prompt": "' + b"x" * 30_000_000 + b'"}'
DEEP = 100_000
END = b"--b--\r\n"

Request = dict[str, Any]


def as_json(content: bytes) -> Request:
    return {"data": content, "content_type": "application/json"}


def as_form(content: bytes, content_type: str = "multipart/form-data; boundary=b") -> Request:
    return {"data": content, "content_type": content_type}


def part(name: str, value: str) -> bytes:
    return f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()


def chunked(content: bytes) -> Request:
    """A body whose length is known when it has ended, as real servers hand it on."""
    return {
        "input_stream": BytesIO(content),
        "content_type": "application/json",
        "environ_overrides": {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True},
    }


@pytest.mark.parametrize(
    ("request_", "status", "says"),
    [
        pytest.param({}, 400, "required field prompt", id="no body"),
        pytest.param(as_json(b""), 400, "required field prompt", id="empty body"),
        pytest.param(as_json(b"{}"), 400, "required field prompt", id="empty object"),
        pytest.param(as_json(b"[]"), 400, "must be a JSON object", id="array"),
        pytest.param(as_json(b"null"), 400, "must be a JSON object", id="null"),
        pytest.param(as_json(b'"prompt"'), 400, "must be a JSON object", id="string"),
        pytest.param(as_json(b'{"prompt": "a'), 400, "not valid JSON", id="cut off"),
        pytest.param(as_json(b'{"prompt": "a"} x'), 400, "not valid JSON", id="trailing words"),
        pytest.param(as_json(b'{"prompt": "a", "prompt": "b"}'), 400, "'prompt' more", id="twice"),
        pytest.param(as_json(b"{'prompt': 'a'}"), 400, "not valid JSON", id="single quotes"),
        pytest.param(as_json(b'{"prompt": NaN}'), 400, "not valid JSON", id="NaN"),
        pytest.param(as_json(b'{"seed": Infinity}'), 400, "not valid JSON", id="Infinity"),
        pytest.param(as_json(b'{"prompt": "\\ud800"}'), 400, "not valid JSON", id="surrogate"),
        pytest.param(as_json(b'{"prompt": "\\ud800x"}'), 400, "not valid JSON", id="half a pair"),
        pytest.param(as_json(b'{"prompt": "\xed\xa0\x80"}'), 400, "UTF-8", id="encoded surrogate"),
        pytest.param(as_json(b'{"prompt": "\x01"}'), 400, "not valid JSON", id="raw control"),
        pytest.param(as_json('{"prompt": "é"}'.encode("latin-1")), 400, "UTF-8", id="Latin-1"),
        pytest.param(as_json('{"prompt": "é"}'.encode("utf-16")), 400, "is UTF-16.", id="UTF-16"),
        pytest.param(as_json('{"prompt": "é"}'.encode("utf-16-be")), 400, "UTF-16-BE", id="big"),
        pytest.param(as_json('{"prompt": "é"}'.encode("utf-32")), 400, "is UTF-32.", id="UTF-32"),
        pytest.param(as_json(b"[" * DEEP), 400, "must be a JSON object", id="deep array"),
        pytest.param(
            as_json(b'{"prompt": ' + b"[" * DEEP), 400, "prompt must be a string", id="deep prompt"
        ),
        pytest.param(
            as_json(b'{"metadata": ' + b'{"a": ' * DEEP), 400, "metadata", id="deep object"
        ),
        pytest.param(as_json(THIRTY_MEGABYTES), 413, "28,000,000 bytes", id="30 MB"),
        pytest.param(chunked(THIRTY_MEGABYTES), 413, "28,000,000 bytes", id="30 MB in chunks"),
        pytest.param(
            as_form(part("prompt", "x" * 2_000_000) + END),
            413,
            "1,000,000 bytes",
            id="2 MB form",
        ),
        pytest.param(
            as_form(part("prompt", "x" * 900_000) + END),
            413,
            "1,000,000 bytes",
            id="form with a huge field",
        ),
        pytest.param(
            as_form(b"".join(part(f"field{n}", "x") for n in range(1_500)) + END),
            413,
            "1,000,000 bytes",
            id="form of 1,500 fields",
        ),
        pytest.param(as_form(END), 400, "required field prompt", id="empty form"),
        pytest.param(as_form(part("prompt", "a")), 400, "end mark", id="form that is cut off"),
        pytest.param(
            as_form(part("prompt", "a"), "multipart/form-data"), 415, "boundary", id="no boundary"
        ),
        pytest.param(
            as_form(part("prompt", "a").replace(b'; name="prompt"', b"") + END),
            400,
            "Known fields: ",
            id="form part without a name",
        ),
        pytest.param(
            as_form(part("prompt", "a") + part("metadata", "b") + part("metadata[c]", "d") + END),
            400,
            "'metadata' more than once",
            id="form that contradicts itself",
        ),
        pytest.param(
            as_form(part("prompt", "a") + part("prompt", "b") + END),
            400,
            "'prompt' more than once",
            id="form with two prompts",
        ),
        pytest.param(
            as_form(part("prompt", "a") + part("metadata[k]", "b") * 2 + END),
            400,
            "'k' more than once",
            id="form with two entries of a name",
        ),
        pytest.param(
            as_form(part("prompt", "a") + part("metadata[]", "b") + END),
            400,
            "Unknown field 'metadata[]'",
            id="form with an entry without a name",
        ),
        pytest.param(
            as_form(part("prompt", "é").replace("é".encode(), b"\xe9") + END),
            400,
            "UTF-8",
            id="form in Latin-1",
        ),
        pytest.param(
            as_form(b"prompt=a", "application/x-www-form-urlencoded"),
            415,
            "application/json or multipart/form-data",
            id="URL-encoded form",
        ),
        pytest.param(
            {"data": b'{"prompt": "a"}', "content_type": "text/plain"},
            415,
            "application/json or multipart/form-data",
            id="text/plain",
        ),
        pytest.param({"data": b'{"prompt": "a"}'}, 415, "application/json", id="no type"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(
    refusing: Showreel, request_: Request, status: int, says: str
) -> None:
    answer = refusing.send("POST", "/v1/videos", **request_)

    assert_refused(answer, status, "invalid_request")
    assert says in answer.json["detail"]
