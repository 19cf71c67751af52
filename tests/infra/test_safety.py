"""Each rule of safety is broken in turn, in the files themselves; the test of it objects."""

from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.infra import test_iam, test_public_access, test_pubsub
from tests.infra.breaches import BREACHES, Breach, text_with
from tests.infra.installation import EVERYTHING, Installation, foresee
from tests.infra.providers import MODULE, Providers, stand_in
from tests.infra.terraform import Terraform, prepared

_AT_ONCE = 2
# Rules of another file that a breach breaks as well: it cannot be planned with a breach of theirs.
_ALSO_BREAKS = {
    "timeout_seconds = each.value.timeout_seconds": (
        test_pubsub.test_no_message_is_redelivered_within_the_time_limit_of_its_function
    ),
    "member = google_service_account.push.member": test_iam.test_the_list_of_grants_is_complete,
}


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
def intact(copies: list[Terraform]) -> Installation:
    return foresee(copies[0], copies[0].folder, **EVERYTHING)


@pytest.fixture(scope="module")
def broken(copies: list[Terraform], intact: Installation) -> dict[Breach, Installation]:
    """What each breach would make of an installation, planned with others that leave it alone."""
    grants = {
        breach.address: breach
        for breach in BREACHES
        if breach.rule is test_iam.test_the_list_of_grants_is_complete and breach.address
    }
    together = groups([breach for breach in BREACHES if breach not in grants.values()])
    shares = [together[number::_AT_ONCE] for number in range(_AT_ONCE)]
    found = break_grants(copies[0], grants, intact)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        done = [pool.submit(break_each, *each) for each in zip(copies, shares, strict=True)]
        return {**found, **{breach: one for each in done for breach, one in each.result().items()}}


def break_grants(
    copy: Terraform, grants: dict[str, Breach], intact: Installation
) -> dict[Breach, Installation]:
    """Plan a breach of each grant at once; return installations that have one of them each.

    No resource refers to a grant, so that all others are planned as without the breaches.
    """
    found = with_breaches(copy, grants.values())
    assert found.without(grants) == intact.without(grants)
    return {
        breach: Installation(resources=(*intact.without({address}).resources, *found.only(address)))
        for address, breach in grants.items()
    }


def groups(breaches: list[Breach]) -> list[list[Breach]]:
    """Put breaches together that do not break each other's rules; each plan takes a second.

    They are of different files, and their rules are of different modules.
    """
    found: list[list[Breach]] = []
    for breach in breaches:
        for group in found:
            if all(leave_alone(breach, other) for other in group):
                group.append(breach)
                break
        else:
            found.append([breach])
    return found


def leave_alone(one: Breach, other: Breach) -> bool:
    return (
        one.file != other.file
        and one.rule.__module__ != other.rule.__module__
        and one.rule is not _ALSO_BREAKS.get(other.says)
        and other.rule is not _ALSO_BREAKS.get(one.says)
    )


def break_each(copy: Terraform, chosen: list[list[Breach]]) -> dict[Breach, Installation]:
    found = ((group, with_breaches(copy, group)) for group in chosen)
    return {breach: installation for group, installation in found for breach in group}


def with_breaches(copy: Terraform, chosen: Collection[Breach]) -> Installation:
    files = {breach.file for breach in chosen}
    for file in files:
        (copy.folder / file).write_text(text_with(file, chosen), "utf-8")
    found = foresee(copy, copy.folder, **EVERYTHING)
    for file in files:
        (copy.folder / file).write_bytes((MODULE / file).read_bytes())
    return found


@pytest.mark.parametrize("breach", BREACHES, ids=str)
def test_each_breach_changes_one_place(breach: Breach) -> None:
    assert len(breach.places) == 1


@pytest.mark.parametrize("breach", BREACHES, ids=str)
def test_each_breach_is_detected(broken: dict[Breach, Installation], breach: Breach) -> None:
    with pytest.raises(AssertionError):
        breach.rule(broken[breach])


def test_the_unchanged_module_has_no_finding(intact: Installation) -> None:
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
