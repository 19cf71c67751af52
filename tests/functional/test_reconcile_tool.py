"""`make reconcile`: what disagrees is shown, as a table or as JSON, and mended when told to."""

import json
import os
import subprocess
import sys
from pathlib import Path

from shared import bootstrap
from shared.domain.storage_layout import GENERATED
from tests.functional.places import Place
from tests.functional.showreel import served

ROOT = Path(__file__).resolve().parents[2]
ORPHAN = f"{GENERATED}/nowhere/curr_00ff00ff00ff00ff_0.mp4"


def reconcile(place: Place, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tools.reconcile", *options],
        env={**os.environ, **place.environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def misname_a_clip_and_leave_an_orphan(place: Place) -> str:
    """Return the path under which the clip should be."""
    path = next(name for name in sorted(place.files()) if "/curr_" in name and "mp4" in name)
    with served(place, delivering=False):
        objects = bootstrap.ports().objects
        with objects.open(path) as clip:
            objects.put(ORPHAN, clip, content_type="video/mp4")
        objects.rename(path, path.replace("curr_", ""))
    return path


def test_where_all_agrees_it_says_so(gallery_copy: Place) -> None:
    told = reconcile(gallery_copy)

    assert (0, "Everything agrees.\n") == (told.returncode, told.stdout), told.stderr


def test_what_disagrees_is_a_table_for_people_and_json_for_programs(gallery_copy: Place) -> None:
    misname_a_clip_and_leave_an_orphan(gallery_copy)
    before = gallery_copy.snapshot()

    table, listed = reconcile(gallery_copy), reconcile(gallery_copy, "--json")

    assert before == gallery_copy.snapshot()
    assert (1, 1) == (table.returncode, listed.returncode)
    assert "clip_misnamed" in table.stdout
    assert ORPHAN in table.stdout
    assert "2 left, 0 mended; 0 USD at risk." in table.stdout
    found = json.loads(listed.stdout)
    assert ["clip_misnamed", "object_without_record"] == [each["kind"] for each in found]


def test_it_mends_what_loses_nothing_and_deletes_only_when_told_to(gallery_copy: Place) -> None:
    path = misname_a_clip_and_leave_an_orphan(gallery_copy)

    repaired = reconcile(gallery_copy, "--repair")
    assert "1 left, 1 mended" in repaired.stdout, repaired.stderr
    assert {path, ORPHAN} <= gallery_copy.files()

    deleted = reconcile(gallery_copy, "--delete-orphans")
    assert 0 == deleted.returncode, deleted.stderr
    assert ORPHAN not in gallery_copy.files()
    assert path in gallery_copy.files()


def test_one_campaign_can_be_looked_at_alone(gallery_copy: Place) -> None:
    told = reconcile(gallery_copy, "--campaign", "nowhere")

    assert (1, "There is no campaign 'nowhere'.\n") == (told.returncode, told.stderr)
