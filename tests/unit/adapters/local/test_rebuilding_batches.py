"""Batches whose records are rebuilt from what is stored beside their files."""

from datetime import timedelta
from pathlib import Path

import pytest

from shared.adapters.local.batch_repository import LocalBatchRepository
from shared.adapters.local.campaign_repository import LocalCampaignRepository
from shared.adapters.local.object_store import LocalObjectStore
from shared.adapters.record_mirror import ObjectStoreMirror
from shared.ports.campaign_repository import VideoQuery
from shared.use_cases import run_batch as run_batch_module
from shared.use_cases.cancel_batch import cancel_batch
from shared.use_cases.change_versions import delete_video
from shared.use_cases.maintain_campaigns import maintain_campaigns
from tests.fakes.ports import FakeClock, FakePorts
from tests.unit.use_cases.batches import BATCH_ID, create, lines, outcomes, results, run
from tests.unit.use_cases.watching import Hooks, watched


def local_ports(folder: Path, clock: FakeClock) -> FakePorts:
    """Return ports whose records, files and JSON are in one folder."""
    ports = FakePorts(clock=clock)
    objects = LocalObjectStore(folder, now=clock)
    campaigns = LocalCampaignRepository(folder)
    ports.objects = ports.json = objects  # type: ignore[assignment]
    ports.campaigns = campaigns  # type: ignore[assignment]
    ports.batches = LocalBatchRepository(campaigns)  # type: ignore[assignment]
    ports.mirror = ObjectStoreMirror(objects, gap=timedelta(), now=clock)
    return ports


def without_database(folder: Path, ports: FakePorts) -> FakePorts:
    """Lose the database, and return ports that rebuild it."""
    ports.campaigns.close()  # type: ignore[attr-defined]
    for file in folder.glob(".records.db*"):
        file.unlink()
    return local_ports(folder, ports.clock)


def made_prompts(ports: FakePorts) -> list[str]:
    page = ports.campaigns.list_videos(VideoQuery(limit=100))
    return sorted(video.prompt for video in page.videos)


@pytest.fixture
def begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakePorts:
    """A folder with a batch of six lines, of which the first are carried out."""
    monkeypatch.setattr(run_batch_module, "_AT_ONCE", 2)
    ports = local_ports(tmp_path, FakeClock())
    create(ports, lines(6))
    slow = Hooks(before_effect=lambda: ports.clock.advance(timedelta(seconds=8)))
    run(ports, watched(ports, slow))
    assert 0 < ports.batches.get(BATCH_ID).next_line < 6
    return ports


def mirror(ports: FakePorts) -> None:
    ports.clock.advance(timedelta(minutes=2))
    maintain_campaigns(ports)


def assert_made_once(ports: FakePorts) -> None:
    """Each line, whether before or after the rebuild."""
    batch = ports.batches.get(BATCH_ID)
    assert (batch.next_line, batch.created, batch.refused) == (6, 6, 0)
    assert [each.line for each in results(ports)] == list(range(1, 7))


def test_a_rebuilt_batch_goes_on_and_makes_no_deleted_video_again(
    begun: FakePorts, tmp_path: Path
) -> None:
    done = begun.batches.get(BATCH_ID).next_line
    mirror(begun)
    (video,) = begun.campaigns.get_all_videos("c0").videos
    delete_video(begun, "c0", video.video_hash)
    mirror(begun)
    totals = begun.batches.totals(BATCH_ID)

    ports = without_database(tmp_path, begun)
    assert ports.batches.totals(BATCH_ID) == totals
    assert ports.batches.get(BATCH_ID).next_line == done
    run(ports)

    assert made_prompts(ports) == [f"Kite {number}" for number in range(1, 6)]
    assert_made_once(ports)


def test_a_rebuilt_batch_whose_videos_are_lost_begins_again(
    begun: FakePorts, tmp_path: Path
) -> None:
    """The tick finds it: it is due."""
    ports = without_database(tmp_path, begun)

    assert ports.batches.totals(BATCH_ID) == {}
    assert ports.batches.get(BATCH_ID).next_line == 0
    assert ports.batches.due(ports.now() + timedelta(days=9999), limit=1) == (BATCH_ID,)
    run(ports)
    assert made_prompts(ports) == [f"Kite {number}" for number in range(6)]
    assert_made_once(ports)


def test_a_cancelled_batch_stays_cancelled_when_it_is_rebuilt(tmp_path: Path) -> None:
    ports = local_ports(tmp_path, FakeClock())
    create(ports, lines(3))
    cancel_batch(ports, BATCH_ID)

    ports = without_database(tmp_path, ports)
    run(ports)

    assert made_prompts(ports) == []
    assert outcomes(ports) == ["cancelled"] * 3


def test_a_batch_may_be_the_first_record_of_a_folder(tmp_path: Path) -> None:
    """Its file is stored before its record, and so the new database is built with it."""
    ports = local_ports(tmp_path, FakeClock())

    _, is_new = create(ports, lines(2))

    assert is_new
    assert ports.queue.batches == [BATCH_ID]
    run(ports)
    assert made_prompts(ports) == ["Kite 0", "Kite 1"]
