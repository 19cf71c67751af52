"""Each rule of safety is broken in turn, in the files themselves; the test of it objects."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.infra import test_public_access
from tests.infra.breaches import BREACHES, Breach
from tests.infra.installation import EVERYTHING, Installation, foresee
from tests.infra.providers import MODULE, Providers, stand_in
from tests.infra.terraform import Terraform, prepared

_AT_ONCE = 2


@pytest.fixture(scope="module")
def copies(
    google_providers: Providers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Terraform]]:
    """Terraform in copies that may be broken, each by itself."""
    folder = tmp_path_factory.mktemp("copies")
    with stand_in(google_providers.schema, "--foresee") as planning:
        found = replace(google_providers, planning=planning)
        yield [prepared(folder / str(number), found) for number in range(_AT_ONCE)]


@pytest.fixture(scope="module")
def broken(copies: list[Terraform]) -> dict[Breach, Installation]:
    """What each breach alone would make of an installation."""
    shares = [BREACHES[number::_AT_ONCE] for number in range(_AT_ONCE)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        done = [pool.submit(break_each, *each) for each in zip(copies, shares, strict=True)]
        return {breach: found for each in done for breach, found in each.result().items()}


def break_each(copy: Terraform, chosen: list[Breach]) -> dict[Breach, Installation]:
    return {breach: with_breach(copy, breach) for breach in chosen}


def with_breach(copy: Terraform, breach: Breach) -> Installation:
    file = copy.folder / breach.file
    file.write_text(breach.broken, "utf-8")
    found = foresee(copy, copy.folder, **EVERYTHING)
    file.write_bytes((MODULE / breach.file).read_bytes())
    return found


@pytest.mark.parametrize("breach", BREACHES, ids=str)
def test_every_breach_is_of_one_place(breach: Breach) -> None:
    assert 1 == len(breach.places)


@pytest.mark.parametrize("breach", BREACHES, ids=str)
def test_every_breach_is_objected_to(broken: dict[Breach, Installation], breach: Breach) -> None:
    with pytest.raises(AssertionError):
        breach.rule(broken[breach])


def test_nothing_is_objected_to_where_nothing_is_broken(copies: list[Terraform]) -> None:
    intact = foresee(copies[0], copies[0].folder, **EVERYTHING)

    for breach in BREACHES:
        breach.rule(intact)


def test_without_the_second_key_everybody_would_be_let_in(
    copies: list[Terraform], tmp_path: Path
) -> None:
    file = copies[0].folder / "variables.tf"
    intact = file.read_text("utf-8")
    file.write_text(intact.replace("var.allow_public || ", "true || "), "utf-8")

    with pytest.raises(AssertionError):
        test_public_access.test_everybody_is_refused_without_the_second_setting(copies[0], tmp_path)

    file.write_text(intact, "utf-8")
