"""`make reconcile` writes each disagreement, as a line or as JSON, and repairs it on request."""

import json
import os
import subprocess
import sys
from pathlib import Path

from shared import bootstrap
from shared.domain.storage_layout import GENERATED
from tests.configured import Ended, run_tool
from tests.functional.places import FolderPlace, Place
from tests.functional.showreel import GALLERY, served

ROOT = Path(__file__).resolve().parents[2]
ORPHAN = f"{GENERATED}/nowhere/curr_00ff00ff00ff00ff_0.mp4"


def reconcile(place: Place, *options: str) -> Ended:
    return run_tool("reconcile", *options, **place.environment)


def misname_a_clip_and_leave_an_orphan(place: Place) -> str:
    """Return the path under which the clip should be."""
    files = place.files()
    clips = (name for name in sorted(files) if "/curr_" in name and "mp4" in name)
    # A replaced clip keeps its former name, beside its new one, as long as a signed URL may live.
    path = next(clip for clip in clips if clip.replace("curr_", "") not in files)
    with served(place, delivering=False):
        objects = bootstrap.ports().objects
        with objects.open(path) as clip:
            objects.put(ORPHAN, clip, content_type="video/mp4")
        objects.rename(path, path.replace("curr_", ""))
    return path


def name_of(place: Place) -> str:
    return str(place.folder if isinstance(place, FolderPlace) else place.environment["STORAGE_URL"])


def test_the_summary_of_agreeing_campaigns_counts_what_was_compared(gallery_copy: Place) -> None:
    with served(gallery_copy, delivering=False) as service:
        service.send("PATCH", f"/v1/campaigns/{GALLERY}", json={"budget_usd": 99})

    told = reconcile(gallery_copy)

    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith(f"1 campaign in {name_of(gallery_copy)}")
    assert told.stdout.endswith(
        ": everything agrees.\nNot compared: the JSON of 1 campaign that changed within the last 5 "
        "minutes; the tick may have yet to write it.\n"
    )


def test_a_place_without_a_campaign_is_named(place: Place) -> None:
    told = reconcile(place)

    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith(f"0 campaigns in {name_of(place)}")
    assert told.stdout.endswith(": nothing to compare.\n")


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    """It is the one that an `.env` file names where the command is typed."""
    (tmp_path / ".env").write_text("STORAGE_URL=file:nowhere\n")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    del environment["PYTHON_DOTENV_DISABLED"]

    told = subprocess.run(
        [sys.executable, "-m", "tools.reconcile"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )

    assert told.stdout == (
        f"0 campaigns in {tmp_path}/nowhere, which does not exist: nothing to compare.\n"
    )
    assert not (tmp_path / "nowhere").exists()


def test_a_disagreement_is_a_line_for_people_and_json_for_programs(gallery_copy: Place) -> None:
    misname_a_clip_and_leave_an_orphan(gallery_copy)
    before = gallery_copy.snapshot()

    lines, listed = reconcile(gallery_copy), reconcile(gallery_copy, "--json")

    assert gallery_copy.snapshot() == before
    assert (lines.returncode, listed.returncode) == (1, 1)
    assert "clip_misnamed" in lines.stdout
    assert ORPHAN in lines.stdout
    assert "2 left, 0 repaired; 0.00 USD at risk." in lines.stdout
    found = json.loads(listed.stdout)
    assert [each["kind"] for each in found] == ["clip_misnamed", "object_without_record"]


def test_safe_repairs_are_made_and_deletions_need_an_option(gallery_copy: Place) -> None:
    path = misname_a_clip_and_leave_an_orphan(gallery_copy)

    repaired = reconcile(gallery_copy, "--repair")
    assert "1 left, 1 repaired" in repaired.stdout, repaired.stderr
    assert {path, ORPHAN} <= gallery_copy.files()

    deleted = reconcile(gallery_copy, "--delete-orphans")
    assert deleted.returncode == 0, deleted.stderr
    assert ORPHAN not in gallery_copy.files()
    assert path in gallery_copy.files()


def test_one_campaign_can_be_compared_alone(gallery_copy: Place) -> None:
    told = reconcile(gallery_copy, "--campaign", "nowhere")

    assert (told.returncode, told.stderr) == (1, "There is no campaign 'nowhere'.\n")
