"""From a laptop to the cloud and back, and a database that was lost."""

import json
import sqlite3
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
from shared.settings import read_settings
from shared.use_cases.copy_campaigns import Installation, copy_campaigns
from shared.use_cases.create_videos import Draft
from tests.configured import run_tool
from tests.fakes.ports import FakePorts
from tests.local_records import write_record
from tests.unit.use_cases.scenes import CAMPAIGN_ID, make, remake, reserve
from tests.unit.use_cases.stories import two_versions
from tools.emulated_cloud.bucket.server import StrictBucketServer

Tool = Callable[..., list[str]]


def url(folder: Path) -> str:
    return f"file://{folder}"


def contents(folder: Path) -> dict[str, bytes]:
    """Return the visible files of a data folder, by path."""
    files = (path for path in folder.rglob("*") if path.is_file())
    found = {str(path.relative_to(folder)): path.read_bytes() for path in files}
    return {name: content for name, content in found.items() if not name.startswith(".")}


@pytest.fixture
def ports() -> FakePorts:
    """Three campaigns: with a history and two slots, with a reserved video, with one video."""
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
    """Copy the campaigns of `ports` to a data folder."""
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
def bucket(environment: dict[str, str]) -> str:
    return environment["STORAGE_URL"]


@pytest.fixture
def tool(environment: dict[str, str]) -> Tool:
    """Run a tool, and return the lines that it prints."""

    def run(
        name: str, *arguments: object, code: int = 0, lines_of_a_failure: bool = False
    ) -> list[str]:
        ended = run_tool(name, *arguments)
        assert ended.returncode == (1 if lines_of_a_failure else code), ended.stderr
        return (ended.stderr if code else ended.stdout).splitlines()

    return run


def lose_database(environment: dict[str, str]) -> None:
    host, project = environment["FIRESTORE_EMULATOR_HOST"], environment["GOOGLE_CLOUD_PROJECT"]
    url = f"http://{host}/emulator/v1/projects/{project}/databases/(default)/documents"
    urlopen(Request(url, method="DELETE")).close()


def test_a_copy_to_the_cloud_and_back_is_identical(
    tool: Tool, bucket: str, data: Path, tmp_path: Path
) -> None:
    assert tool("copy_campaigns", url(data), bucket) == [
        "autumn: copied, 1 videos, 0 objects, 0 bytes",
        "spring: copied, 3 videos, 12 objects, 117 bytes",
        "summer: copied, 1 videos, 4 objects, 39 bytes",
        "3 campaigns, of which 0 were left alone.",
    ]
    again = [f"{name}: up to date" for name in ("autumn", "spring", "summer")]
    again.append("3 campaigns, of which 0 were left alone.")
    assert tool("copy_campaigns", url(data), bucket) == again

    back = tmp_path / "back"
    tool("copy_campaigns", bucket, url(back))

    assert contents(back) == contents(data)
    assert tool("copy_campaigns", bucket, url(back)) == again


def test_a_database_that_is_lost_is_rebuilt_from_the_bucket(
    tool: Tool, bucket: str, data: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    tool("copy_campaigns", url(data), bucket)
    lose_database(environment)

    assert tool("rebuild_records") == [
        "autumn: rebuilt, 1 videos",
        "spring: rebuilt, 3 videos",
        "summer: rebuilt, 1 videos",
        "Campaigns: 3 read, 3 changed, 0 unreadable.",
    ]

    tool("copy_campaigns", bucket, url(tmp_path / "back"))
    assert contents(tmp_path / "back") == contents(data)
    assert CAMPAIGN_ID in "".join(tool("rebuild_records"))


def test_commits_that_a_data_folder_has_lost_are_rebuilt_from_its_json(
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
    (data / ".records.latest").unlink()

    said = tool("rebuild_records")

    assert "spring: rebuilt, 2 videos" in said
    with closing(LocalCampaignRepository(data)) as records:
        assert records.get_video("spring", remade.video_hash).is_current
    assert "spring: up to date" in tool("rebuild_records")


def test_an_unreadable_record_is_copied_to_the_cloud_and_back_unchanged(
    tool: Tool,
    data: Path,
    tmp_path: Path,
    ports: FakePorts,
    environment: dict[str, str],
) -> None:
    shown = next(each for each in ports.campaigns.videos.values() if each.is_current)
    (file,) = (data / "videos/cache/spring").glob(f"curr_{shown.video_hash}.json")
    fields = {**json.loads(file.read_text()), "schema_version": 2, "news": [1]}
    file.write_text(json.dumps(fields))
    write_record(data, f"spring/{shown.video_hash}", fields)

    said = tool("copy_campaigns", url(data), environment["STORAGE_URL"], lines_of_a_failure=True)
    back = tmp_path / "back"
    tool("copy_campaigns", environment["STORAGE_URL"], url(back), lines_of_a_failure=True)
    again = tool("copy_campaigns", environment["STORAGE_URL"], url(back), lines_of_a_failure=True)

    note = "; 1 unreadable records are copied unchanged"
    assert f"spring: copied, 2 videos, 12 objects, 117 bytes{note}" == said[1]
    assert f"spring: up to date{note}" == again[1]
    copied = contents(back)
    name = str(file.relative_to(data))
    assert json.loads(file.read_text()) == json.loads(copied.pop(name))
    expected = contents(data)
    expected.pop(name)
    assert copied == expected
    cloud = GooglePorts(read_settings(environment)).campaigns
    assert [shown.video_hash] == [
        each.video_hash for each in cloud.get_all_videos("spring").unreadable
    ]


@pytest.mark.parametrize(
    ("source", "target", "error"),
    [
        ("gs://one", "gs://another", "FROM or TO must be a folder"),
        ("file:data", "", "Name both installations"),
        ("file:data", "s3://bucket", "STORAGE_URL must be file:folder"),
        ("file:no-such-folder", "gs://one", "There is no folder"),
    ],
)
def test_a_wrong_argument_is_named(tool: Tool, source: str, target: str, error: str) -> None:
    said = tool("copy_campaigns", source, target, code=1)

    assert said[0].startswith(error)
