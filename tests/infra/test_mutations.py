"""Each argument and each block of infra/ is misspelt, and Terraform must object to every one."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.infra.hcl import Name, names
from tests.infra.providers import MODULE, Providers
from tests.infra.terraform import Diagnostic, Terraform, prepared

SOURCES = {file.name: file.read_text("utf-8") for file in sorted(MODULE.glob("*.tf"))}


@dataclass(frozen=True, kw_only=True)
class Misspelling:
    file: str
    name: Name

    @property
    def text(self) -> str:
        return f"{self.name.text}_misspelt"

    def is_blamed(self, error: Diagnostic) -> bool:
        """Whether the error is about this one: where it stands or, for a local value, is used."""
        if self.name.within == "locals":
            return f'the name "{self.name.text}" has not been declared' in error.detail
        at_its_place = (self.file, self.name.line) == (error.file, error.line)
        return at_its_place and self.text in f"{error.summary} {error.detail}"


def misspellings() -> list[Misspelling]:
    return [
        Misspelling(file=file, name=name)
        for file, source in SOURCES.items()
        for name in names(source)
    ]


@pytest.fixture
def mutable(google_providers: Providers, tmp_path: Path) -> Terraform:
    """Terraform in a copy that the test may change."""
    return prepared(tmp_path / "infra", google_providers)


def misspelt(source: str, chosen: Iterable[Misspelling]) -> str:
    for one in sorted(chosen, key=lambda one: one.name.start, reverse=True):
        end = one.name.start + len(one.name.text)
        source = source[: one.name.start] + one.text + source[end:]
    return source


def errors(terraform: Terraform, chosen: Iterable[Misspelling]) -> list[Diagnostic]:
    """Return what is wrong with the module when all that is chosen is misspelt at once."""
    for file, source in SOURCES.items():
        mutated = misspelt(source, [one for one in chosen if one.file == file])
        (terraform.folder / file).write_text(mutated, "utf-8")
    return [one for one in terraform.validate() if one.severity == "error"]


def uncaught(terraform: Terraform, chosen: list[Misspelling]) -> list[Misspelling]:
    """Misspell all, repair what an error names, and repeat with those that it hid."""
    found = errors(terraform, chosen)
    left = [one for one in chosen if not any(one.is_blamed(error) for error in found)]
    return left if left in ([], chosen) else uncaught(terraform, left)


def test_the_module_itself_is_valid(mutable: Terraform) -> None:
    assert mutable.validate() == []


def test_each_misspelt_argument_and_block_is_caught(mutable: Terraform) -> None:
    chosen = [one for one in misspellings() if one.name.text != "alias"]
    assert uncaught(mutable, chosen) == []


def test_each_misspelt_alias_is_caught(mutable: Terraform) -> None:
    """Alone, for then there are two providers of one name, and Terraform looks no further."""
    chosen = [one for one in misspellings() if one.name.text == "alias"]
    assert [one for one in chosen if not errors(mutable, [one])] == []
