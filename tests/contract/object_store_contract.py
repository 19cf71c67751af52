"""What every object store keeps."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import md5
from io import SEEK_END, BytesIO

import pytest

from shared.domain.errors import ConflictError, ObjectExistsError, ObjectNotFoundError
from shared.domain.values import replace
from shared.ports.object_store import ObjectInfo, ObjectStore, PutMode

PATH = "videos/generated/spring/curr_0123456789abcdef_0.mp4"
OTHER = "videos/generated/spring/0123456789abcdef_0.mp4"
CLIP = bytes(range(256)) * 4

NO_NAMES = [
    "",
    "/",
    "/etc/passwd",
    "..",
    "../outside",
    "videos/../../outside",
    "videos/./spring",
    "videos//spring",
    "videos/spring/",
    "videos\\..\\outside",
    "videos/\0",
    "videos/\ud800",
    ".hidden",
    "videos/.hidden",
    "a" * 3000,
]


class BrokenStream(BytesIO):
    """Gives some bytes, and then raises what it is told to instead of its end."""

    def __init__(self, error: Exception) -> None:
        super().__init__(b"the beginning")
        self._error = error

    def read(self, size: int | None = -1) -> bytes:
        content = super().read(size)
        if size == -1 or not content:
            raise self._error
        return content


def put(
    store: ObjectStore, path: str, content: bytes = CLIP, mode: PutMode = PutMode.CREATE
) -> None:
    store.put(path, BytesIO(content), content_type="video/mp4", mode=mode)


def read(store: ObjectStore, path: str) -> bytes:
    with store.open(path) as stream:
        return stream.read()


def paths(store: ObjectStore, prefix: str) -> list[str]:
    return [info.path for info in store.list(prefix)]


class ObjectStoreContract:
    """A subclass gives the fixture `store`, which is empty."""

    def test_an_object_is_read_as_it_was_put(self, store: ObjectStore) -> None:
        put(store, PATH)

        assert read(store, PATH) == CLIP

    def test_an_object_may_be_empty(self, store: ObjectStore) -> None:
        put(store, PATH, b"")

        assert read(store, PATH) == b""

    def test_a_stream_seeks(self, store: ObjectStore) -> None:
        put(store, PATH)

        with store.open(PATH) as stream:
            assert stream.seek(0, SEEK_END) == len(CLIP)
            stream.seek(250)
            assert stream.read(10) == CLIP[250:260]

    def test_the_head_describes_the_object(self, store: ObjectStore) -> None:
        put(store, PATH)

        info = store.head(PATH)

        assert (info.path, info.size, info.content_type) == (PATH, len(CLIP), "video/mp4")
        assert abs(datetime.now(UTC) - info.updated_at) < timedelta(minutes=1)

    def test_an_etag_is_bare(self, store: ObjectStore) -> None:
        put(store, PATH)

        etag = store.head(PATH).etag

        assert etag
        assert not set(etag) & set('" \\')

    def test_an_etag_stays_while_the_bytes_do(self, store: ObjectStore) -> None:
        put(store, PATH)

        assert store.head(PATH).etag == store.head(PATH).etag

    def test_an_etag_changes_with_the_bytes(self, store: ObjectStore) -> None:
        etags = set()
        for number in range(3):
            put(store, PATH, f"{number:04}".encode(), PutMode.OVERWRITE)
            etags.add(store.head(PATH).etag)

        assert len(etags) == 3

    def test_create_refuses_a_name_that_is_taken(self, store: ObjectStore) -> None:
        put(store, PATH)

        with pytest.raises(ObjectExistsError):
            put(store, PATH, b"another")

        assert read(store, PATH) == CLIP

    def test_of_many_that_create_a_name_one_wins(self, store: ObjectStore) -> None:
        def create(number: int) -> int | None:
            try:
                put(store, PATH, str(number).encode())
            except ObjectExistsError:
                return None
            return number

        with ThreadPoolExecutor(8) as pool:
            winners = [number for number in pool.map(create, range(8)) if number is not None]

        assert [read(store, PATH)] == [str(number).encode() for number in winners]

    def test_overwrite_replaces_an_object(self, store: ObjectStore) -> None:
        put(store, PATH)
        put(store, PATH, b"another", PutMode.OVERWRITE)

        assert read(store, PATH) == b"another"

    def test_overwrite_needs_nothing_to_replace(self, store: ObjectStore) -> None:
        put(store, PATH, mode=PutMode.OVERWRITE)

        assert read(store, PATH) == CLIP

    def test_an_object_is_replaced_only_in_the_version_that_was_read(
        self, store: ObjectStore
    ) -> None:
        put(store, PATH)
        found = store.head(PATH)

        store.replace(found, BytesIO(b"another"))

        assert read(store, PATH) == b"another"
        assert store.head(PATH).content_type == "video/mp4"
        with pytest.raises(ConflictError):
            store.replace(found, BytesIO(b"an older one"))
        with pytest.raises(ConflictError):
            store.replace(replace(found, path=OTHER), BytesIO(b"of one that is not there"))
        assert paths(store, "videos/") == [PATH]
        assert read(store, PATH) == b"another"

    def test_rewriting_the_same_bytes_makes_another_version(self, store: ObjectStore) -> None:
        put(store, PATH)
        (found,) = store.list("videos/")
        assert found == store.head(PATH)

        put(store, PATH, mode=PutMode.OVERWRITE)

        with pytest.raises(ConflictError):
            store.replace(found, BytesIO(b"another"))

    def test_a_digest_is_that_of_the_bytes(self, store: ObjectStore) -> None:
        put(store, PATH)

        assert store.head(PATH).md5 in ("", md5(CLIP, usedforsecurity=False).hexdigest())

    def test_a_changed_object_is_not_deleted(self, store: ObjectStore) -> None:
        put(store, PATH)
        old = store.head(PATH)
        store.replace(old, BytesIO(b"another"))

        store.delete_unchanged(old)
        assert read(store, PATH) == b"another"

        store.delete_unchanged(store.head(PATH))
        store.delete_unchanged(old)
        assert paths(store, "videos/") == []

    def test_an_interrupted_put_leaves_no_object(self, store: ObjectStore) -> None:
        stream = BrokenStream(RuntimeError("The sender has gone."))

        with pytest.raises(RuntimeError):
            store.put(PATH, stream, content_type="video/mp4")

        assert paths(store, "videos/") == []

    def test_an_interrupted_put_keeps_the_object_that_it_would_replace(
        self, store: ObjectStore
    ) -> None:
        put(store, PATH)
        stream = BrokenStream(RuntimeError("The sender has gone."))

        with pytest.raises(RuntimeError):
            store.put(PATH, stream, content_type="video/mp4", mode=PutMode.OVERWRITE)

        assert read(store, PATH) == CLIP

    @pytest.mark.parametrize("method", ["open", "head"])
    def test_a_missing_object_is_not_found(self, store: ObjectStore, method: str) -> None:
        with pytest.raises(ObjectNotFoundError):
            getattr(store, method)(PATH)

    @pytest.mark.parametrize("method", ["open", "head"])
    @pytest.mark.parametrize("path", NO_NAMES)
    def test_a_name_that_leads_elsewhere_is_not_found(
        self, store: ObjectStore, method: str, path: str
    ) -> None:
        with pytest.raises(ObjectNotFoundError):
            getattr(store, method)(path)

    def test_a_folder_is_no_object(self, store: ObjectStore) -> None:
        put(store, PATH)

        with pytest.raises(ObjectNotFoundError):
            store.head("videos/generated")

    def test_a_list_is_ordered_by_path(self, store: ObjectStore) -> None:
        names = ["b/2/x", "b.mp4", "b/10", "a/z", "b-1", "b/2.mp4"]
        for name in names:
            put(store, f"videos/{name}")

        assert paths(store, "videos/") == sorted(f"videos/{name}" for name in names)

    def test_a_list_excludes_folders_with_a_longer_name(self, store: ObjectStore) -> None:
        put(store, "videos/spring/clip.mp4")
        put(store, "videos/spring2/clip.mp4")

        assert paths(store, "videos/spring/") == ["videos/spring/clip.mp4"]

    @pytest.mark.parametrize("prefix", ["videos/", "videos/../", "//", "videos/\0/"])
    def test_a_list_of_a_missing_folder_is_empty(self, store: ObjectStore, prefix: str) -> None:
        assert paths(store, prefix) == []

    def test_a_list_has_the_same_facts_as_the_head(self, store: ObjectStore) -> None:
        put(store, PATH)

        assert list(store.list("videos/")) == [store.head(PATH)]

    def test_objects_may_be_deleted_while_they_are_listed(self, store: ObjectStore) -> None:
        for number in range(5):
            put(store, f"videos/attempts/{number}/sample_0.mp4")

        deleted: list[ObjectInfo] = []
        for info in store.list("videos/"):
            store.delete(info.path)
            deleted.append(info)

        assert (len(deleted), paths(store, "videos/")) == (5, [])

    def test_a_renamed_object_has_its_bytes_under_the_new_name_only(
        self, store: ObjectStore
    ) -> None:
        put(store, PATH)

        store.rename(PATH, OTHER)

        assert (paths(store, "videos/"), read(store, OTHER)) == ([OTHER], CLIP)

    def test_a_rename_may_run_twice(self, store: ObjectStore) -> None:
        put(store, PATH)

        store.rename(PATH, OTHER)
        store.rename(PATH, OTHER)

        assert (paths(store, "videos/"), read(store, OTHER)) == ([OTHER], CLIP)

    def test_a_rename_keeps_what_is_at_its_target(self, store: ObjectStore) -> None:
        put(store, PATH)
        put(store, OTHER, b"the target")

        store.rename(PATH, OTHER)

        assert (paths(store, "videos/"), read(store, OTHER)) == ([OTHER], b"the target")

    def test_a_rename_to_its_own_name_changes_nothing(self, store: ObjectStore) -> None:
        put(store, PATH)

        store.rename(PATH, PATH)

        assert read(store, PATH) == CLIP

    @pytest.mark.parametrize("target", [PATH, OTHER])
    def test_a_rename_without_source_and_target_is_not_found(
        self, store: ObjectStore, target: str
    ) -> None:
        with pytest.raises(ObjectNotFoundError):
            store.rename(PATH, target)

    def test_a_copied_object_has_its_bytes_under_both_names(self, store: ObjectStore) -> None:
        put(store, PATH)

        store.copy(PATH, OTHER)
        store.copy(PATH, OTHER)

        assert (read(store, PATH), read(store, OTHER)) == (CLIP, CLIP)
        assert store.head(OTHER).content_type == "video/mp4"

    def test_a_copy_keeps_what_is_at_its_target(self, store: ObjectStore) -> None:
        put(store, PATH)
        put(store, OTHER, b"the target")

        store.copy(PATH, OTHER)

        assert (read(store, PATH), read(store, OTHER)) == (CLIP, b"the target")

    def test_a_copy_whose_source_was_renamed_to_its_target_succeeds(
        self, store: ObjectStore
    ) -> None:
        put(store, OTHER)

        store.copy(PATH, OTHER)

        assert paths(store, "videos/") == [OTHER]

    def test_a_copy_may_replace_its_target(self, store: ObjectStore) -> None:
        """An object that was found before is not the new one, even with the same bytes."""
        put(store, PATH)
        put(store, OTHER)
        before = store.head(OTHER)

        store.copy(PATH, OTHER, mode=PutMode.OVERWRITE)
        store.delete_unchanged(before)

        assert read(store, OTHER) == CLIP
        store.delete(PATH)
        with pytest.raises(ObjectNotFoundError):
            store.copy(PATH, OTHER, mode=PutMode.OVERWRITE)

    @pytest.mark.parametrize("target", [PATH, OTHER])
    def test_a_copy_without_source_and_target_is_not_found(
        self, store: ObjectStore, target: str
    ) -> None:
        with pytest.raises(ObjectNotFoundError):
            store.copy(PATH, target)

    def test_the_room_is_a_number_of_bytes_or_unlimited(self, store: ObjectStore) -> None:
        free = store.free_bytes()

        assert free is None or free > len(CLIP)

    def test_a_deleted_object_is_not_found(self, store: ObjectStore) -> None:
        put(store, PATH)
        put(store, OTHER)

        store.delete(PATH)

        assert paths(store, "videos/") == [OTHER]

    def test_deleting_a_missing_object_is_no_error(self, store: ObjectStore) -> None:
        store.delete(PATH)

        assert paths(store, "videos/") == []

    def test_a_name_that_was_deleted_is_free(self, store: ObjectStore) -> None:
        put(store, PATH)
        store.delete(PATH)
        put(store, PATH, b"another")

        assert read(store, PATH) == b"another"

    def test_a_signed_url_names_its_object_and_its_end(self, store: ObjectStore) -> None:
        signed = store.sign(PATH, expires_in=timedelta(minutes=15))

        assert PATH in signed.url
        assert timedelta(minutes=14) < signed.expires_at - datetime.now(UTC)
        assert signed.expires_at - datetime.now(UTC) <= timedelta(minutes=15)

    @pytest.mark.parametrize(
        "other",
        [
            lambda store: store.sign(OTHER, expires_in=timedelta(minutes=15)),
            lambda store: store.sign(PATH, expires_in=timedelta(minutes=20)),
            lambda store: store.sign(
                PATH, expires_in=timedelta(minutes=15), disposition="attachment"
            ),
        ],
        ids=["another object", "another end", "another disposition"],
    )
    def test_a_signed_url_is_for_one_object_and_one_end(
        self, store: ObjectStore, other: Callable[[ObjectStore], object]
    ) -> None:
        assert store.sign(PATH, expires_in=timedelta(minutes=15)) != other(store)
