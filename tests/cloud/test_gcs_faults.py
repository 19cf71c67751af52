"""What the object store does when Cloud Storage, or the way to it, fails."""

import time
import traceback
from collections.abc import Callable
from io import BytesIO
from typing import BinaryIO

import pytest

from shared.adapters.google import bucket as requests
from shared.adapters.google.object_store import GCSObjectStore
from shared.domain.errors import (
    ObjectExistsError,
    ObjectNotFoundError,
    ShowreelError,
    StorageError,
    UnavailableError,
)
from tests.cloud.bucket_rest import resource, write
from tools.emulated_cloud.bucket.faults import (
    CORRUPT,
    CUT_OFF,
    LOST_ANSWER,
    RESET,
    Fault,
    delayed,
    permission_denied,
    refused,
)
from tools.emulated_cloud.bucket.server import StrictBucketServer

CLIP = "videos/generated/spring/curr_0123456789abcdef_0.mp4"
HISTORICAL = "videos/generated/spring/0123456789abcdef_0.mp4"
GENERATED = "videos/attempts/spring/0123456789abcdef/1/1234567890/sample_0.mp4"
LARGE = bytes(range(256)) * 4096 * 9

Use = Callable[[GCSObjectStore], object]


def put(store: GCSObjectStore, path: str, content: bytes = b"a clip") -> None:
    store.put(path, BytesIO(content), content_type="video/mp4")


def put_another(store: GCSObjectStore) -> None:
    put(store, HISTORICAL)


def put_large(store: GCSObjectStore) -> None:
    put(store, HISTORICAL, LARGE)


def read(store: GCSObjectStore) -> bytes:
    with store.open(CLIP) as stream:
        return stream.read()


def drain(stream: BinaryIO) -> None:
    while stream.read(32 * 1024):
        pass


def head(store: GCSObjectStore) -> object:
    return store.head(CLIP)


def names(store: GCSObjectStore) -> list[str]:
    return [info.path for info in store.list("videos/")]


def rename(store: GCSObjectStore) -> None:
    store.rename(CLIP, HISTORICAL)


def delete(store: GCSObjectStore) -> None:
    store.delete(CLIP)


EVERY_USE = [put_another, put_large, read, head, names, rename, delete]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is repeated, so that a fault that stays is seen at once."""
    monkeypatch.setitem(requests._CALL, "retry", None)


@pytest.fixture
def store(bucket_store: GCSObjectStore) -> GCSObjectStore:
    put(bucket_store, CLIP)
    return bucket_store


@pytest.mark.parametrize("use", EVERY_USE)
@pytest.mark.parametrize(
    "fault", [refused(503), refused(429), refused(500), RESET], ids=lambda fault: fault.name
)
def test_a_temporary_fault_is_retried(
    store: GCSObjectStore, bucket_server: StrictBucketServer, use: Use, fault: Fault
) -> None:
    bucket_server.fail("", fault, times=2)

    use(store)


@pytest.mark.parametrize("use", EVERY_USE)
@pytest.mark.parametrize(
    "fault",
    [refused(503), refused(429), RESET, LOST_ANSWER, refused(401)],
    ids=lambda fault: fault.name,
)
@pytest.mark.usefixtures("impatient")
def test_a_persistent_fault_raises_unavailable(
    store: GCSObjectStore, bucket_server: StrictBucketServer, use: Use, fault: Fault
) -> None:
    bucket_server.fail("", fault, times=20)

    with pytest.raises(UnavailableError, match="Cloud Storage"):
        use(store)


@pytest.mark.parametrize("content", [b"a clip", LARGE], ids=["small", "large"])
def test_a_create_whose_answer_was_lost_has_succeeded(
    bucket_store: GCSObjectStore, bucket_server: StrictBucketServer, content: bytes
) -> None:
    bucket_server.fail(r"uploadType=multipart|^PUT", LOST_ANSWER)

    put(bucket_store, CLIP, content)

    assert content == read(bucket_store)


def test_a_create_that_finds_another_writers_object_after_a_fault_is_refused(
    store: GCSObjectStore, bucket_server: StrictBucketServer
) -> None:
    bucket_server.fail("^POST /upload/", refused(503))

    with pytest.raises(ObjectExistsError):
        put(store, CLIP)


def test_each_chunk_of_an_upload_may_be_lost_once(
    bucket_store: GCSObjectStore, bucket_server: StrictBucketServer
) -> None:
    bucket_server.fail("^PUT /upload/", RESET)
    bucket_server.fail("^PUT /upload/", LOST_ANSWER, times=2)
    bucket_server.fail("^PUT /upload/", refused(503))

    put(bucket_store, CLIP, LARGE)

    assert read(bucket_store) == LARGE


def test_a_move_whose_answer_was_lost_is_done(
    store: GCSObjectStore, bucket_server: StrictBucketServer
) -> None:
    bucket_server.fail("moveTo", LOST_ANSWER)

    rename(store)

    assert names(store) == [HISTORICAL]


def test_a_copy_and_a_delete_whose_answers_were_lost_are_done(
    store: GCSObjectStore, bucket_server: StrictBucketServer
) -> None:
    bucket_server.fail("moveTo", refused(501))
    bucket_server.fail("rewriteTo|^DELETE", LOST_ANSWER, times=2)

    rename(store)

    assert names(store) == [HISTORICAL]


@pytest.mark.parametrize("words", ["Forbidden", ""], ids=["named", "unnamed"])
def test_without_the_permission_to_move_an_object_is_copied_and_the_missing_right_logged(
    store: GCSObjectStore,
    bucket_server: StrictBucketServer,
    words: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    denial = refused(403, words) if words else permission_denied("storage.objects.move")
    bucket_server.fail("moveTo", denial)

    rename(store)

    assert names(store) == [HISTORICAL]
    assert "bucket.move_denied: storage.objects.move is missing" in caplog.text


def test_a_copy_instead_of_a_move_never_replaces_what_is_there(
    store: GCSObjectStore, bucket_server: StrictBucketServer
) -> None:
    put(store, HISTORICAL, b"an older one")
    bucket_server.fail("moveTo", permission_denied("storage.objects.move"))

    rename(store)

    with store.open(HISTORICAL) as stream:
        assert stream.read() == b"an older one"
    assert names(store) == [HISTORICAL]


def test_a_small_upload_whose_answer_is_cut_off_is_done(
    store: GCSObjectStore, bucket_server: StrictBucketServer
) -> None:
    bucket_server.fail("^POST /upload", CUT_OFF)

    put_another(store)

    assert HISTORICAL in names(store)


def test_a_large_upload_whose_last_answer_is_cut_off_is_done(
    store: GCSObjectStore, bucket_server: StrictBucketServer
) -> None:
    """Its three chunks are answered, and the last answer describes the object."""
    bucket_server.fail("^PUT /upload", delayed(0), times=2)
    bucket_server.fail("^PUT /upload", CUT_OFF)

    put_large(store)

    assert HISTORICAL in names(store)


def test_the_first_rename_of_a_clip_may_fail_at_any_call(
    bucket_store: GCSObjectStore,
    bucket_server: StrictBucketServer,
    bucket_name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(requests._CALL, "retry", None)
    write(bucket_server, bucket_name, GENERATED, b"a clip")
    for step in ("^GET", "^PATCH", "moveTo"):
        bucket_server.fail(step, LOST_ANSWER)
        with pytest.raises(UnavailableError):
            bucket_store.rename(GENERATED, CLIP)

    bucket_store.rename(GENERATED, CLIP)

    assert names(bucket_store) == [CLIP]
    assert (
        resource(bucket_server, bucket_name, CLIP)["cacheControl"]
        == "private, max-age=86400, immutable"
    )


def test_a_source_that_changes_during_a_rename_is_renamed_with_its_new_bytes(
    store: GCSObjectStore,
    bucket_server: StrictBucketServer,
    bucket_name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    move = requests.GCSBucket.move

    def move_too_late(self: requests.GCSBucket, *args: object) -> None:
        monkeypatch.setattr(requests.GCSBucket, "move", move)
        # A name takes one write a second.
        time.sleep(1.0)
        write(bucket_server, bucket_name, CLIP, b"another clip")
        move(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(requests.GCSBucket, "move", move_too_late)

    rename(store)

    with store.open(HISTORICAL) as stream:
        assert stream.read() == b"another clip"


def test_a_delete_whose_answer_was_lost_is_done(
    store: GCSObjectStore, bucket_server: StrictBucketServer
) -> None:
    bucket_server.fail("^DELETE", LOST_ANSWER)

    delete(store)

    assert names(store) == []


@pytest.mark.parametrize("content", [b"a clip", LARGE], ids=["small", "large"])
def test_bytes_that_change_on_the_way_are_noticed(
    bucket_store: GCSObjectStore, bucket_server: StrictBucketServer, content: bytes
) -> None:
    put(bucket_store, CLIP, content)
    bucket_server.fail("alt=media", CORRUPT)

    with pytest.raises(UnavailableError, match="was not received as stored"):
        read(bucket_store)


def test_bytes_that_change_on_the_way_are_noticed_by_a_reader_of_small_blocks(
    bucket_store: GCSObjectStore, bucket_server: StrictBucketServer
) -> None:
    """It looks at the end first, as one does that looks for the index of a clip."""
    put(bucket_store, CLIP, LARGE)
    bucket_server.fail("alt=media", CORRUPT, times=2)

    with bucket_store.open(CLIP) as stream:
        stream.seek(-100, 2)
        stream.read(100)
        stream.seek(0)
        with pytest.raises(UnavailableError):
            drain(stream)


def test_a_slow_answer_is_waited_for(
    store: GCSObjectStore, bucket_server: StrictBucketServer
) -> None:
    bucket_server.fail("alt=media", delayed(0.2))

    assert read(store) == b"a clip"


PERMISSIONS = [
    (put_another, "POST /upload", "storage.objects.create"),
    (put_large, "POST /upload", "storage.objects.create"),
    (put_large, "PUT /upload", "storage.objects.create"),
    (read, "alt=media", "storage.objects.get"),
    (head, "GET", "storage.objects.get"),
    (names, "GET", "storage.objects.list"),
    (rename, "moveTo|rewriteTo", "storage.objects.move"),
    (delete, "DELETE", "storage.objects.delete"),
]


@pytest.mark.parametrize(("use", "pattern", "permission"), PERMISSIONS)
def test_a_refusal_names_the_permission_that_is_missing(
    store: GCSObjectStore,
    bucket_server: StrictBucketServer,
    use: Use,
    pattern: str,
    permission: str,
) -> None:
    bucket_server.fail(pattern, permission_denied(permission), times=2)

    with pytest.raises(UnavailableError, match=permission):
        use(store)


@pytest.mark.parametrize(("use", "pattern", "permission"), PERMISSIONS)
def test_a_refusal_that_names_nothing_names_what_is_likely_missing(
    store: GCSObjectStore,
    bucket_server: StrictBucketServer,
    use: Use,
    pattern: str,
    permission: str,
) -> None:
    bucket_server.fail(pattern, refused(403, "Forbidden"), times=2)

    with pytest.raises(UnavailableError, match=permission):
        use(store)


@pytest.mark.parametrize("use", EVERY_USE)
def test_a_bucket_that_is_not_there_is_named(
    open_store: Callable[[str], GCSObjectStore], use: Use
) -> None:
    with pytest.raises(UnavailableError, match="no bucket 'never-created'"):
        use(open_store("never-created"))


def test_a_permanent_refusal_is_not_retried(
    store: GCSObjectStore, bucket_server: StrictBucketServer
) -> None:
    bucket_server.fail("POST /upload", refused(400, "Invalid metadata."))

    with pytest.raises(StorageError, match=r"Bad Request.*Invalid metadata"):
        put_another(store)


@pytest.mark.parametrize("use", EVERY_USE)
@pytest.mark.parametrize(
    "fault", [refused(400), refused(403), refused(503), RESET], ids=lambda fault: fault.name
)
@pytest.mark.usefixtures("impatient")
def test_no_error_shows_an_address(
    store: GCSObjectStore, bucket_server: StrictBucketServer, use: Use, fault: Fault
) -> None:
    """That of an upload is as good as a credential, and logs are read by many."""
    bucket_server.fail("^(?!POST .*uploadType=resumable)", fault, times=20)

    with pytest.raises(ShowreelError) as caught:
        use(store)

    shown = "".join(traceback.format_exception(caught.value))
    assert "upload_id" not in shown
    assert bucket_server.url not in shown


@pytest.mark.parametrize("method", ["open", "head"])
def test_a_missing_object_is_no_fault(store: GCSObjectStore, method: str) -> None:
    with pytest.raises(ObjectNotFoundError):
        getattr(store, method)(HISTORICAL)
