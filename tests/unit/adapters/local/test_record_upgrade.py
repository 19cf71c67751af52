"""A database of an earlier schema is upgraded in place, and nothing is forgotten."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from multiprocessing.pool import ThreadPool
from pathlib import Path

import pytest

from shared.adapters.local.campaign_repository import LocalCampaignRepository
from shared.adapters.local.event_log import LocalEventLog
from shared.adapters.local.experiment_repository import LocalExperimentRepository
from shared.adapters.local.record_schema import UPGRADES
from shared.adapters.local.review_repository import LocalReviewRepository
from shared.adapters.local.turn_repository import LocalTurnRepository
from shared.adapters.local.webhook_repository import LocalWebhookRepository
from shared.domain.campaign import Campaign, Change
from shared.domain.errors import StorageError
from shared.domain.money import Savings
from shared.domain.pacing import Pace
from shared.domain.search import CampaignStatus
from shared.domain.slot import Slot, Version
from shared.domain.values import replace
from shared.domain.video import Lane
from shared.ports.campaign_repository import CampaignPosition, CampaignQuery
from shared.ports.event_log import EventQuery
from tests.contract.campaign_list_contract import found
from tests.contract.event_log_contract import a_warning
from tests.contract.experiment_contract import an_experiment
from tests.contract.queue_contract import a_waiting_video
from tests.contract.review_contract import a_review
from tests.contract.webhook_repository_contract import a_delivery, a_webhook
from tests.unit.domain.builders import MODEL, NOW, a_campaign, a_generating_video, a_reserved_video

LATER = NOW + timedelta(microseconds=1)
FROM_8_TO_7 = """
DROP INDEX videos_unreadable;
ALTER TABLE videos DROP COLUMN unreadable;
PRAGMA user_version = 7;
"""
FROM_7_TO_6 = "DROP TABLE reviews; PRAGMA user_version = 6;"
FROM_6_TO_5 = "DROP TABLE experiments; PRAGMA user_version = 5;"
FROM_5_TO_4 = """
DROP INDEX campaigns_found;
ALTER TABLE campaigns DROP COLUMN updated_at;
ALTER TABLE campaigns DROP COLUMN found_by;
PRAGMA user_version = 4;
"""
FROM_4_TO_3 = """
DROP INDEX events_untold;
ALTER TABLE events DROP COLUMN untold;
DROP TABLE webhooks;
DROP TABLE deliveries;
PRAGMA user_version = 3;
"""
FROM_3_TO_2 = "DROP TABLE events; PRAGMA user_version = 2;"
FROM_2_TO_1 = """
DROP INDEX videos_waiting;
DROP TABLE paces;
DROP TABLE last_commit;
DROP TABLE batches;
DROP TABLE batch_videos;
ALTER TABLE videos DROP COLUMN model;
ALTER TABLE videos DROP COLUMN lane;
ALTER TABLE videos DROP COLUMN queue_order;
PRAGMA user_version = 1;
"""


def a_busy_campaign() -> Campaign:
    pending = Slot(index=0, pending=Version.of(a_reserved_video(1)))
    return replace(a_campaign(), slots=(pending,))


@pytest.fixture(params=[7, 6, 5, 4, 3, 2, 1])
def former(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A data folder as an earlier release left it, with the schema of `request.param`."""
    data = tmp_path / "data"
    with closing(LocalCampaignRepository(data)) as repository:
        videos = (a_reserved_video(1), a_generating_video(2))
        repository.commit(Change(campaign=a_busy_campaign(), videos=videos))
        repository.commit(Change(campaign=replace(a_campaign("winter-roast"), updated_at=LATER)))
        repository.commit(Change(campaign=a_campaign("torn")))
        repository.add_savings("spring", Decimal("3.20"), 1)
    with closing(sqlite3.connect(data / ".records.db")) as connection:
        scripts = (
            *(FROM_8_TO_7, FROM_7_TO_6, FROM_6_TO_5, FROM_5_TO_4),
            *(FROM_4_TO_3, FROM_3_TO_2, FROM_2_TO_1),
        )
        for script in scripts[: 8 - request.param]:
            connection.executescript(script)
    return data


def test_every_record_and_what_was_saved_is_kept(
    former: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"), closing(LocalCampaignRepository(former)) as repository:
        campaign = repository.get_campaign("spring")
        page = repository.get_all_videos("spring")

        assert campaign.savings == Savings(amount=Decimal("3.20"), hits=1)
        assert len(page.videos) == 2
        repository.commit_video(replace(page.videos[0], cancel_requested=True))
        turns = LocalTurnRepository(repository.database)
        turns.commit_pace(Pace(model=MODEL))
        repository.commit(Change(campaign=campaign, videos=(a_waiting_video(3),)))
        webhooks = LocalWebhookRepository(repository, days=30)
        webhooks.commit(webhooks.get().having(a_webhook(), str), events=[a_warning(1)])
        webhooks.add_deliveries([a_delivery(1)])
        LocalExperimentRepository(repository.database).commit(an_experiment())
        LocalReviewRepository(repository).commit(a_review())
        assert LocalEventLog(repository.database).list(EventQuery()) == (a_warning(1),)
        assert [video.index for video in turns.waiting(MODEL, Lane.BULK, limit=9)] == [0]

    assert [each.message for each in caplog.records if each.message.startswith("records.")] == [
        "records.upgraded"
    ]
    assert not list(former.glob(".records.former-*"))


def test_every_campaign_is_found(former: Path) -> None:
    with closing(sqlite3.connect(former / ".records.db")) as connection:
        connection.execute("UPDATE campaigns SET record = x'00' WHERE campaign_id = 'torn'")
        connection.commit()

    with closing(LocalCampaignRepository(former)) as repository:
        assert found(repository) == ["winter-roast", "spring"]
        assert found(repository, words=("roast",)) == ["winter-roast"]
        assert found(repository, status=CampaignStatus.PENDING) == ["spring"]
        first = repository.get_campaign("winter-roast")
        rest = repository.find_campaigns(CampaignQuery(after=CampaignPosition.of(first)))
        assert [each.campaign_id for each in rest] == ["spring"]


def test_processes_that_start_at_once_upgrade_it_once(former: Path) -> None:
    repositories = [LocalCampaignRepository(former) for _ in range(8)]

    with ThreadPool(8) as pool:
        found = pool.map(lambda each: each.get_campaign("spring"), repositories)

    assert len(found) == 8
    for repository in repositories:
        repository.close()


def test_an_upgrade_that_is_cut_off_is_done_again(
    former: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as fault:
        half = {version: f"{each} CREATE TABLE videos (id);" for version, each in UPGRADES.items()}
        fault.setattr("shared.adapters.local.record_connections.UPGRADES", half)
        with closing(LocalCampaignRepository(former)) as repository, pytest.raises(StorageError):
            repository.get_campaign("spring")

    with closing(LocalCampaignRepository(former)) as repository:
        assert repository.get_campaign("spring").savings.hits == 1
