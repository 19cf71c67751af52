"""What the object store does that only a bucket can."""

from collections.abc import Callable
from io import BytesIO
from unittest.mock import patch

import pytest

from shared.adapters.google import object_store
from shared.adapters.google.object_store import GCSObjectStore
from shared.adapters.media.clip_inspector import PyAVClipInspector
from shared.domain.errors import ObjectExistsError, ObjectNotFoundError, StorageError
from shared.ports.object_store import MEDIA_CACHE_CONTROL
from tests.cloud.bucket_rest import resource, write
from tests.cloud.heavy_clips import heavier
from tests.contract.object_store_contract import NO_NAMES
from tools.emulated_cloud.bucket.faults import refused
from tools.emulated_cloud.bucket.server import StrictBucketServer
from tools.emulated_cloud.vertex.clips import plain_clip

CLIP = "videos/generated/spring/curr_0123456789abcdef_0.mp4"
HISTORICAL = "videos/generated/spring/0123456789abcdef_0.mp4"
RECORD = "videos/cache/spring/curr_0123456789abcdef.json"
GENERATED = "videos/attempts/spring/0123456789abcdef/1/1234567890/sample_0.mp4"
MEBIBYTE = 1024 * 1024


def put(store: GCSObjectStore, path: str, content: bytes = b"a clip") -> None:
    store.put(path, BytesIO(content), content_type="video/mp4")


def test_a_clip_has_its_type_cache_control_disposition_and_metadata(
    bucket_store: GCSObjectStore, bucket_server: StrictBucketServer, bucket_name: str
) -> None:
    metadata = {"campaign": "spring", "index": "0", "model": "veo-3.1-generate-001"}

    bucket_store.put(CLIP, BytesIO(b"a clip"), content_type="video/mp4", metadata=metadata)

    stored = resource(bucket_server, bucket_name, CLIP)
    assert stored["contentType"] == "video/mp4"
    assert stored["cacheControl"] == "private, max-age=86400, immutable"
    assert stored["contentDisposition"] == "inline"
    assert metadata == {name: stored["metadata"][name] for name in metadata}


def test_a_record_is_asked_for_again(
    bucket_store: GCSObjectStore, bucket_server: StrictBucketServer, bucket_name: str
) -> None:
    bucket_store.put(RECORD, BytesIO(b"{}"), content_type="application/json")

    assert resource(bucket_server, bucket_name, RECORD)["cacheControl"] == "no-cache"


def test_a_generated_clip_gets_the_metadata_of_an_uploaded_one(
    bucket_store: GCSObjectStore, bucket_server: StrictBucketServer, bucket_name: str
) -> None:
    """Veo writes its clips without a word to players."""
    write(bucket_server, bucket_name, GENERATED, b"a clip")

    bucket_store.rename(GENERATED, CLIP)

    stored = resource(bucket_server, bucket_name, CLIP)
    assert (
        stored["contentType"],
        stored["cacheControl"],
        stored["contentDisposition"],
    ) == ("video/mp4", "private, max-age=86400, immutable", "inline")


def test_a_clip_that_was_public_is_private_after_its_next_rename(
    bucket_store: GCSObjectStore, bucket_server: StrictBucketServer, bucket_name: str
) -> None:
    """Earlier versions marked all media public."""
    put(bucket_store, CLIP)
    with patch.object(object_store, "MEDIA_CACHE_CONTROL", "public, max-age=86400"):
        put(bucket_store, GENERATED)
        assert resource(bucket_server, bucket_name, GENERATED)["cacheControl"].startswith("public")

    bucket_store.rename(GENERATED, HISTORICAL)

    renamed, other = (resource(bucket_server, bucket_name, each) for each in (HISTORICAL, CLIP))
    assert renamed["cacheControl"] == other["cacheControl"] == MEDIA_CACHE_CONTROL


def test_a_clip_that_was_written_without_its_type_has_it_after_a_rename(
    bucket_store: GCSObjectStore, bucket_server: StrictBucketServer, bucket_name: str
) -> None:
    write(bucket_server, bucket_name, GENERATED, b"a clip", content_type="application/octet-stream")

    bucket_store.rename(GENERATED, CLIP)

    stored = resource(bucket_server, bucket_name, CLIP)
    assert (
        stored["contentType"],
        stored["cacheControl"],
    ) == ("video/mp4", "private, max-age=86400, immutable")


def test_a_rename_keeps_etag_and_metadata(
    bucket_store: GCSObjectStore, bucket_server: StrictBucketServer, bucket_name: str
) -> None:
    bucket_store.put(
        CLIP, BytesIO(b"a clip"), content_type="video/mp4", metadata={"campaign": "spring"}
    )
    before = bucket_store.head(CLIP)

    bucket_store.rename(CLIP, HISTORICAL)

    assert before.etag == bucket_store.head(HISTORICAL).etag
    assert resource(bucket_server, bucket_name, HISTORICAL)["metadata"]["campaign"] == "spring"


def test_a_rename_sets_the_metadata_of_a_foreign_object(
    bucket_store: GCSObjectStore, bucket_server: StrictBucketServer, bucket_name: str
) -> None:
    bucket_store.put(CLIP, BytesIO(b"a clip"), content_type="video/mp4", metadata={"by": "veo"})

    bucket_store.rename(CLIP, HISTORICAL, metadata={"campaign_id": "spring"})

    described = resource(bucket_server, bucket_name, HISTORICAL)["metadata"]
    assert (described["by"], described["campaign_id"]) == ("veo", "spring")


@pytest.mark.parametrize("status", [400, 405, 501])
def test_a_service_without_moves_copies_and_deletes(
    bucket_store: GCSObjectStore, bucket_server: StrictBucketServer, status: int
) -> None:
    put(bucket_store, CLIP)
    bucket_server.fail("moveTo", refused(status))

    bucket_store.rename(CLIP, HISTORICAL)

    assert [info.path for info in bucket_store.list("videos/")] == [HISTORICAL]
    assert {
        name: bucket_server.operations()[name] for name in ("objects.rewrite", "objects.delete")
    } == {"objects.rewrite": 1, "objects.delete": 1}


def test_a_copy_is_deleted_later_where_a_crash_left_both(
    bucket_store: GCSObjectStore, bucket_server: StrictBucketServer
) -> None:
    put(bucket_store, CLIP)
    bucket_server.fail("moveTo", refused(501))
    bucket_server.fail("DELETE", refused(400))
    with pytest.raises(StorageError):
        bucket_store.rename(CLIP, HISTORICAL)
    assert [info.path for info in bucket_store.list("videos/")] == [HISTORICAL, CLIP]

    bucket_store.rename(CLIP, HISTORICAL)

    assert [info.path for info in bucket_store.list("videos/")] == [HISTORICAL]


def test_a_list_has_every_page(
    bucket_store: GCSObjectStore, bucket_server: StrictBucketServer
) -> None:
    bucket_server.page(2)
    for number in range(5):
        put(bucket_store, f"videos/{number}.mp4")

    assert len(list(bucket_store.list("videos/"))) == 5
    assert bucket_server.operations()["objects.list"] == 3


def test_a_list_of_pages_is_emptied_while_it_is_read(
    bucket_store: GCSObjectStore, bucket_server: StrictBucketServer
) -> None:
    bucket_server.page(2)
    for number in range(5):
        put(bucket_store, f"videos/{number}.mp4")

    for info in bucket_store.list("videos/"):
        bucket_store.delete(info.path)

    assert list(bucket_store.list("videos/")) == []


def test_a_folder_created_in_the_console_is_no_object(
    bucket_store: GCSObjectStore, bucket_server: StrictBucketServer, bucket_name: str
) -> None:
    write(bucket_server, bucket_name, "videos/", b"")
    write(bucket_server, bucket_name, "videos/spring/", b"")

    assert list(bucket_store.list("videos/")) == []


@pytest.mark.parametrize("path", NO_NAMES)
@pytest.mark.parametrize(
    "use",
    [
        put,
        lambda store, path: store.delete(path),
        lambda store, path: store.rename(path, CLIP),
        lambda store, path: store.rename(CLIP, path),
    ],
    ids=["put", "delete", "rename from", "rename to"],
)
def test_a_name_that_leads_elsewhere_is_refused(
    bucket_store: GCSObjectStore, use: Callable[[GCSObjectStore, str], None], path: str
) -> None:
    put(bucket_store, CLIP)

    with pytest.raises(StorageError):
        use(bucket_store, path)

    assert [info.path for info in bucket_store.list("videos/")] == [CLIP]


def test_names_may_have_spaces_and_letters_of_any_script(bucket_store: GCSObjectStore) -> None:
    path = "videos/été/ü+%20&?#'\"~.mp4"

    put(bucket_store, path)
    bucket_store.rename(path, f"{path}.old")

    assert [f"{path}.old"] == [info.path for info in bucket_store.list("videos/été/")]
    assert bucket_store.open(f"{path}.old").read() == b"a clip"


@pytest.mark.parametrize("size", [0, 4 * MEBIBYTE - 1, 4 * MEBIBYTE, 9 * MEBIBYTE + 1])
def test_content_of_any_size_is_read_as_it_was_put(bucket_store: GCSObjectStore, size: int) -> None:
    content = bytes(range(251)) * (size // 251 + 1)

    put(bucket_store, CLIP, content[:size])

    assert content[:size] == bucket_store.open(CLIP).read()


def test_content_may_be_put_in_small_pieces(bucket_store: GCSObjectStore) -> None:
    class Drops(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 0, 100_000))

    content = bytes(5 * MEBIBYTE)

    bucket_store.put(CLIP, Drops(content), content_type="video/mp4")

    assert len(content) == bucket_store.head(CLIP).size


def test_a_large_upload_is_refused_if_its_name_exists(bucket_store: GCSObjectStore) -> None:
    put(bucket_store, CLIP)

    with pytest.raises(ObjectExistsError):
        put(bucket_store, CLIP, bytes(5 * MEBIBYTE))

    assert bucket_store.open(CLIP).read() == b"a clip"


def test_a_large_upload_is_refused_if_its_name_is_taken_meanwhile(
    bucket_store: GCSObjectStore, bucket_server: StrictBucketServer, bucket_name: str
) -> None:
    written: list[str] = []

    class Slow(BytesIO):
        """Somebody else is faster while its last bytes are read."""

        def read(self, size: int | None = -1) -> bytes:
            block = super().read(size)
            if not block and not written:
                written.append(CLIP)
                write(bucket_server, bucket_name, CLIP, b"another clip")
            return block

    with pytest.raises(ObjectExistsError):
        bucket_store.put(CLIP, Slow(bytes(8 * MEBIBYTE)), content_type="video/mp4")

    assert bucket_store.open(CLIP).read() == b"another clip"


def test_a_large_upload_that_breaks_off_is_cancelled(
    bucket_store: GCSObjectStore, bucket_server: StrictBucketServer
) -> None:
    class Broken(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            block = super().read(size)
            if not block:
                raise RuntimeError("The sender has gone.")
            return block

    with pytest.raises(RuntimeError):
        bucket_store.put(CLIP, Broken(bytes(8 * MEBIBYTE)), content_type="video/mp4")

    assert bucket_server.operations()["objects.insert.cancel"] == 1
    assert list(bucket_store.list("videos/")) == []


def test_a_stream_whose_object_was_renamed_ends_and_does_not_mix(
    bucket_store: GCSObjectStore,
) -> None:
    put(bucket_store, CLIP, bytes(3 * MEBIBYTE))
    with bucket_store.open(CLIP) as stream:
        stream.read(1)
        bucket_store.rename(CLIP, HISTORICAL)
        put(bucket_store, CLIP, b"another")

        with pytest.raises(ObjectNotFoundError):
            stream.read()


def operations(bucket_server: StrictBucketServer) -> dict[str, int]:
    return {name: count for name, count in bucket_server.operations().items() if count}


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        (lambda store: put(store, HISTORICAL), {"objects.insert": 1}),
        (lambda store: store.head(CLIP), {"objects.get": 1}),
        (lambda store: store.open(CLIP).read(1000), {"objects.get": 1, "objects.media": 1}),
        (lambda store: store.rename(CLIP, HISTORICAL), {"objects.get": 1, "objects.move": 1}),
        (
            lambda store: store.rename(GENERATED, HISTORICAL),
            {"objects.get": 1, "objects.patch": 1, "objects.move": 1},
        ),
        (lambda store: store.delete(CLIP), {"objects.delete": 1}),
        (lambda store: list(store.list("videos/")), {"objects.list": 1}),
    ],
    ids=["put", "head", "read a little", "rename", "first rename of a clip", "delete", "list"],
)
def test_each_operation_sends_only_necessary_requests(
    bucket_store: GCSObjectStore,
    bucket_server: StrictBucketServer,
    bucket_name: str,
    use: Callable[[GCSObjectStore], object],
    expected: dict[str, int],
) -> None:
    put(bucket_store, CLIP)
    write(bucket_server, bucket_name, GENERATED, b"a clip")
    bucket_server.forget()

    use(bucket_store)

    assert operations(bucket_server) == expected


def test_a_usual_clip_is_read_once_in_few_requests(
    bucket_store: GCSObjectStore, bucket_server: StrictBucketServer
) -> None:
    put(bucket_store, CLIP, bytes(6_000_000))
    bucket_server.forget()

    with bucket_store.open(CLIP) as stream:
        while stream.read(32 * 1024):
            pass

    media = [each for each in bucket_server.requests if each.operation == "objects.media"]
    assert len(media) == 3
    assert sum(each.sent_bytes for each in media) == 6_000_000


def test_a_heavy_clip_is_fetched_once_for_inspection_and_pictures(
    bucket_store: GCSObjectStore, bucket_server: StrictBucketServer
) -> None:
    clip = heavier(plain_clip("", {"durationSeconds": 4}), 7_700_000)
    put(bucket_store, CLIP, clip)
    bucket_server.forget()
    inspector = PyAVClipInspector()

    with bucket_store.open(CLIP) as stream:
        found = inspector.inspect(stream)

    media = [each for each in bucket_server.requests if each.operation == "objects.media"]
    assert (len(clip), 3) == (found.facts.size_bytes, len(found.pictures))
    assert len(media) <= 5
    assert len(clip) == sum(each.sent_bytes for each in media)


def test_an_opened_clip_is_renamed_without_another_read(
    bucket_store: GCSObjectStore, bucket_server: StrictBucketServer
) -> None:
    put(bucket_store, CLIP)
    bucket_store.open(CLIP).close()
    bucket_server.forget()

    bucket_store.rename(CLIP, HISTORICAL)

    assert operations(bucket_server) == {"objects.move": 1}


def test_a_clip_that_was_replaced_since_it_was_opened_is_renamed_as_it_is(
    bucket_store: GCSObjectStore,
) -> None:
    put(bucket_store, CLIP)
    bucket_store.open(CLIP).close()
    bucket_store.delete(CLIP)
    put(bucket_store, CLIP, b"another clip")

    bucket_store.rename(CLIP, HISTORICAL)

    assert bucket_store.open(HISTORICAL).read() == b"another clip"
