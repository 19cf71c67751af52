"""The part of the dependency rule that import-linter cannot see; the rest is in pyproject.toml."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import main
import shared
from shared.http.openapi import VERSION

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = {path.stem for path in (ROOT / "functions").glob("[!_]*.py")}
DOMAIN = sorted((ROOT / "shared" / "domain").glob("*.py"))

WHAT_IMPORTING_MAIN_DOES = """
import sys, threading
import main
late = {"PIL", "av", "google.auth", "google.genai", "grpc", "msgspec", "shared.adapters"}
print(sorted(late & sys.modules.keys()), threading.active_count())
"""


def test_main_names_every_function() -> None:
    assert set(main.__all__) == FUNCTIONS


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_a_function_has_the_name_of_its_module(name: str) -> None:
    """The framework registers a target by its `__name__`; another one would be called wrongly."""
    function = getattr(main, name)

    assert (function.__module__, function.__name__) == (f"functions.{name}", name)


def test_importing_main_loads_nothing_heavy_and_starts_no_thread() -> None:
    found = subprocess.run(
        [sys.executable, "-c", WHAT_IMPORTING_MAIN_DOES],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )

    assert found.stdout.strip() == "[] 1"


def test_no_dependency_shadows_the_shared_package() -> None:
    """The framework searches site-packages before the folder of main.py."""
    assert Path(shared.__file__ or "").parent == ROOT / "shared"


@pytest.mark.parametrize("module", DOMAIN, ids=lambda path: path.stem)
def test_the_domain_imports_the_standard_library_and_structs_alone(module: Path) -> None:
    foreign = {
        name
        for name in imported_by(module)
        if name.partition(".")[0] not in {*sys.stdlib_module_names, "msgspec"}
        and not name.startswith("shared.domain")
    }

    assert foreign == set()


def imported_by(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


MOST_LINES = 250
OURS = sorted(
    path for folder in ("shared", "functions", "tools") for path in (ROOT / folder).rglob("*.py")
)


def test_nothing_private_of_a_library_is_used() -> None:
    """Ruff refuses `library._name`, unless told otherwise; it does not look at imports."""
    found = [f"{path.relative_to(ROOT)}: {use}" for path in OURS for use in _private_uses(path)]

    assert found == []


def test_no_module_is_long() -> None:
    """One that grows past the limit has a second reason, which gets a module of its own."""
    lines = {
        str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines())
        for path in (*OURS, ROOT / "main.py", *(ROOT / "infra").glob("*.tf"))
    }

    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_what_reads_the_form_of_a_former_release_goes_when_its_mark_says() -> None:
    """CONTRIBUTING says how to choose the release of a mark."""
    version = [int(number) for number in VERSION.split(".")[:2]]
    marks = [
        (str(path.relative_to(ROOT)), [int(found[1]), int(found[2])])
        for path in OURS
        for found in re.finditer(r"Until (\d+)\.(\d+):", path.read_text("utf-8"))
    ]

    assert marks
    assert [name for name, release in marks if release <= version] == []


def _private_uses(path: Path) -> Iterator[str]:
    text = path.read_text("utf-8")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            names = [f"{module}.{alias.name}" for alias in node.names]
            yield from (name for name in names if not name.startswith("__") and "._" in name)
    yield from re.findall(r"noqa: .*SLF001.*", text)
    yield from re.findall(r"[gs]etattr\([^,]+, \"_\w+\"", text)
