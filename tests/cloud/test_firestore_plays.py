"""What a beacon costs in Firestore, and what becomes of it where many arrive at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from time import monotonic

import grpc  # type: ignore[import-untyped]
import pytest

from shared.adapters.google import play_repository
from shared.adapters.google.firestore_documents import FirestoreDocuments
from shared.adapters.google.play_repository import FirestorePlayRepository
from shared.domain.errors import UnavailableError
from shared.domain.play_tokens import PlayToken
from shared.domain.plays import SLICES, Beacon, Counts, CountsKey, View, merge
from shared.domain.schedule import EXPOSURE_LAST_RETRY, EXPOSURE_TRY
from shared.domain.values import replace
from tests.cloud.denial import STALL, answering
from tests.cloud.firestore_door import COMMIT, GET, Call, Door, Fault
from tools.infra_costs import BEACONS, PLAYS

VIDEO = "video_spring.0123456789abcdef"
NOW = datetime(2026, 11, 7, 12, 30, tzinfo=UTC)
ALWAYS = (date.min, date.max)
VIEWERS = 20
ARM = CountsKey(video_id=VIDEO, experiment_id="exp_spring.1", arm=1, day=NOW.date())
# What the machine itself may take.
SLACK = 1.5

ABORTED = Fault(method=COMMIT, code=grpc.StatusCode.ABORTED, details="Too much contention.")
LOST = Fault(method=COMMIT, code=grpc.StatusCode.UNAVAILABLE, is_lost=True)


@pytest.fixture
def documents(firestore_host: str, project: str, door: Door) -> FirestoreDocuments:
    return FirestoreDocuments(project=project, database="showreel-plays")


@pytest.fixture
def plays(documents: FirestoreDocuments) -> FirestorePlayRepository:
    return FirestorePlayRepository(documents)


def a_token() -> PlayToken:
    tomorrow = NOW + timedelta(days=1)
    return PlayToken(video_id=VIDEO, duration_ms=8000, issued_at=NOW, expires_at=tomorrow)


def report(
    plays: FirestorePlayRepository, number: int = 0, *, played_ms: int = 8000, bins: int = 2**32 - 1
) -> None:
    """Merge a beacon of a view, by default of one that was watched to its end."""
    view_id = f"{number:032x}"
    beacon = Beacon(view=view_id, seq=0, token="", played_ms=played_ms, bins=bins)

    def change(view: View | None) -> View:
        return merge(view, beacon, a_token(), NOW + timedelta(seconds=60))

    plays.merge_view(view_id, change)


def counted(plays: FirestorePlayRepository) -> Counts:
    return counted_of(plays, CountsKey(video_id=VIDEO, day=NOW.date()))


def counted_of(plays: FirestorePlayRepository, expected: CountsKey) -> Counts:
    ((key, counts),) = plays.counts_of_video(VIDEO, *ALWAYS)
    assert key == expected
    return counts


def test_a_beacon_costs_one_read_and_two_writes_as_the_costs_say(
    plays: FirestorePlayRepository, door: Door
) -> None:
    report(plays, played_ms=1000, bins=1)
    report(plays)

    once = [Call(method=GET, documents=1), Call(method=COMMIT, documents=2)]
    assert door.calls == once * BEACONS
    uses = {use.what: use for use in PLAYS["Firestore"]}
    assert uses["document read"].each_video == str(door.count(GET))
    written = sum(call.documents for call in door.calls if call.method == COMMIT)
    assert uses["document written"].each_video == str(written)
    assert sum(use.cost(1_000_000) for use in uses.values()) <= Decimal(5)


def test_a_beacon_that_says_nothing_new_changes_no_counts(
    plays: FirestorePlayRepository, door: Door
) -> None:
    report(plays)
    door.calls.clear()

    report(plays)

    assert door.calls == [Call(method=GET, documents=1), Call(method=COMMIT, documents=1)]
    assert counted(plays).plays == 1


def test_beacons_of_many_viewers_at_once_are_all_counted(
    plays: FirestorePlayRepository, door: Door
) -> None:
    """A third of the commits finds its counter contended, the first of them several times."""
    door.fail(*[ABORTED] * VIEWERS)

    with ThreadPoolExecutor(VIEWERS) as viewers:
        list(viewers.map(lambda number: report(plays, number), range(VIEWERS)))

    found = counted(plays)
    assert (found.plays, found.q100, found.played_ms) == (VIEWERS, VIEWERS, VIEWERS * 8000)
    assert found.bins == (VIEWERS,) * SLICES
    assert door.count(COMMIT) == 2 * VIEWERS


def test_beacons_of_one_view_at_once_are_merged(plays: FirestorePlayRepository) -> None:
    """Each says another slice, so that a lost one would show."""
    with ThreadPoolExecutor(8) as pages:
        list(pages.map(lambda slice_: report(plays, bins=1 << slice_), range(8)))

    assert counted(plays).bins == (1,) * 8 + (0,) * 24
    assert (counted(plays).plays, counted(plays).q25) == (1, 1)


def test_a_contended_counter_spreads_and_is_read_as_one(
    plays: FirestorePlayRepository,
    documents: FirestoreDocuments,
    door: Door,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(play_repository, "randbelow", lambda parts: parts - 1)
    report(plays, 1)
    door.fail(ABORTED)
    report(plays, 2)

    names = [each.id for each in documents.client.collection("play_counts").stream()]
    assert names == [f"{VIDEO}~2026-11-07~~", f"{VIDEO}~2026-11-07~~~7"]
    assert counted(plays).plays == 2
    plays.delete_campaign("spring")
    assert plays.counts_of_campaign("spring", *ALWAYS) == []


def test_a_commit_whose_answer_is_lost_counts_once(
    plays: FirestorePlayRepository, door: Door
) -> None:
    door.fail(LOST)

    report(plays)

    assert counted(plays) == replace(counted(plays), plays=1, q100=1, played_ms=8000)


def test_a_beacon_is_given_up_when_its_time_is_over(
    plays: FirestorePlayRepository, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(play_repository, "LAST_RETRY", timedelta(seconds=0.2))
    door.fail(*[ABORTED] * 100)

    with pytest.raises(UnavailableError):
        report(plays)

    door.forget_faults()
    assert plays.counts_of_video(VIDEO, *ALWAYS) == []


def test_an_exposure_whose_answer_is_lost_is_not_counted_twice(
    plays: FirestorePlayRepository, door: Door
) -> None:
    door.fail(LOST)

    with pytest.raises(UnavailableError):
        plays.count_exposure(ARM)

    assert (counted_of(plays, ARM).exposures, door.count(COMMIT)) == (1, 1)


def test_a_contended_exposure_is_counted_and_given_up_in_time(
    plays: FirestorePlayRepository, door: Door
) -> None:
    """A viewer waits for it."""
    door.fail(*[ABORTED] * 3)
    plays.count_exposure(ARM)
    assert counted_of(plays, ARM).exposures == 1

    door.fail(*[ABORTED] * 100)
    begun = monotonic()
    with pytest.raises(UnavailableError):
        plays.count_exposure(ARM)
    assert monotonic() - begun < EXPOSURE_LAST_RETRY.total_seconds() + SLACK


def test_an_exposure_waits_for_a_firestore_that_hangs_as_long_as_a_viewer_should(
    project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(STALL) as service:
        monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", service.host)
        documents = FirestoreDocuments(project=project, database="showreel-plays")
        begun = monotonic()

        with pytest.raises(UnavailableError):
            FirestorePlayRepository(documents).count_exposure(ARM)

        assert monotonic() - begun < EXPOSURE_TRY.total_seconds() + SLACK
        assert len(service.calls) == 1


def test_a_view_expires(plays: FirestorePlayRepository, documents: FirestoreDocuments) -> None:
    report(plays)

    (view,) = documents.client.collection("play_views").stream()

    assert view.get("expires_at") == NOW + timedelta(seconds=60, hours=48)
