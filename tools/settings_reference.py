"""Write the settings of shared/settings into README.md and .env.example."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import fields

from shared.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
_TABLE = re.compile(r"(?<=<!-- settings -->\n).*(?=<!-- /settings -->)", re.DOTALL)

_MEANING = re.compile(r'^    (\w+): [^\n]*\n    """(.*?)"""', re.DOTALL | re.MULTILINE)

_FIRST_LINES = """\
# Every setting with its default. Copy this file to .env, which `make` reads, and change it there.
# An exported variable takes precedence.
"""


def main() -> None:
    readme = ROOT / "README.md"
    readme.write_text(with_table(readme.read_text()))
    (ROOT / ".env.example").write_text(example())


def with_table(readme: str) -> str:
    """Return the README with the settings between its two marks."""
    rows = ["| setting | default | what it means |", "| --- | --- | --- |"]
    rows += [
        f"| `{name}` | {f'`{default}`' if default else ''} | {meaning} |"
        for name, default, meaning in _settings()
    ]
    return _TABLE.sub(lambda _: "\n".join(rows) + "\n", readme)


def example() -> str:
    """Return a file in which every line is a comment: unchanged, it sets nothing."""
    entries = [
        f"# {meaning}\n#{name}={default}\n"
        for name, default, meaning in _settings()
        if name != "K_SERVICE"
    ]
    return "\n".join([_FIRST_LINES, *entries])


def _settings() -> Iterator[tuple[str, str, str]]:
    meanings = _meanings()
    for setting in fields(Settings):
        default = "" if setting.default is None else str(setting.default)
        yield setting.name.upper(), default, meanings[setting.name]


def _meanings() -> dict[str, str]:
    """Return the string below each setting, which the interpreter does not keep."""
    found = _MEANING.findall(inspect.getsource(Settings))
    return {name: " ".join(meaning.split()) for name, meaning in found}


if __name__ == "__main__":
    main()
