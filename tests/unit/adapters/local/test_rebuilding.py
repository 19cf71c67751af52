"""Records that are rebuilt from the JSON beside the videos, after the database was lost."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from shared.adapters.local.campaign_repository import LocalCampaignRepository
from shared.adapters.local.event_log import LocalEventLog
from shared.adapters.local.object_store import LocalObjectStore
from shared.adapters.record_mirror import ObjectStoreMirror
from shared.bootstrap.local_ports import LocalPorts
from shared.domain.campaign import Change
from shared.domain.errors import CampaignNotFoundError, VideoNotFoundError
from shared.domain.events import Event
from shared.domain.values import replace
from shared.domain.video import Phase, Video
from shared.ports.event_log import EventQuery
from shared.ports.video_generator import Submission
from shared.settings import Settings
from shared.use_cases.change_versions import delete_video, promote_video
from shared.use_cases.create_videos import Draft
from shared.use_cases.delete_campaign import delete_campaign
from shared.use_cases.maintain_campaigns import maintain_campaigns
from shared.use_cases.mirroring import mirror_campaign
from shared.use_cases.regenerate_videos import regenerate_video
from tests.fakes.ports import POLICY, FakePorts
from tests.unit.use_cases.scenes import deliver, pass_time, reserve, stored, wake

SPRING = Draft(prompt="A paper boat in rain")


class KilledError(BaseException):
    """What ends a process."""


def test_records_that_are_rebuilt_lead_to_no_second_submission(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also if the process ended while it submitted, before the tick wrote any JSON."""
    ports = FakePorts()
    ports.campaigns = LocalCampaignRepository(tmp_path)  # type: ignore[assignment]
    objects = LocalObjectStore(tmp_path, now=ports.now)
    ports.mirror = ObjectStoreMirror(objects, gap=timedelta(), now=ports.now)
    video = reserve(ports)
    submit_and_die(ports, video, monkeypatch)
    ports.campaigns.close()  # type: ignore[attr-defined]
    for file in tmp_path.glob(".records.db*"):
        file.unlink()

    ports.campaigns = LocalCampaignRepository(tmp_path)  # type: ignore[assignment]
    assert stored(ports, video).phase is Phase.SUBMITTING
    for _ in range(5):
        ports.clock.advance(timedelta(hours=6))
        wake(ports, video)

    assert len(ports.generator.submissions) == 1
    assert stored(ports, video).phase is not Phase.RESERVED


def ports_of(folder: Path) -> FakePorts:
    """The records and JSON of a data folder, as a process that starts on it has them."""
    ports = FakePorts(policy=replace(POLICY, daily_budget_usd=Decimal(90)))
    local = LocalPorts(Settings(storage_url=folder.as_uri()))
    ports.mirror = local.mirror
    ports.campaigns = local.campaigns  # type: ignore[assignment]
    return ports


def kept_database(ports: FakePorts, folder: Path) -> bytes:
    """Return a backup of the database, without its write-ahead log."""
    ports.campaigns.close()  # type: ignore[attr-defined]
    return (folder / ".records.db").read_bytes()


def roll_back(ports: FakePorts, folder: Path, former: bytes) -> None:
    ports.campaigns.close()  # type: ignore[attr-defined]
    for file in folder.glob(".records.db*"):
        file.unlink()
    (folder / ".records.db").write_bytes(former)


def submit_and_die(ports: FakePorts, video: Video, monkeypatch: pytest.MonkeyPatch) -> None:
    submit_to_generator = ports.generator.submit

    def submit(submission: Submission) -> object:
        submit_to_generator(submission)
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(ports.generator, "submit", submit)
        with pytest.raises(KilledError):
            wake(ports, video)


def finished(ports: FakePorts, video: Video) -> Video:
    for _ in range(4):
        deliver(ports)
        pass_time(ports)
        maintain_campaigns(ports)
    assert stored(ports, video).phase is Phase.DONE
    return stored(ports, video)


def events_of(ports: FakePorts) -> tuple[Event, ...]:
    assert isinstance(ports.campaigns, LocalCampaignRepository)
    return LocalEventLog(ports.campaigns.database).list(EventQuery())


def make(ports: FakePorts, campaign_id: str = "spring") -> Video:
    return finished(ports, reserve(ports, campaign_id=campaign_id, drafts=(SPRING,)))


def remake(ports: FakePorts, video: Video) -> Video:
    new = regenerate_video(ports, video.campaign_id, video.video_hash).video
    return finished(ports, new)


@pytest.fixture
def used(tmp_path: Path) -> FakePorts:
    """A folder with one finished video in campaign `winter`."""
    ports = ports_of(tmp_path)
    make(ports, campaign_id="winter")
    return ports


def test_a_submission_that_a_rolled_back_database_forgot_is_not_paid_again(
    used: FakePorts,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Neither its record nor that of its campaign is in the database, which is an old backup."""
    former = kept_database(used, tmp_path)
    paid = reserve(used, drafts=(SPRING,))
    submit_and_die(used, paid, monkeypatch)
    roll_back(used, tmp_path, former)

    again = ports_of(tmp_path)

    assert stored(again, paid).phase is Phase.SUBMITTING
    assert (
        stored(again, paid).cost.estimated == again.campaigns.get_campaign("spring").money.reserved
    )
    assert paid.id == reserve(again, drafts=(SPRING,)).id
    assert [each.message for each in caplog.records if "records" in each.message] == [
        "records.merged"
    ]
    day = again.campaigns.get_day(stored(again, paid).budget_day or date.min)
    assert day.committed >= paid.cost.estimated


def test_a_finished_video_that_a_rolled_back_database_forgot_is_not_paid_again(
    used: FakePorts, tmp_path: Path
) -> None:
    former = kept_database(used, tmp_path)
    paid = make(used)
    newest = used.campaigns.get_campaign("spring")
    ends = events_of(used)
    roll_back(used, tmp_path, former)

    again = ports_of(tmp_path)

    assert stored(again, paid) == paid
    assert events_of(again) == ends
    assert paid.id == reserve(again, drafts=(SPRING,)).id
    mirror_campaign(again.mirror, again.campaigns, "spring")
    assert again.campaigns.get_campaign("spring") == newest


def test_the_ends_that_a_lost_database_had_are_listed_again_in_their_order(
    used: FakePorts, tmp_path: Path
) -> None:
    """Not in the order of the campaigns."""
    paid = make(used)
    ends = events_of(used)
    kept_database(used, tmp_path)
    for file in tmp_path.glob(".records.*"):
        file.unlink()

    again = ports_of(tmp_path)

    assert stored(again, paid) == paid
    assert [event.campaign_id for event in ends] == ["winter", "spring"]
    assert events_of(again) == ends


def test_a_lost_database_does_not_give_a_day_its_budget_again(
    used: FakePorts, tmp_path: Path
) -> None:
    day = make(used).budget_day
    assert day
    held = used.campaigns.get_day(day).committed
    kept_database(used, tmp_path)
    for file in tmp_path.glob(".records.*"):
        file.unlink()

    again = ports_of(tmp_path)

    assert held > 0
    assert again.campaigns.get_day(day).committed == held


def test_promotions_and_deletions_after_a_backup_survive_the_rebuild(
    used: FakePorts, tmp_path: Path
) -> None:
    first = make(used)
    second = remake(used, first)
    former = kept_database(used, tmp_path)
    promote_video(used, "spring", first.video_hash)
    delete_video(used, "spring", second.video_hash)
    mirror_campaign(used.mirror, used.campaigns, "spring")
    newest = used.campaigns.get_campaign("spring")
    roll_back(used, tmp_path, former)

    again = ports_of(tmp_path)

    assert again.campaigns.get_campaign("spring").slots == newest.slots
    assert stored(again, first).is_current
    with pytest.raises(VideoNotFoundError):
        stored(again, second)


def test_a_campaign_that_was_deleted_after_a_backup_stays_deleted(
    used: FakePorts, tmp_path: Path
) -> None:
    """Its videos would come back without clips, or be submitted again."""
    make(used)
    former = kept_database(used, tmp_path)
    used.objects = LocalObjectStore(tmp_path, now=used.now)  # type: ignore[assignment]
    assert delete_campaign(used, "spring")
    roll_back(used, tmp_path, former)

    again = ports_of(tmp_path)

    with pytest.raises(CampaignNotFoundError):
        again.campaigns.get_campaign("spring")
    assert not again.campaigns.get_all_videos("spring").videos


def test_an_intact_folder_is_not_read_at_the_start(
    used: FakePorts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also after the campaign that changed last was deleted, and after a rebuild."""
    make(used)
    for action in ("nothing", "delete", "lose"):
        if action == "delete":
            used.campaigns.remove_campaign(used.campaigns.get_campaign("spring"))
        used.campaigns.close()  # type: ignore[attr-defined]
        if action == "lose":
            (tmp_path / ".records.db").unlink()
            ports_of(tmp_path)
        monkeypatch.setattr(ObjectStoreMirror, "read_campaigns", refuse_to_read)
        ports_of(tmp_path)


def refuse_to_read(_: object) -> None:
    raise AssertionError("The JSON was read.")


def test_a_merged_database_is_complete(used: FakePorts, tmp_path: Path) -> None:
    """Even if the JSON had nothing that it lacked."""
    make(used)
    former = kept_database(used, tmp_path)
    commit_without_json(used)
    roll_back(used, tmp_path, former)
    assert LocalCampaignRepository(tmp_path).database.has_lost_commits()

    ports_of(tmp_path)

    assert not LocalCampaignRepository(tmp_path).database.has_lost_commits()


def commit_without_json(ports: FakePorts) -> None:
    campaign = ports.campaigns.get_campaign("spring")
    ports.campaigns.commit(Change(campaign=replace(campaign, budget_usd=Decimal(5))))
