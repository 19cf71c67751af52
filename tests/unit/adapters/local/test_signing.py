import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from shared.adapters.local.object_store import LocalObjectStore
from shared.domain.errors import ExpiredSignatureError, InvalidSignatureError, StorageError
from tests.unit.domain.builders import NOW

PATH = "videos/generated/spring/curr_0123456789abcdef_0.mp4"
LIFE = timedelta(minutes=15)


class Watch:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def store(root: Path, watch: Watch) -> LocalObjectStore:
    return LocalObjectStore(root, now=watch)


def parts(url: str) -> tuple[str, str, str]:
    """Return the path, the end and the signature of a signed URL, as a server reads them."""
    split = urlsplit(url)
    query = parse_qs(split.query)
    return (
        unquote(split.path).removeprefix("/local-bucket/"),
        query["expires"][0],
        query["signature"][0],
    )


def verify(store: LocalObjectStore, url: str) -> None:
    path, expires, signature = parts(url)
    store.verify(path, expires=expires, signature=signature)


def test_a_signed_url_is_a_path_of_this_service(store: LocalObjectStore) -> None:
    signed = store.sign(PATH, expires_in=LIFE)

    end = int((NOW + LIFE).timestamp())
    assert signed.url.startswith(f"/local-bucket/{PATH}?expires={end}&signature=")
    assert signed.expires_at == NOW + LIFE


@pytest.mark.parametrize("path", [PATH, "a b/c?d&e=f#g%2e.mp4", "ä/€.mp4"])
def test_a_signed_url_is_verified(store: LocalObjectStore, path: str) -> None:
    url = store.sign(path, expires_in=LIFE).url

    assert parts(url)[0] == path
    verify(store, url)


def test_a_signed_url_is_good_up_to_its_end(store: LocalObjectStore, watch: Watch) -> None:
    signed = store.sign(PATH, expires_in=LIFE)

    watch.now = signed.expires_at - timedelta(microseconds=1)
    verify(store, signed.url)
    watch.now = signed.expires_at
    with pytest.raises(ExpiredSignatureError):
        verify(store, signed.url)


def test_a_url_does_not_expire_later_than_requested(store: LocalObjectStore, watch: Watch) -> None:
    watch.now = NOW + timedelta(milliseconds=900)

    assert store.sign(PATH, expires_in=LIFE).expires_at <= watch.now + LIFE


def test_a_signature_does_not_read_another_object(store: LocalObjectStore) -> None:
    _, expires, signature = parts(store.sign(PATH, expires_in=LIFE).url)

    for other in (f"{PATH}x", PATH.upper(), f"/{PATH}", f"x/../{PATH}", "", f"1/{PATH}"):
        with pytest.raises(InvalidSignatureError):
            store.verify(other, expires=expires, signature=signature)


@pytest.mark.parametrize(
    "expires", ["", "0", "9999999999", "-1", "1e99", "x", "\uff11", "\ud800", " "]
)
def test_the_expiry_of_a_url_cannot_be_changed(store: LocalObjectStore, expires: str) -> None:
    path, _, signature = parts(store.sign(PATH, expires_in=LIFE).url)

    with pytest.raises(InvalidSignatureError) as caught:
        store.verify(path, expires=expires, signature=signature)
    assert caught.type is InvalidSignatureError


def test_digits_cannot_be_moved_between_expiry_and_path(store: LocalObjectStore) -> None:
    _, expires, signature = parts(store.sign("1/x", expires_in=LIFE).url)

    with pytest.raises(InvalidSignatureError):
        store.verify("x", expires=f"{expires}/1", signature=signature)


@pytest.mark.parametrize("signature", ["", "x", "é", "\ud800", "A" * 43, "=" * 43, "\0"])
def test_a_signature_cannot_be_guessed(store: LocalObjectStore, signature: str) -> None:
    path, expires, _ = parts(store.sign(PATH, expires_in=LIFE).url)

    with pytest.raises(InvalidSignatureError):
        store.verify(path, expires=expires, signature=signature)


def test_a_url_that_was_changed_is_not_called_expired(
    store: LocalObjectStore, watch: Watch
) -> None:
    path, expires, _ = parts(store.sign(PATH, expires_in=LIFE).url)
    watch.now += LIFE

    with pytest.raises(InvalidSignatureError) as caught:
        store.verify(path, expires=expires, signature="x")
    assert caught.value.code == "invalid_signature"


def test_an_expired_url_says_so(store: LocalObjectStore, watch: Watch) -> None:
    url = store.sign(PATH, expires_in=LIFE).url
    watch.now += LIFE

    with pytest.raises(ExpiredSignatureError) as caught:
        verify(store, url)
    assert caught.value.code == "signature_expired"


def test_a_url_survives_a_restart(store: LocalObjectStore, root: Path, watch: Watch) -> None:
    url = store.sign(PATH, expires_in=LIFE).url

    verify(LocalObjectStore(root, now=watch), url)


def test_another_folder_has_another_key(
    store: LocalObjectStore, tmp_path: Path, watch: Watch
) -> None:
    url = LocalObjectStore(tmp_path / "other", now=watch).sign(PATH, expires_in=LIFE).url

    with pytest.raises(InvalidSignatureError):
        verify(store, url)


def test_the_kept_key_is_private(store: LocalObjectStore, root: Path) -> None:
    store.sign(PATH, expires_in=LIFE)

    assert stat.S_IMODE((root / ".signing-key").stat().st_mode) == 0o600


def test_the_kept_key_is_no_object(store: LocalObjectStore) -> None:
    store.sign(PATH, expires_in=LIFE)

    assert list(store.list("")) == []


def test_a_key_of_the_settings_is_used_and_none_is_kept(root: Path, watch: Watch) -> None:
    first = LocalObjectStore(root / "1", signing_key="a secret", now=watch)
    second = LocalObjectStore(root / "2", signing_key="a secret", now=watch)

    verify(second, first.sign(PATH, expires_in=LIFE).url)

    assert not root.exists()


@pytest.mark.parametrize("content", [b"", b"short", b"\xff\xfe"])
def test_a_damaged_key_is_not_used(store: LocalObjectStore, root: Path, content: bytes) -> None:
    root.mkdir()
    (root / ".signing-key").write_bytes(content)

    with pytest.raises(StorageError, match="signing-key"):
        store.sign(PATH, expires_in=LIFE)


def test_a_store_that_signs_nothing_makes_no_key(store: LocalObjectStore, root: Path) -> None:
    assert list(store.list("videos/")) == []
    assert not root.exists()


def test_an_end_is_in_utc(store: LocalObjectStore) -> None:
    assert store.sign(PATH, expires_in=LIFE).expires_at.tzinfo is UTC
