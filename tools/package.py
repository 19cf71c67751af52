"""Write what .gcloudignore allows into one archive: `make package`.

Its bytes depend on the names and the contents of the files alone: whoever packages the same tree,
whenever and wherever, gets the same archive, and Terraform sees that nothing changed.
"""

import hashlib
import re
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ARCHIVE = ROOT / "dist" / "showreel.zip"

_ALLOWED = re.compile(r"!/([^*?\[\]\\!/\s]+)/?")
_LEFT_OUT = re.compile(r"[^#\[\]\\!/\s]+/?")
# On a Unix, a file that everybody may read.
_UNIX, _MODE = 3, 0o100644


class PackageError(Exception):
    """Says why there is no archive."""


@dataclass(frozen=True, kw_only=True)
class AllowList:
    """What is packaged of a folder's top, and what is left out of that, however deep.

    What is left out are patterns of names; one that ends in a slash is about folders alone.
    """

    allowed: tuple[str, ...]
    left_out: tuple[str, ...]


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

    Raise PackageError for a list that is not understood, and for what it allows but is not there.
    """
    allow_list = read_allow_list((root / ".gcloudignore").read_text("utf-8"))
    files = {path.relative_to(root).as_posix(): path for path in _files(root, allow_list)}
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files):
            archive.writestr(_entry(name), files[name].read_bytes())
    return sorted(files), buffer.getvalue()


def read_allow_list(text: str) -> AllowList:
    """Take the few forms that an allow-list needs. Raise PackageError for any other."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("# ")]
    if lines[:1] != ["/*"]:
        raise PackageError(".gcloudignore is no allow-list: it does not begin with /*.")
    allowed, left_out = [], []
    for line in lines[1:]:
        if match := _ALLOWED.fullmatch(line):
            allowed.append(match[1])
        elif match := _LEFT_OUT.fullmatch(line):
            left_out.append(match[0])
        else:
            raise PackageError(f".gcloudignore: {line} is none of !/name, !/folder/ and name/.")
    return AllowList(allowed=tuple(allowed), left_out=tuple(left_out))


def _files(root: Path, allow_list: AllowList) -> Iterator[Path]:
    for name in allow_list.allowed:
        path = root / name
        if not path.exists():
            raise PackageError(f"There is no {name}, which .gcloudignore allows.")
        yield from _below(path, allow_list.left_out)


def _below(path: Path, left_out: tuple[str, ...]) -> Iterator[Path]:
    name = f"{path.name}/" if path.is_dir() else path.name
    if any(fnmatchcase(name, pattern) for pattern in left_out):
        return
    if path.is_symlink():
        raise PackageError(f"{path} is a link: what it leads to may lie outside.")
    if not path.is_dir():
        yield path
        return
    for each in path.iterdir():
        yield from _below(each, left_out)


def _entry(name: str) -> zipfile.ZipInfo:
    """A file of 1980, not compressed: what zlib makes of it differs from version to version."""
    entry = zipfile.ZipInfo(name)
    entry.create_system = _UNIX
    entry.external_attr = _MODE << 16
    return entry


if __name__ == "__main__":
    sys.exit(main())
