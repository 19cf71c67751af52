"""The stand-in for Cloud Storage refuses what the real one refuses."""

import json
import re
from base64 import b64decode
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection
from socket import SHUT_WR, create_connection
from urllib.parse import quote, urlsplit

import pytest

from tests.cloud.bucket_rest import Response, ask, resource, write
from tests.eventually import eventually
from tools.emulated_cloud.bucket.faults import LOST_ANSWER
from tools.emulated_cloud.bucket.refusals import Resource
from tools.emulated_cloud.bucket.server import StrictBucketServer

NAME = "videos/attempts/spring/0123456789abcdef/1/sample_0.mp4"
OTHER = "videos/generated/spring/curr_0123456789abcdef_0.mp4"
QUANTUM = 256 * 1024

Send = Callable[..., Response]


@pytest.fixture
def send(bucket_server: StrictBucketServer, bucket_name: str) -> Send:
    """Sends a request for the object NAME; `more` follows its name in the path."""

    def send(method: str, query: str = "", *, more: str = "", body: object = None) -> Response:
        path = f"/storage/v1/b/{bucket_name}/o/{quote(NAME, safe='')}{more}"
        content = b"" if body is None else json.dumps(body).encode()
        return ask(method, f"{bucket_server.url}{path}?{query}", body=content)

    return send


@pytest.fixture
def generation(bucket_server: StrictBucketServer, bucket_name: str) -> int:
    """The generation of the object NAME, which is there."""
    write(bucket_server, bucket_name, NAME, b"a clip")
    return int(resource(bucket_server, bucket_name, NAME)["generation"])


@pytest.mark.parametrize("query", ["ifGenerationMatch=1", "ifMetagenerationMatch=2"])
@pytest.mark.parametrize(
    ("method", "more"),
    [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", f"/moveTo/o/{quote(OTHER, safe='')}")],
)
def test_a_generation_that_is_not_the_expected_one_is_refused(
    send: Send, generation: int, method: str, more: str, query: str
) -> None:
    wanted = query.replace("if", "ifSource") if more else query

    response = send(method, wanted, more=more, body={})

    assert response.status == 412
    assert json.loads(response.body)["error"]["errors"][0]["reason"] == "conditionNotMet"


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_missing_object_is_answered_404_and_not_412(send: Send, method: str) -> None:
    assert send(method, "ifGenerationMatch=1", body={}).status == 404


def test_the_expected_generation_is_let_through(send: Send, generation: int) -> None:
    changed = send("PATCH", f"ifGenerationMatch={generation}", body={"cacheControl": "no-cache"})

    assert json.loads(changed.body)["cacheControl"] == "no-cache"
    assert send("DELETE", f"ifGenerationMatch={generation}").status == 204


def test_every_change_of_metadata_raises_the_metageneration(
    send: Send, generation: int, bucket_server: StrictBucketServer, bucket_name: str
) -> None:
    send("PATCH", body={"cacheControl": "no-cache"})
    send("PATCH", body={"cacheControl": "no-store"})

    assert resource(bucket_server, bucket_name, NAME)["metageneration"] == "3"
    assert send("GET", "alt=media").headers["x-goog-metageneration"] == "3"
    assert send("PATCH", "ifMetagenerationMatch=2", body={}).status == 412


def test_a_matching_generation_is_answered_304(send: Send, generation: int) -> None:
    assert send("GET", f"ifGenerationNotMatch={generation}").status == 304


def test_an_old_generation_is_not_found(send: Send, generation: int) -> None:
    assert send("GET", f"alt=media&generation={generation - 1}").status == 404


@pytest.mark.parametrize(
    ("asked", "status"),
    [("bytes=100-", 416), ("bytes=-0", 416), ("bytes=5-2", 200), ("bytes=abc", 200)],
)
def test_an_unsatisfiable_range_does_not_disturb_the_next_request(
    generation: int, bucket_server: StrictBucketServer, bucket_name: str, asked: str, status: int
) -> None:
    path = f"/storage/v1/b/{bucket_name}/o/{quote(NAME, safe='')}?alt=media"

    with closing(HTTPConnection(urlsplit(bucket_server.url).netloc, timeout=30)) as connection:
        answers = []
        for wanted in (asked, "bytes=0-2"):
            connection.request("GET", path, headers={"Range": wanted})
            response = connection.getresponse()
            answers.append((response.status, response.read()))

    assert status == answers[0][0]
    assert answers[1] == (206, b"a c")


@pytest.mark.parametrize("way", ["moveTo/o", "rewriteTo/b/{bucket}/o"])
def test_a_put_that_requires_absence_does_not_replace_an_object(
    send: Send, generation: int, bucket_server: StrictBucketServer, bucket_name: str, way: str
) -> None:
    write(bucket_server, bucket_name, OTHER, b"another clip")
    more = f"/{way.format(bucket=bucket_name)}/{quote(OTHER, safe='')}"

    assert send("POST", "ifGenerationMatch=0", more=more).status == 412
    assert send("GET").status == 200


def test_an_object_is_not_moved_onto_itself(send: Send, generation: int) -> None:
    assert send("POST", more=f"/moveTo/o/{quote(NAME, safe='')}").status == 400


def upload(bucket_server: StrictBucketServer, bucket_name: str) -> str:
    """Start a resumable upload of NAME and return its address."""
    url = f"{bucket_server.url}/upload/storage/v1/b/{bucket_name}/o"
    started = ask(
        "POST",
        f"{url}?uploadType=resumable&ifGenerationMatch=0",
        body=json.dumps({"name": NAME}).encode(),
    )
    return started.headers["location"]


def test_an_upload_reports_its_committed_bytes(
    bucket_server: StrictBucketServer, bucket_name: str
) -> None:
    url = upload(bucket_server, bucket_name)
    assert "range" not in ask("PUT", url, headers={"content-range": "bytes */*"}).headers

    headers = {"content-range": f"bytes 0-{QUANTUM - 1}/*"}
    assert ask("PUT", url, headers=headers, body=bytes(QUANTUM)).status == 308

    state = ask("PUT", url, headers={"content-range": "bytes */*"})
    assert (state.status, state.headers["range"]) == (308, f"bytes=0-{QUANTUM - 1}")


@pytest.mark.parametrize(
    ("content_range", "size"),
    [("bytes 0-99/*", 100), ("bytes 262144-262243/262244", 100), ("nonsense", 1)],
    ids=["no multiple of 256 KiB", "with a gap", "unreadable"],
)
def test_a_chunk_that_does_not_fit_is_refused(
    bucket_server: StrictBucketServer, bucket_name: str, content_range: str, size: int
) -> None:
    url = upload(bucket_server, bucket_name)

    refused = ask("PUT", url, headers={"content-range": content_range}, body=bytes(size))

    assert refused.status == 400


def test_the_last_answer_of_an_upload_is_repeated(
    bucket_server: StrictBucketServer, bucket_name: str
) -> None:
    url, headers = upload(bucket_server, bucket_name), {"content-range": "bytes 0-5/6"}
    bucket_server.fail("^PUT", LOST_ANSWER)
    with pytest.raises(ConnectionError):
        ask("PUT", url, headers=headers, body=b"a clip")

    again = ask("PUT", url, headers=headers, body=b"a clip")

    assert (again.status, json.loads(again.body)["size"]) == (200, "6")


def test_bytes_with_a_wrong_checksum_are_refused(
    bucket_server: StrictBucketServer, bucket_name: str, send: Send
) -> None:
    url = upload(bucket_server, bucket_name)
    headers = {"content-range": "bytes 0-5/6", "x-goog-hash": "crc32c=AAAAAA=="}

    assert ask("PUT", url, headers=headers, body=b"a clip").status == 400
    assert send("GET").status == 404


@pytest.mark.parametrize(
    ("length", "sent"),
    [
        ("content-length: 6", b"a cl"),
        ("transfer-encoding: chunked", b"6\r\na cl"),
        ("transfer-encoding: chunked", b"4\r\na cl\r\n"),
    ],
    ids=["a length", "in a chunk", "after a chunk"],
)
def test_a_client_that_ends_in_the_middle_of_its_request_changes_nothing(
    bucket_server: StrictBucketServer, bucket_name: str, send: Send, length: str, sent: bytes
) -> None:
    url = urlsplit(upload(bucket_server, bucket_name))
    head = f"PUT {url.path}?{url.query} HTTP/1.1\r\n{length}\r\n\r\n".encode()

    with closing(create_connection((url.hostname, url.port), timeout=30)) as connection:
        connection.sendall(head + sent)
        connection.shutdown(SHUT_WR)
        answer = connection.recv(1)

    assert answer == b""
    assert send("GET").status == 404


def test_an_unsupported_request_is_answered_501(
    bucket_server: StrictBucketServer, bucket_name: str
) -> None:
    url = f"{bucket_server.url}/storage/v1/b/{bucket_name}/o"

    assert ask("GET", f"{url}?matchGlob=**").status == 501
    assert ask("POST", f"{bucket_server.url}/batch/storage/v1").status == 501


def test_a_bucket_that_is_not_empty_is_not_deleted(
    bucket_server: StrictBucketServer, bucket_name: str, generation: int
) -> None:
    assert ask("DELETE", f"{bucket_server.url}/storage/v1/b/{bucket_name}").status == 409


def test_the_log_counts_operations_and_bytes(
    bucket_server: StrictBucketServer, bucket_name: str, send: Send
) -> None:
    write(bucket_server, bucket_name, NAME, b"a clip")
    send("GET", "alt=media")
    send("DELETE")

    expected = {"objects.insert": 1, "objects.get": 1, "objects.delete": 1}
    assert bucket_server.operations(re.escape(NAME)) == expected
    assert [
        (each.received_bytes, each.status) for each in bucket_server.requests if NAME in each.line
    ] == [(6, 200), (0, 200), (0, 204)]


def test_a_new_object_is_published(
    bucket_server: StrictBucketServer, bucket_name: str, pubsub_host: str, project: str
) -> None:
    pubsub, topic = f"http://{pubsub_host}/v1", f"projects/{project}/topics/clips"
    subscription = f"projects/{project}/subscriptions/clips"
    ask("PUT", f"{pubsub}/{topic}")
    ask("PUT", f"{pubsub}/{subscription}", body=json.dumps({"topic": topic}).encode())
    bucket_server.notify(pubsub_host, topic, prefix="videos/attempts/")

    write(bucket_server, bucket_name, OTHER, b"another clip")
    write(bucket_server, bucket_name, NAME, b"a clip")

    def pulled() -> list[Resource]:
        answer = ask("POST", f"{pubsub}/{subscription}:pull", body=b'{"maxMessages": 10}')
        received: list[Resource] = json.loads(answer.body).get("receivedMessages", [])
        return received

    (received,) = eventually(pulled)
    attributes, data = received["message"]["attributes"], received["message"]["data"]
    assert ("OBJECT_FINALIZE", bucket_name, NAME) == (
        attributes["eventType"],
        attributes["bucketId"],
        attributes["objectId"],
    )
    assert json.loads(b64decode(data))["name"] == NAME
