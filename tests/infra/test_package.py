"""`make package`: the files in the archive, and that its bytes depend on nothing else."""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest

from tools.package import ARCHIVE, ROOT, PackageError, package

_PLANTED = {
    "main.py": "",
    "requirements.txt": "",
    "functions/serve_api.py": "",
    "shared/settings.py": "x = 1\n",
    "shared/a-b.py": "",
    "shared/a/deep/module.py": "",
    "shared/a.py": "",
    "shared/ümlaut.json": "{}",
    "shared/main.py": "",
    "shared/.env": "SIGNING_KEY=secret",
    "shared/.hidden/key.json": "{}",
    "shared/a/__pycache__/a.pyc": "",
    ".env": "SIGNING_KEY=secret",
    "key.json": "{}",
    "main.py.orig": "",
    "tests/main.py": "",
    "tests/shared/settings.py": "",
}
_PACKAGED = [
    "functions/serve_api.py",
    "main.py",
    "requirements.txt",
    "shared/a-b.py",
    "shared/a.py",
    "shared/a/deep/module.py",
    "shared/main.py",
    "shared/settings.py",
    "shared/ümlaut.json",
]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder with much that must not leave it."""
    return plant(tmp_path / "tree", list(_PLANTED))


@pytest.fixture(scope="session")
def gcloud() -> str:
    found = shutil.which("gcloud")
    return found or pytest.skip("There is no gcloud: https://cloud.google.com/sdk/docs/install")


def plant(tree: Path, names: list[str]) -> Path:
    for name in names:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(_PLANTED[name], "utf-8")
    return tree


def digest(tree: Path) -> str:
    _, archive = package(tree)
    return sha256(archive).hexdigest()


def listed_by(gcloud: str, tree: Path, config: Path) -> list[str]:
    listed = subprocess.run(
        [gcloud, "meta", "list-files-for-upload", str(tree)],
        env={**os.environ, "CLOUDSDK_CONFIG": str(config), "PYTHONUTF8": "1"},
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    return sorted(listed.stdout.splitlines())


def test_the_archive_has_exactly_the_deployed_files(tree: Path) -> None:
    names, archive = package(tree)

    assert names == _PACKAGED
    with zipfile.ZipFile(BytesIO(archive)) as packaged:
        assert packaged.namelist() == _PACKAGED
        assert packaged.read("shared/settings.py") == b"x = 1\n"


def test_gcloud_would_upload_the_same_files(gcloud: str, tree: Path, tmp_path: Path) -> None:
    shutil.copy(ROOT / ".gcloudignore", tree)

    assert listed_by(gcloud, tree, tmp_path) == package(tree)[0]


def test_gcloud_would_upload_the_same_files_of_this_project(gcloud: str, tmp_path: Path) -> None:
    assert listed_by(gcloud, ROOT, tmp_path) == package(ROOT)[0]


def test_the_archive_of_this_project_has_what_a_function_runs() -> None:
    names, _ = package(ROOT)

    assert {name.partition("/")[0] for name in names} == {
        "main.py",
        "requirements.txt",
        "functions",
        "shared",
    }
    others = {name for name in names if not name.endswith(".py")}
    served = tuple(f"shared/http/{pages}/" for pages in ("studio", "embed", "reference"))
    pages = {name for name in others if name.startswith(served)}
    assert others - pages == {"requirements.txt"}
    assert {Path(name).suffix for name in pages} == {".css", ".html", ".js", ".svg"}


def older(tree: Path) -> None:
    for path in tree.rglob("*"):
        os.utime(path, (0, 0))


def closed_to_others(tree: Path) -> None:
    for path in tree.rglob("*"):
        path.chmod(0o700)


def planted_backwards(tree: Path) -> None:
    shutil.rmtree(tree)
    plant(tree, list(reversed(_PLANTED)))


def elsewhere_changed(tree: Path) -> None:
    (tree / "tests" / "main.py").write_text("changed")
    (tree / "shared" / ".env").unlink()


@pytest.mark.parametrize("change", [older, closed_to_others, planted_backwards, elsewhere_changed])
def test_the_same_tree_makes_the_same_bytes(tree: Path, change: Callable[[Path], None]) -> None:
    before = digest(tree)

    change(tree)

    assert digest(tree) == before


def test_another_process_makes_the_same_bytes(tree: Path) -> None:
    """One with another locale, time zone, umask, hash seed, and place to stand."""
    program = (
        "import sys; from hashlib import sha256; from pathlib import Path; "
        "from tools.package import package; "
        "print(sha256(package(Path('.'))[1]).hexdigest())"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tree,
        env={
            "PYTHONPATH": str(ROOT),
            "PYTHONHASHSEED": "7",
            "LC_ALL": "tr_TR.UTF-8",
            "TZ": "Asia/Tokyo",
        },
        umask=0o077,
        check=True,
        capture_output=True,
        text=True,
    )

    assert digest(tree) == printed.stdout.strip()


def changed(tree: Path) -> None:
    (tree / "shared" / "settings.py").write_text("x = 2\n")


def added(tree: Path) -> None:
    (tree / "shared" / "new.py").touch()


def renamed(tree: Path) -> None:
    (tree / "shared" / "a.py").rename(tree / "shared" / "b.py")


@pytest.mark.parametrize("change", [changed, added, renamed])
def test_another_tree_makes_other_bytes(tree: Path, change: Callable[[Path], None]) -> None:
    before = digest(tree)

    change(tree)

    assert before != digest(tree)


def test_the_archive_does_not_depend_on_the_time_it_was_made(tree: Path) -> None:
    with zipfile.ZipFile(BytesIO(package(tree)[1])) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_unpacked_files_are_readable_for_all_users(tree: Path) -> None:
    closed_to_others(tree)

    with zipfile.ZipFile(BytesIO(package(tree)[1])) as archive:
        assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o100644}


def test_a_link_out_of_the_tree_is_refused(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (tree / "shared" / "linked").symlink_to(tmp_path / "secret")

    with pytest.raises(PackageError, match="linked is a link"):
        package(tree)


def test_a_missing_file_is_named(tree: Path) -> None:
    (tree / "requirements.txt").unlink()

    with pytest.raises(PackageError, match=r"There is no requirements\.txt"):
        package(tree)


def test_the_command_writes_the_archive_and_says_what_it_is() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "tools.package"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )

    assert sha256(ARCHIVE.read_bytes()).hexdigest() == digest(ROOT)
    assert f"SHA-256 {digest(ROOT)}" in said.stdout
