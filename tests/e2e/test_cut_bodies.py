"""A body that does not arrive whole starts nothing, whatever it looks like until there."""

import json
import socket
from contextlib import closing
from typing import Any

import pytest

from tests.e2e.launcher import SharedServer

PROMPT = b'{"prompt": "A kite", "campaign_id": "cut"}'
FORM = (
    b'--b\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nA kite\r\n'
    b'--b\r\nContent-Disposition: form-data; name="campaign_id"\r\n\r\ncut\r\n'
)
FILE = (
    b'Content-Disposition: form-data; name="file"; filename="a.png"\r\n'
    b"Content-Type: image/png\r\n\r\n\x89PNG"
)
JSON = "application/json"
MULTIPART = "multipart/form-data; boundary=b"


def answer_to(
    server: SharedServer, request: str, headers: dict[str, str], content: bytes
) -> tuple[int, dict[str, Any]]:
    """Send what is given and no more, and end; return the status and the body of the answer."""
    lines = [f"{request} HTTP/1.1", "Host: localhost", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    with closing(socket.create_connection(("127.0.0.1", server.port), timeout=30)) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + content)
        connection.shutdown(socket.SHUT_WR)
        with connection.makefile("rb") as answer:
            head, _, body = answer.read().partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body or b"{}")


def data_of(server: SharedServer, path: str) -> list[object]:
    status, body = answer_to(server, f"GET {path}", {}, b"")
    assert status == 200
    return list(body["data"])


@pytest.mark.parametrize(
    ("request_", "content_type", "content"),
    [
        pytest.param("POST /v1/videos", JSON, PROMPT, id="a whole JSON text"),
        pytest.param("POST /v1/videos", MULTIPART, FORM + b"--b--\r\n", id="a whole form"),
        pytest.param("POST /v1/videos", MULTIPART, FORM[:-2], id="in a form's last value"),
        pytest.param("POST /v1/videos", MULTIPART, FORM + b"--b\r\n" + FILE, id="in a file"),
        pytest.param(
            "POST /v1/campaigns/cut/inputs", MULTIPART, b"--b\r\n" + FILE, id="in the file"
        ),
        pytest.param(
            "POST /v1/batches", "text/csv", b"prompt,campaign_id\nA kite,cut\nA b", id="in a row"
        ),
        pytest.param(
            "POST /v1/batches", "application/x-ndjson", PROMPT + b"\n", id="between two lines"
        ),
        pytest.param("POST /v1/batches/estimate", "text/csv", b"prompt\nA kite\n", id="estimate"),
        pytest.param("POST /v1/campaigns/cut/regenerate", JSON, b"{}", id="regenerate"),
        pytest.param("DELETE /v1/videos/video_a_0", JSON, b"{}", id="a request without fields"),
        pytest.param("GET /v1/campaigns", JSON, b"{}", id="a question"),
    ],
)
@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "cut"}], ids=["", "with a key"])
def test_a_body_that_ends_early_is_refused(
    shared_server: SharedServer,
    request_: str,
    content_type: str,
    content: bytes,
    key: dict[str, str],
) -> None:
    headers = {"Content-Type": content_type, "Content-Length": str(len(content) + 50), **key}

    batches = data_of(shared_server, "/v1/batches")

    status, problem = answer_to(shared_server, request_, headers, content)

    assert (status, problem["code"]) == (400, "invalid_request")
    assert problem["detail"].startswith("The request body ended early: ")
    assert f"{len(content):,} of {len(content) + 50:,} bytes" in problem["detail"]
    assert data_of(shared_server, "/v1/videos?campaign_id=cut") == []
    assert data_of(shared_server, "/v1/batches") == batches


@pytest.mark.parametrize("request_", ["POST /v1/videos", "GET /v1/campaigns", "POST /v1/batches"])
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"zz\r\n", id="a wrong size"),
        pytest.param(b"2a\r\n" + PROMPT + b"\r\n", id="no last chunk"),
        pytest.param(b"2a\r\n" + PROMPT[:-1], id="in a chunk"),
        pytest.param(b"2a\r\n" + PROMPT + b"xx\r\n0\r\n\r\n", id="a chunk that is longer"),
        pytest.param(b"2a\r\n" + PROMPT + b"\r\n0\r\na b\r\n\r\n", id="a wrong trailer"),
    ],
)
def test_chunks_that_cannot_be_read_are_refused(
    shared_server: SharedServer, request_: str, content: bytes
) -> None:
    headers = {"Content-Type": JSON, "Transfer-Encoding": "chunked"}
    logged = len(shared_server.log.read_text("utf-8"))

    status, problem = answer_to(shared_server, request_, headers, content)

    assert (status, problem["code"]) == (400, "invalid_request")
    assert problem["detail"].startswith("The chunks of the request body ")
    assert "ERROR" not in shared_server.log.read_text("utf-8")[logged:]


def test_an_answer_that_needs_no_body_is_given_whatever_is_sent(
    shared_server: SharedServer,
) -> None:
    """The framework reads the rest of a request after its answer is made."""
    headers = {"Content-Type": JSON, "Transfer-Encoding": "chunked"}
    logged = len(shared_server.log.read_text("utf-8"))

    assert answer_to(shared_server, "POST /v1/nothing", headers, b"zz\r\n")[0] == 404
    assert answer_to(shared_server, "PUT /v1/videos", headers, b"zz\r\n")[0] == 405
    assert answer_to(shared_server, "OPTIONS /v1/plays", headers, b"zz\r\n")[0] < 500
    assert "ERROR" not in shared_server.log.read_text("utf-8")[logged:]


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Length": "40000000"},
        {"Content-Length": "30000000", "Content-Encoding": "gzip"},
        {"Transfer-Encoding": "chunked"},
    ],
    ids=str,
)
def test_a_body_that_is_too_large_is_answered_so_even_if_it_ends_early(
    shared_server: SharedServer, headers: dict[str, str]
) -> None:
    content = b"fffffff\r\n" if "Transfer-Encoding" in headers else b""

    status, problem = answer_to(
        shared_server,
        "POST /v1/videos",
        {"Content-Type": JSON, **headers},
        content + bytes(30_000_000 - len(content)),
    )

    assert status == 413
    assert "28,000,000 bytes" in problem["detail"]


def test_a_beacon_that_ends_early_is_answered_like_any_other(shared_server: SharedServer) -> None:
    headers = {"Content-Type": "text/plain", "Content-Length": "90"}

    status, _ = answer_to(shared_server, "POST /v1/plays", headers, b"{}")

    assert status == 204


@pytest.mark.parametrize("encoding", ["gzip", "br", "GZIP, identity"])
def test_an_encoded_body_is_refused(shared_server: SharedServer, encoding: str) -> None:
    headers = {"Content-Type": JSON, "Content-Length": "2", "Content-Encoding": encoding}

    for request in ("POST /v1/videos", "POST /v1/batches", "POST /v1/campaigns/cut/inputs"):
        status, problem = answer_to(shared_server, request, headers, b"\x1f\x8b")

        assert status == 415
        assert problem["detail"] == (
            "The body has a Content-Encoding, which is not accepted. Send it as it is."
        )
