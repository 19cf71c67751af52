"""Write what is deployed into one archive: `make package`.

The archive's bytes depend on the names and contents of the files alone: every build of the same
tree is the same archive, and Terraform sees that nothing changed.
"""

import hashlib
import sys
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ARCHIVE = ROOT / "dist" / "showreel.zip"
# .gcloudignore says the same to gcloud.
DEPLOYED = ("main.py", "requirements.txt", "functions", "shared")

# On a Unix, a file that all users may read.
_UNIX, _MODE = 3, 0o100644


class PackageError(Exception):
    """The archive cannot be built."""


def main() -> int:
    try:
        names, archive = package(ROOT)
    except PackageError as error:
        print(error, file=sys.stderr)
        return 1
    ARCHIVE.parent.mkdir(exist_ok=True)
    ARCHIVE.write_bytes(archive)
    digest = hashlib.sha256(archive).hexdigest()
    print(f"{ARCHIVE.relative_to(ROOT)}: {len(names)} files, SHA-256 {digest}")
    return 0


def package(root: Path) -> tuple[list[str], bytes]:
    """Return the names of the files, in the order of the archive, and the archive.

    Raise PackageError for a missing file and for a symbolic link.
    """
    paths = (path for name in DEPLOYED for path in _files(root / name))
    files = {path.relative_to(root).as_posix(): path for path in paths}
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files):
            archive.writestr(_entry(name), files[name].read_bytes())
    return sorted(files), buffer.getvalue()


def _files(path: Path) -> Iterator[Path]:
    if path.is_symlink():
        raise PackageError(f"{path} is a link: its target may be outside.")
    if not path.exists():
        raise PackageError(f"There is no {path.name}, which is deployed.")
    if not path.is_dir():
        yield path
        return
    for each in path.iterdir():
        if each.name != "__pycache__" and not each.name.startswith("."):
            yield from _files(each)


def _entry(name: str) -> zipfile.ZipInfo:
    """Return an entry of 1980, not compressed: zlib's output differs from version to version."""
    entry = zipfile.ZipInfo(name)
    entry.create_system = _UNIX
    entry.external_attr = _MODE << 16
    return entry


if __name__ == "__main__":
    sys.exit(main())
