"""What the repository does that only a database in a folder can."""

import json
import logging
import os
import shutil
import sqlite3
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest

from shared.adapters.local import (
    record_connections,
    record_schema,
    record_statements,
    turn_repository,
)
from shared.adapters.local.campaign_repository import LocalCampaignRepository
from shared.domain.campaign import Change
from shared.domain.errors import (
    CampaignNotFoundError,
    ConflictError,
    StorageError,
    UnavailableError,
    VideoNotFoundError,
)
from shared.domain.money import Money
from shared.domain.slot import Slot, Version
from shared.domain.unreadable import Unreadable
from shared.domain.values import replace
from shared.domain.video import Phase, VersionState
from shared.ports.campaign_repository import ListPosition, SortOrder, VideoQuery
from tests.local_records import write_json
from tests.unit.adapters.local.processes import run_together
from tests.unit.domain.builders import NOW, SOON, a_campaign, a_reserved_video

HASH = f"{1:016x}"
FIRST_RELEASE = Path(__file__).with_name("first_release.json")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def repository(root: Path) -> LocalCampaignRepository:
    return LocalCampaignRepository(root)


@pytest.fixture
def stored(repository: LocalCampaignRepository, root: Path) -> Change:
    """The campaign `spring` with one video, and their JSON."""
    video = a_reserved_video(1)
    slots = (Slot(index=0, pending=Version.of(video)),)
    campaign = replace(a_campaign(), slots=slots, money=Money(reserved=video.cost.estimated))
    change = repository.commit(Change(campaign=campaign, videos=(video,)))
    write_json(root)
    return change


def database(root: Path) -> Path:
    return root / ".records.db"


def test_reading_creates_no_file(repository: LocalCampaignRepository, root: Path) -> None:
    repository.list_videos(VideoQuery())
    repository.due(SOON, limit=9)
    with pytest.raises(CampaignNotFoundError):
        repository.get_campaign("spring")
    with pytest.raises(VideoNotFoundError):
        repository.get_video("spring", HASH)

    assert not root.exists()


@pytest.mark.usefixtures("stored")
def test_an_unchanged_record_is_decoded_once(repository: LocalCampaignRepository) -> None:
    first = repository.get_video("spring", HASH)

    assert repository.get_video("spring", HASH) is first
    assert repository.list_videos(VideoQuery()).videos[0] is first


# Queries.


def queries() -> Iterator[tuple[str, list[object]]]:
    """Yield each statement that reads records."""
    position = ListPosition(created_at=NOW, campaign_id="spring", video_hash=HASH)
    for campaign_id, tag, state, status, order, after in product(
        (None, "spring"),
        (None, "launch"),
        (None, VersionState.CURRENT),
        (None, "completed"),
        SortOrder,
        (None, position),
    ):
        query = VideoQuery(
            campaign_id=campaign_id,
            tag=tag,
            version_state=state,
            status=status,
            order=order,
            after=after,
        )
        yield record_statements.list_of(query)
    for module in (record_statements, turn_repository):
        for name, statement in vars(module).items():
            is_part = module is record_statements and name[0] == "_"
            if isinstance(statement, str) and statement.startswith("SELECT") and not is_part:
                yield statement, [""] * statement.count("?")


@pytest.mark.usefixtures("stored")
def test_every_query_is_answered_by_an_index_and_in_its_order(
    repository: LocalCampaignRepository,
) -> None:
    with repository._database.reading() as connection:
        for statement, values in queries():
            plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
            steps = [step[3] for step in plan if "json_each" not in step[3]]
            assert steps
            assert not [step for step in steps if "TEMP B-TREE" in step], statement
            assert not [
                step for step in steps if step.startswith("SCAN") and "INDEX" not in step
            ], statement


def fill(root: Path, videos: int) -> LocalCampaignRepository:
    """Store so many videos, four in a campaign, of which few wait."""
    repository = LocalCampaignRepository(root)
    for first in range(0, videos, 4):
        campaign_id = f"c{first}"
        repository.commit(
            Change(
                campaign=a_campaign(campaign_id),
                videos=tuple(
                    a_reserved_video(
                        number,
                        campaign_id=campaign_id,
                        created_at=NOW + timedelta(seconds=number),
                        phase=Phase.DONE,
                        version_state=VersionState.CURRENT,
                        due_at=SOON if number < 4 else None,
                    )
                    for number in range(first, first + 4)
                ),
            )
        )
    return repository


def steps_of(repository: LocalCampaignRepository, look: Callable[[], object]) -> int:
    """Return how many instructions SQLite needs for what `look` asks."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    with repository._database.reading() as connection:
        connection.set_progress_handler(count, 1)
    look()
    with repository._database.reading() as connection:
        connection.set_progress_handler(None, 1)
    return steps


def test_the_cost_of_a_list_and_of_the_tick_does_not_grow_with_the_videos(tmp_path: Path) -> None:
    few, many = fill(tmp_path / "few", 40), fill(tmp_path / "many", 800)
    looks: list[Callable[[LocalCampaignRepository], object]] = [
        lambda repository: repository.list_videos(VideoQuery(limit=20)),
        lambda repository: repository.list_videos(VideoQuery(campaign_id="c0", limit=20)),
        lambda repository: repository.list_videos(VideoQuery(status="completed", limit=20)),
        lambda repository: repository.list_videos(VideoQuery(version_state=VersionState.CURRENT)),
        lambda repository: repository.list_campaigns(after=None, limit=5),
        lambda repository: repository.due(SOON, limit=200),
        lambda repository: repository.get_video("c0", HASH),
    ]

    for look in looks:
        few_steps = steps_of(few, lambda look=look: look(few))  # type: ignore[misc]
        assert few_steps > 5
        assert steps_of(many, lambda look=look: look(many)) <= few_steps * 1.25  # type: ignore[misc]


# A database that is missing, damaged or replaced.


@pytest.mark.usefixtures("stored")
def test_a_folder_without_the_database_is_rebuilt_from_its_json(
    repository: LocalCampaignRepository,
    root: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """As after an `rsync` of a bucket: only what is under `videos/` counts."""
    shutil.copytree(root / "videos", tmp_path / "copy/videos", copy_function=shutil.copyfile)

    copy = LocalCampaignRepository(tmp_path / "copy")

    assert copy.get_campaign("spring") == repository.get_campaign("spring")
    assert copy.list_videos(VideoQuery()) == repository.list_videos(VideoQuery())
    (record,) = caplog.records
    assert (record.message, vars(record)["campaigns"]) == ("records.rebuilt", 1)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:5000])


def overwrite(file: Path) -> None:
    file.write_bytes(b"no database" * 999)


def empty(file: Path) -> None:
    file.write_bytes(b"")


@pytest.mark.parametrize("damage", [cut, overwrite, empty])
def test_a_damaged_database_is_kept_aside_and_rebuilt_at_start(
    repository: LocalCampaignRepository,
    root: Path,
    stored: Change,
    damage: Callable[[Path], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    repository.close()
    damage(database(root))
    content = database(root).read_bytes()

    assert LocalCampaignRepository(root).get_video("spring", HASH) == stored.videos[0]

    (record,) = caplog.records
    aside = vars(record)["former_file"]
    assert (root / aside).read_bytes() == content
    assert record.levelno == logging.WARNING


def test_damage_found_after_the_start_is_reported_and_repaired_at_the_next_use(
    repository: LocalCampaignRepository, root: Path, stored: Change
) -> None:
    repository.close()
    with closing(sqlite3.connect(database(root))) as connection:
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'videos'"
        (page,) = connection.execute(query).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with database(root).open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)

    with pytest.raises(UnavailableError, match=r"is damaged\. The next request rebuilds it"):
        repository.get_video("spring", HASH)
    assert repository.get_video("spring", HASH) == stored.videos[0]


def look_at_spring(root: Path) -> None:
    LocalCampaignRepository(root).get_campaign("spring")


@pytest.mark.usefixtures("stored")
def test_processes_that_start_at_once_rebuild_once(
    repository: LocalCampaignRepository, root: Path
) -> None:
    repository.close()
    overwrite(database(root))

    run_together(look_at_spring, *((root,) for _ in range(4)))

    assert len(list(root.glob(".records.former-*"))) == 1
    assert not list(root.glob(".records.new*"))


@pytest.mark.usefixtures("stored")
def test_a_folder_that_is_removed_while_it_is_used_is_empty_and_can_be_used(
    repository: LocalCampaignRepository, root: Path
) -> None:
    shutil.rmtree(root)

    with pytest.raises(CampaignNotFoundError):
        repository.get_campaign("spring")
    repository.commit(Change(campaign=a_campaign("summer")))
    assert LocalCampaignRepository(root).get_campaign("summer").campaign_id == "summer"


def test_a_database_file_that_is_replaced_is_opened_at_once(
    repository: LocalCampaignRepository, root: Path, stored: Change
) -> None:
    other = LocalCampaignRepository(root.with_name("other"))
    other.commit(Change(campaign=a_campaign("summer")))
    other.close()
    repository.close()
    database(root.with_name("other")).replace(database(root))

    assert repository.get_campaign("summer").campaign_id == "summer"
    with pytest.raises(ConflictError):
        repository.commit(Change(campaign=stored.campaign))


def edit(file: Path, **changes: object) -> None:
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))


def remove_database(repository: LocalCampaignRepository, root: Path) -> None:
    repository.close()
    for file in root.glob(".records.db*"):
        file.unlink()


@pytest.mark.usefixtures("stored")
def test_edited_files_decide_once_the_database_was_removed(
    repository: LocalCampaignRepository, root: Path
) -> None:
    edit(root / f"videos/cache/spring/{HASH}.json", prompt="Edited.")
    before = repository.get_video("spring", HASH).prompt

    remove_database(repository, root)

    assert (before, repository.get_video("spring", HASH).prompt) == ("Prompt 1.", "Edited.")


@pytest.mark.usefixtures("stored")
def test_an_unreadable_file_is_rebuilt_as_an_unreadable_record(
    repository: LocalCampaignRepository, root: Path
) -> None:
    edit(root / "videos/cache/spring/campaign.json", schema_version=2)
    (root / f"videos/cache/spring/{9:016x}.json").write_text("{")

    remove_database(repository, root)

    (campaign,) = repository.list_campaigns(after=None, limit=9)
    assert isinstance(campaign, Unreadable)
    assert campaign.is_newer
    page = repository.get_all_videos("spring")
    assert (
        [each.video_hash for each in page.videos],
        [each.video_hash for each in page.unreadable],
    ) == ([HASH], [f"{9:016x}"])


@pytest.mark.parametrize("is_current", [False, True])
def test_of_two_files_of_one_video_the_one_that_matches_its_slot_is_rebuilt(
    repository: LocalCampaignRepository, root: Path, *, is_current: bool
) -> None:
    video = a_reserved_video(1)
    slot = Slot(index=0, current=Version.of(video) if is_current else None)
    repository.commit(Change(campaign=replace(a_campaign(), slots=(slot,)), videos=(video,)))
    write_json(root)
    folder = root / "videos/cache/spring"
    shutil.copy(folder / f"{HASH}.json", folder / f"curr_{HASH}.json")
    edit(folder / f"curr_{HASH}.json", prompt="Under the name of a current one.")

    remove_database(repository, root)

    found = repository.get_video("spring", HASH).prompt
    assert is_current == (found == "Under the name of a current one.")


# What a person or another process does.


@pytest.mark.usefixtures("stored")
def test_a_database_of_a_newer_release_is_left_alone(root: Path) -> None:
    with closing(sqlite3.connect(database(root))) as connection:
        connection.execute(f"PRAGMA user_version = {record_schema.SCHEMA_VERSION + 1}")

    with pytest.raises(StorageError, match="newer Showreel"):
        LocalCampaignRepository(root).get_campaign("spring")


@pytest.mark.usefixtures("stored")
def test_a_symbolic_link_as_the_database_is_not_followed(
    repository: LocalCampaignRepository, root: Path, tmp_path: Path
) -> None:
    repository.close()
    database(root).rename(tmp_path / "outside.db")
    database(root).symlink_to(tmp_path / "outside.db")

    with pytest.raises(StorageError, match=r"^\.records\.db in the data folder is not a file"):
        LocalCampaignRepository(root).get_campaign("spring")


def test_a_directory_as_the_database_is_named(root: Path) -> None:
    database(root).mkdir(parents=True)

    with pytest.raises(StorageError, match=r"^\.records\.db in the data folder is not a file"):
        LocalCampaignRepository(root).get_campaign("spring")


def test_a_database_that_is_busy_for_long_says_so(
    repository: LocalCampaignRepository,
    root: Path,
    stored: Change,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(record_connections, "BUSY_SECONDS", 0.05)
    waiting = LocalCampaignRepository(root)
    with closing(sqlite3.connect(database(root), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(UnavailableError, match="busy"):
            waiting.commit_video(stored.videos[0])
        assert waiting.get_video("spring", HASH) == stored.videos[0]

    waiting.commit_video(stored.videos[0])


def forked(use: Callable[[], None]) -> int:
    """Return the id of a child that ends after `use`, with 0 unless that raised an error.

    A child that raised it would go on with the other tests.
    """
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        use()
        status = 0
    finally:
        traceback.print_exc()
        os._exit(status)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="There is no fork.")
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_forked_process_opens_a_connection_of_its_own(
    repository: LocalCampaignRepository, stored: Change
) -> None:
    with repository._database.reading() as kept:
        pass

    def use() -> None:
        with repository._database.reading() as connection:
            assert connection is not kept
        video = repository.get_video("spring", HASH)
        repository.commit_video(replace(video, prompt="Written by the child."))

    assert os.waitpid(forked(use), 0)[1] == 0
    assert repository.get_video("spring", HASH).prompt == "Written by the child."


@pytest.mark.skipif(not hasattr(os, "fork"), reason="There is no fork.")
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
@pytest.mark.usefixtures("stored")
def test_a_forked_process_loses_no_commit_when_its_parent_closes_the_database(
    repository: LocalCampaignRepository, root: Path
) -> None:
    """The last one to close the file removes the write-ahead log: the child must hold its lock."""
    repository.get_video("spring", HASH)
    first, closed = os.pipe(), os.pipe()

    def use() -> None:
        own = LocalCampaignRepository(root)
        video = own.commit_video(replace(own.get_video("spring", HASH), prompt="First."))
        os.write(first[1], b".")
        os.read(closed[0], 1)
        own.commit_video(replace(video, prompt="Second."))

    child = forked(use)
    os.close(first[1])
    os.read(first[0], 1)
    repository.close()
    os.write(closed[1], b".")

    assert os.waitpid(child, 0)[1] == 0
    assert LocalCampaignRepository(root).get_video("spring", HASH).prompt == "Second."


@pytest.mark.parametrize("name", ["../spring", "../../../outside", "a/b", "..", ""])
def test_no_name_leads_out_of_the_folder(
    repository: LocalCampaignRepository, root: Path, stored: Change, name: str
) -> None:
    before = sorted(root.parent.rglob("*.json"))
    video = replace(stored.videos[0], revision="")
    writes: tuple[Callable[[], object], ...] = (
        lambda: repository.commit(Change(campaign=a_campaign(name))),
        lambda: repository.commit_video(replace(video, campaign_id=name)),
        lambda: repository.commit_video(replace(video, video_hash=name)),
    )

    for write in writes:
        with pytest.raises(StorageError, match="Invalid object name"):
            write()

    assert sorted(root.parent.rglob("*.json")) == before
    assert len(repository.list_campaigns(after=None, limit=9)) == 1


def test_a_commit_is_complete_or_absent_wherever_a_power_loss_cuts_the_log(
    repository: LocalCampaignRepository, root: Path, tmp_path: Path, stored: Change
) -> None:
    """The write-ahead log is written from its beginning to its end."""
    changed = replace(stored.videos[0], prompt="Changed.")
    before = database(root).with_name(".records.db-wal").stat().st_size
    repository.commit(Change(campaign=stored.campaign, videos=(changed, a_reserved_video(2))))
    log = database(root).with_name(".records.db-wal").read_bytes()
    assert len(log) > before

    outcomes = []
    for end in (*range(before, len(log), 1024), len(log)):
        copy = tmp_path / f"cut-{end}"
        copy.mkdir()
        shutil.copyfile(database(root), database(copy))
        database(copy).with_name(".records.db-wal").write_bytes(log[:end])
        page = LocalCampaignRepository(copy).list_videos(VideoQuery())
        outcomes.append(sorted(video.prompt for video in page.videos))

    old, new = ["Prompt 1."], ["Changed.", "Prompt 2."]
    assert [old] * (len(outcomes) - 1) + [new] == outcomes


# A folder of the first release, in which JSON files were the records.


@pytest.fixture
def first_release(root: Path) -> Path:
    """As that release left it when it was killed while it made a reservation.

    Its campaigns are `spring` and `autumn`; `winter` was deleted, and 1.60 USD were spent on it.
    """
    for path, content in json.loads(FIRST_RELEASE.read_text()).items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    assert (root / "videos/cache/spring/.journal").exists()
    assert (root / "videos/budget/.promise").exists()
    return root


def test_a_folder_of_the_first_release_is_taken_over_without_loss(first_release: Path) -> None:
    repository = LocalCampaignRepository(first_release)

    videos = repository.list_videos(VideoQuery(order=SortOrder.ASCENDING)).videos
    assert [(each.campaign_id, each.prompt, each.phase, each.version_state) for each in videos] == [
        ("spring", "A red kite over dunes", Phase.DONE, VersionState.HISTORICAL),
        ("spring", "A paper boat in rain", Phase.DONE, VersionState.CURRENT),
        ("spring", "A red kite over dunes", Phase.DONE, VersionState.CURRENT),
        ("autumn", "A kettle on a stove", Phase.DONE, VersionState.CURRENT),
        ("autumn", "A tram at night", Phase.GENERATING, VersionState.PENDING),
        ("spring", "A lighthouse in fog", Phase.RESERVED, VersionState.PENDING),
    ]
    spring, autumn = (repository.get_campaign(name).money for name in ("spring", "autumn"))
    assert (spring.spent, spring.reserved) == (Decimal("4.80"), Decimal("1.60"))
    assert (autumn.spent, autumn.reserved) == (Decimal("1.60"), Decimal("1.60"))
    assert repository.get_day(date(2026, 11, 28)).committed == Decimal("11.20")
    assert {work.video_hash for work in repository.due(NOW + timedelta(days=99), limit=9)} == {
        "fb2751e7547fec65",
        "76030cad60c0d43f",
    }
    assert not list(first_release.rglob(".journal"))
    assert not (first_release / "videos/budget").exists()


def test_a_partly_applied_journal_is_completed(first_release: Path) -> None:
    """Its shares were placed and the promise is gone: they are not placed again."""
    share = first_release / "videos/budget/2026-11-28.5.json"
    share.write_text(share.read_text().replace('"1.60"', '"4.80"'))
    (first_release / "videos/budget/.promise").unlink()

    repository = LocalCampaignRepository(first_release)

    assert repository.get_day(date(2026, 11, 28)).committed == Decimal("12.80")
    assert len(repository.get_all_videos("spring").videos) == 4


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        '{"written": {"../autumn/campaign.json": "{}"}, "removed": []}',
        '{"written": {}, "removed": ["../autumn/campaign.json"]}',
        '{"written": {"campaign.json": 1}, "removed": []}',
        '{"written": {}, "removed": [], "shares": {"../cache/autumn/campaign.json": "{}"}}',
    ],
)
def test_a_damaged_journal_is_named_and_not_applied(first_release: Path, content: str) -> None:
    (first_release / "videos/cache/spring/.journal").write_text(content)
    before = sorted(first_release.rglob("*.json"))

    with pytest.raises(StorageError, match=r"^videos/cache/spring/.journal is damaged"):
        LocalCampaignRepository(first_release).get_campaign("spring")

    assert sorted(first_release.rglob("*.json")) == before
    assert not database(first_release).exists()
