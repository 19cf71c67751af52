"""The body of a request, read with and without the server's knowledge of its end."""

import gzip

import pytest
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from shared.sent_body import CutBodyError, SentBody, read_to_end, sent_body

CONTENT = b"0123456789" * 20


def a_request(content: bytes = CONTENT, **environ: object) -> Request:
    built = EnvironBuilder(method="POST", data=content).get_environ()
    return Request(built | {"wsgi.input_terminated": True} | environ)


def the_body(request: Request) -> SentBody:
    body = sent_body(request)
    assert body is not None
    return body


def cut() -> Request:
    return a_request(CONTENT_LENGTH=str(len(CONTENT) + 1))


@pytest.mark.parametrize("size", [-1, 7, len(CONTENT), 1_000])
def test_a_whole_body_is_read_in_pieces_of_any_size(size: int) -> None:
    request = a_request(HTTP_CONTENT_ENCODING=" Identity")
    the_body(request)

    assert b"".join(iter(lambda: request.stream.read(size), b"")) == CONTENT


@pytest.mark.parametrize("size", [-1, 7, len(CONTENT), 1_000])
def test_a_cut_body_is_found_out_by_reading_to_its_end(size: int) -> None:
    request = cut()
    the_body(request)

    with pytest.raises(CutBodyError, match="200 of 201 bytes"):
        list(iter(lambda: request.stream.read(size), b""))
    assert request.stream.read() == b""


def test_what_is_left_after_the_answer_is_read_in_silence() -> None:
    for request in (cut(), a_request(gzip.compress(CONTENT), HTTP_CONTENT_ENCODING="gzip")):
        the_body(request).settle()

        # It does not raise.
        request.get_data()


def test_an_encoded_body_is_not_read() -> None:
    request = a_request(gzip.compress(CONTENT), HTTP_CONTENT_ENCODING="gzip")

    the_body(request)

    with pytest.raises(UnsupportedMediaType):
        read_to_end(request)


@pytest.mark.parametrize("knows_the_end", [True, False], ids=["gunicorn", "werkzeug"])
def test_what_was_read_to_its_end_is_not_missed_by_the_framework(*, knows_the_end: bool) -> None:
    request = a_request()
    request.environ["wsgi.input_terminated"] = knows_the_end
    the_body(request)

    read_to_end(request)

    assert request.get_data() == b""


def test_a_request_without_a_body_pays_nothing() -> None:
    assert sent_body(Request(EnvironBuilder().get_environ())) is None
    assert sent_body(a_request(b"", HTTP_CONTENT_ENCODING="gzip")) is None
