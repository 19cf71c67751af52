"""From a laptop to the cloud and back, and a database that was lost."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from shared.adapters.local.campaign_repository import LocalCampaignRepository
from shared.adapters.local.object_store import LocalObjectStore
from shared.adapters.record_mirror import ObjectStoreMirror
from shared.bootstrap.google_ports import GooglePorts
from shared.domain.campaign import Change
from shared.settings import read_settings
from shared.use_cases.copy_campaigns import Installation, copy_campaigns
from shared.use_cases.create_videos import Draft
from tests.contract.campaign_repository_contract import with_hit
from tests.fakes.ports import FakePorts
from tests.local_records import write_record
from tests.unit.use_cases.scenes import CAMPAIGN_ID, make, remake, reserve
from tests.unit.use_cases.stories import two_versions
from tools.emulated_cloud.bucket.server import StrictBucketServer

ROOT = Path(__file__).resolve().parents[2]

Tool = Callable[..., list[str]]


def contents(folder: Path) -> dict[str, bytes]:
    """All that lies in a data folder, but for what is hidden."""
    files = (path for path in folder.rglob("*") if path.is_file())
    found = {str(path.relative_to(folder)): path.read_bytes() for path in files}
    return {name: content for name, content in found.items() if not name.startswith(".")}


@pytest.fixture
def ports() -> FakePorts:
    """A campaign with a history and a second slot, one that waits, and one that is made."""
    ports = FakePorts()
    two_versions(ports)
    make(ports, drafts=(Draft(prompt="A kite", index=1),))
    make(ports, campaign_id="summer", metadata={"__name__": "reserved"})
    reserve(ports, campaign_id="autumn")
    return ports


@pytest.fixture
def data(ports: FakePorts, tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    update(folder, ports)
    return folder


def update(folder: Path, ports: FakePorts) -> None:
    """Let a data folder hold what `ports` do."""
    here = Installation(campaigns=ports.campaigns, objects=ports.objects, mirror=ports.mirror)
    objects = LocalObjectStore(folder, now=ports.now)
    mirror = ObjectStoreMirror(objects, gap=timedelta(), now=ports.now)
    there = Installation(campaigns=LocalCampaignRepository(folder), objects=objects, mirror=mirror)
    assert list(copy_campaigns(here, there))


@pytest.fixture
def environment(
    firestore_host: str,
    project: str,
    bucket_server: StrictBucketServer,
    bucket_name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> dict[str, str]:
    settings = {
        "STORAGE_URL": f"gs://{bucket_name}",
        "GOOGLE_CLOUD_PROJECT": project,
        "STORAGE_EMULATOR_HOST": bucket_server.url,
        "FIRESTORE_EMULATOR_HOST": firestore_host,
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return settings


@pytest.fixture
def tool(environment: dict[str, str]) -> Tool:
    """Run a tool as make does, and return the lines that it says."""

    def run(
        name: str, *arguments: object, code: int = 0, lines_of_a_failure: bool = False
    ) -> list[str]:
        ended = subprocess.run(
            [sys.executable, "-m", f"tools.{name}", *map(str, arguments)],
            cwd=ROOT,
            env=os.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        if lines_of_a_failure:
            assert ended.returncode == 1, ended.stderr
            return ended.stdout.splitlines()
        assert (ended.returncode, "Traceback" in ended.stderr) == (code, False), ended.stderr
        return (ended.stderr if code else ended.stdout).splitlines()

    return run


def lose_database(firestore_host: str, project: str) -> None:
    url = f"http://{firestore_host}/emulator/v1/projects/{project}/databases/(default)/documents"
    urlopen(Request(url, method="DELETE")).close()


def test_what_goes_to_the_cloud_and_back_is_the_same(
    tool: Tool, data: Path, tmp_path: Path
) -> None:
    assert tool("import_data", data) == [
        "autumn: copied, 1 videos, 0 objects, 0 bytes",
        "spring: copied, 3 videos, 6 objects, 51 bytes",
        "summer: copied, 1 videos, 2 objects, 17 bytes",
        "3 campaigns, of which 0 were left alone.",
    ]
    again = [f"{name}: up to date" for name in ("autumn", "spring", "summer")]
    again.append("3 campaigns, of which 0 were left alone.")
    assert tool("import_data", data) == again

    back = tmp_path / "back"
    tool("export_data", back)

    assert contents(back) == contents(data)
    assert tool("export_data", back) == again


def test_what_is_newer_in_the_cloud_stays(
    tool: Tool, data: Path, environment: dict[str, str]
) -> None:
    tool("import_data", data)
    cloud = GooglePorts(read_settings(environment)).campaigns
    cloud.commit(Change(campaign=with_hit(cloud.get_campaign("summer"))))

    said = tool("import_data", data)

    assert said[-2:] == [
        "summer: left alone: the target has a newer state",
        "3 campaigns, of which 1 were left alone.",
    ]
    assert cloud.get_campaign("summer").cache_hits == 1


def test_what_is_newer_here_follows(tool: Tool, data: Path, ports: FakePorts) -> None:
    tool("import_data", data)
    current = next(each for each in ports.campaigns.videos.values() if each.is_current)
    remake(ports, current)
    update(data, ports)

    said = tool("import_data", data)

    assert said[1] == "spring: copied, 2 videos, 2 objects, 17 bytes"


def test_a_database_that_is_lost_is_rebuilt_from_the_bucket(
    tool: Tool, data: Path, tmp_path: Path, firestore_host: str, project: str
) -> None:
    tool("import_data", data)
    lose_database(firestore_host, project)

    assert tool("rebuild_records") == [
        "8 records are kept as JSON.",
        "autumn: copied, 1 videos, 0 objects, 0 bytes",
        "spring: copied, 3 videos, 0 objects, 0 bytes",
        "summer: copied, 1 videos, 0 objects, 0 bytes",
        "3 campaigns, of which 0 were left alone.",
    ]

    tool("export_data", tmp_path / "back")
    assert contents(tmp_path / "back") == contents(data)
    assert CAMPAIGN_ID in "".join(tool("rebuild_records"))


def test_commits_that_a_data_folder_has_lost_are_copied_from_its_json(
    tool: Tool, data: Path, ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as where the write-ahead log was removed after a crash."""
    monkeypatch.setenv("STORAGE_URL", data.as_uri())
    database = data / ".records.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    former = database.read_bytes()
    current = next(each for each in ports.campaigns.videos.values() if each.is_current)
    remade = remake(ports, current)
    update(data, ports)
    for file in data.glob(".records.db*"):
        file.unlink()
    database.write_bytes(former)

    said = tool("rebuild_records")

    assert "spring: copied, 2 videos, 0 objects, 0 bytes" in said
    with closing(LocalCampaignRepository(data)) as records:
        assert records.get_video("spring", remade.video_hash).is_current
    assert "spring: up to date" in tool("rebuild_records")


def test_a_record_that_cannot_be_read_goes_to_the_cloud_and_back_as_it_is(
    tool: Tool, data: Path, tmp_path: Path, ports: FakePorts, environment: dict[str, str]
) -> None:
    shown = next(each for each in ports.campaigns.videos.values() if each.is_current)
    (file,) = (data / "videos/cache/spring").glob(f"curr_{shown.video_hash}.json")
    fields = {**json.loads(file.read_text()), "schema_version": 2, "news": [1]}
    file.write_text(json.dumps(fields))
    write_record(data, f"spring/{shown.video_hash}", fields)

    said = tool("import_data", data, lines_of_a_failure=True)
    back = tmp_path / "back"
    tool("export_data", back, lines_of_a_failure=True)
    again = tool("export_data", back, lines_of_a_failure=True)

    note = "; 1 records cannot be read, and are carried along as they are"
    assert f"spring: copied, 2 videos, 6 objects, 51 bytes{note}" == said[1]
    assert f"spring: up to date{note}" == again[1]
    copied = contents(back)
    name = str(file.relative_to(data))
    assert json.loads(file.read_text()) == json.loads(copied.pop(name))
    expected = contents(data)
    expected.pop(name)
    assert expected == copied
    cloud = GooglePorts(read_settings(environment)).campaigns
    assert [shown.video_hash] == [
        each.video_hash for each in cloud.get_all_videos("spring").unreadable
    ]


@pytest.mark.parametrize("name", ["import_data", "export_data"])
def test_without_a_bucket_it_is_said_what_to_set(
    tool: Tool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("STORAGE_URL", "file:data")
    (said,) = tool(name, tmp_path, code=1)

    assert said.startswith("STORAGE_URL must name the bucket")


def test_a_folder_that_is_not_there_is_named(tool: Tool, tmp_path: Path) -> None:
    (said,) = tool("import_data", tmp_path / "none", code=1)

    assert str(tmp_path / "none") in said
