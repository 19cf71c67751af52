"""Links in the documents lead to existing files and headings."""

import re
import tomllib
from pathlib import Path

import pytest

from shared.http.openapi import VERSION
from tools.models_reference import DOCUMENT, with_table

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "infra").glob("*.md")]
)

_LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s#]*)(?:#([^)\s]+))?\)")
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def anchors(document: Path) -> set[str]:
    """Return the fragment of each heading, as GitHub forms it."""
    headings = re.findall(r"^#+ (.*)$", _FENCE.sub("", document.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_has_a_target(document: Path) -> None:
    for path, fragment in _LINK.findall(_FENCE.sub("", document.read_text("utf-8"))):
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), path
        assert not fragment or fragment in anchors(target), f"{path}#{fragment}"


def test_every_source_file_that_a_document_names_exists() -> None:
    named = {
        (document.name, path)
        for document in DOCUMENTS
        if document.name != "CHANGELOG.md"
        for path in re.findall(
            r"`((?:functions|shared|tools|tests)/[\w/.]*\w)`", document.read_text("utf-8")
        )
    }

    assert len(named) > 20
    assert {(name, path) for name, path in named if not (ROOT / path).exists()} == set()


def test_the_architecture_lists_all_decisions_by_their_titles() -> None:
    listed = re.findall(
        r"^(\d+)\. \[(.+)\]\((decisions/.+)\)$",
        (ROOT / "docs/architecture.md").read_text("utf-8"),
        re.MULTILINE,
    )
    written = [
        (*title_of(file), str(file.relative_to(ROOT / "docs")))
        for file in sorted((ROOT / "docs/decisions").glob("*.md"))
    ]

    assert written == listed


def title_of(decision: Path) -> tuple[str, str]:
    """Return the number and the words of its first line."""
    number, _, words = (
        decision.read_text("utf-8").splitlines()[0].removeprefix("# ").partition(". ")
    )
    return number, words


def test_the_glossary_is_in_alphabetical_order() -> None:
    glossary = (ROOT / "docs/glossary.md").read_text("utf-8")
    terms = re.findall(r"^\| (.+?) \| (?!meaning)", glossary, re.MULTILINE)[1:]

    assert terms == sorted(terms, key=str.casefold)
    assert len(terms) == len(set(terms)) > 50


def test_the_table_of_models_is_that_of_the_registry() -> None:
    """`python -m tools.models_reference` writes it."""
    document = DOCUMENT.read_text()

    assert document == with_table(document)


def test_the_path_of_a_video_has_as_many_files_and_lines_as_the_readme_says() -> None:
    _, _, rest = (ROOT / "README.md").read_text("utf-8").partition("## The path of a video\n")
    section = rest.partition("\n## ")[0]
    stated = re.search(r"These (\d+) files, about ([\d,]+) lines", section)
    files = [ROOT / path for path, _ in _LINK.findall(section)]

    assert stated
    assert int(stated[1]) == len(set(files))
    lines = sum(len(file.read_text("utf-8").splitlines()) for file in files)
    assert int(stated[2].replace(",", "")) == pytest.approx(lines, rel=0.2)


def test_project_description_and_changelog_have_the_same_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    released = re.findall(r"^## (\d+\.\d+\.\d+) - \d{4}-\d\d-\d\d$", changelog, re.MULTILINE)

    assert released[0] == project["version"] == VERSION
