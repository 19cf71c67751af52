"""What every repository of campaigns keeps in its lists, and in what it calls due."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from itertools import chain
from typing import Any

import pytest

from shared.domain.campaign import Campaign, Change, Chore, ChoreKind
from shared.domain.chores import with_delayed_chores
from shared.domain.search import CampaignFilter, CampaignStatus, words_in
from shared.domain.slot import Slot, Version
from shared.domain.values import replace
from shared.domain.video import Phase, VersionState
from shared.ports.campaign_repository import (
    CampaignPosition,
    CampaignQuery,
    CampaignRepository,
    DueWork,
    ListPosition,
    SortOrder,
    VideoPage,
    VideoQuery,
)
from tests.contract.campaign_repository_contract import numbers, stored, with_hit
from tests.unit.domain.builders import NOW, SOON, a_campaign, a_reserved_video

CHORE = Chore(kind=ChoreKind.RENAME, video_hash="0" * 16, index=0)


def keep(repository: CampaignRepository, campaign_id: str, **facts: Any) -> None:  # noqa: ANN401
    """Commit a new campaign with these facts."""
    repository.commit(Change(campaign=replace(a_campaign(campaign_id), **facts)))


def ids(campaigns: Iterable[Campaign]) -> list[str]:
    return [each.campaign_id for each in campaigns]


def found(repository: CampaignRepository, **wanted: Any) -> list[str]:  # noqa: ANN401
    return ids(repository.find_campaigns(CampaignQuery(wanted=CampaignFilter(**wanted))))


class CampaignListContract:
    """A subclass gives the fixture `repository`, which is empty."""

    @pytest.fixture
    def nine(self, repository: CampaignRepository) -> None:
        """Nine videos of three campaigns. Each second has the same time as the one before."""
        for campaign_id, first in (("autumn", 2), ("spring", 1), ("summer", 0)):
            videos = (
                a_reserved_video(number, created_at=NOW + timedelta(seconds=number // 2))
                for number in range(first, 9, 3)
            )
            stored(repository, *videos, campaign_id=campaign_id)

    def test_an_empty_repository_lists_no_videos(self, repository: CampaignRepository) -> None:
        empty = VideoPage(videos=(), has_more=False)

        assert repository.list_videos(VideoQuery()) == empty
        assert repository.list_videos(VideoQuery(campaign_id="spring")) == empty
        assert repository.list_videos(VideoQuery(campaign_id="../spring")) == empty
        assert repository.list_campaigns(after=None, limit=9) == ()
        assert repository.due(SOON, limit=9) == ()

    @pytest.mark.usefixtures("nine")
    def test_the_latest_come_first_and_of_equal_age_the_greater_id(
        self, repository: CampaignRepository
    ) -> None:
        page = repository.list_videos(VideoQuery())

        ages = [(video.created_at, video.id) for video in page.videos]
        assert ages == sorted(ages, reverse=True)
        assert sorted(numbers(page)) == list(range(9))

    @pytest.mark.parametrize("campaign_id", [None, "spring"])
    @pytest.mark.parametrize("version_state", [None, VersionState.PENDING])
    def test_a_tag_filter_matches_any_tag_of_a_video(
        self,
        repository: CampaignRepository,
        campaign_id: str | None,
        version_state: VersionState | None,
    ) -> None:
        tagged = [("launch",), ("spring", "launch"), (), ("launches",)]
        stored(
            repository,
            *(replace(a_reserved_video(n), tags=tags) for n, tags in enumerate(tagged)),
        )

        def found(tag: str) -> list[int]:
            query = VideoQuery(campaign_id=campaign_id, version_state=version_state, tag=tag)
            return sorted(numbers(repository.list_videos(query)))

        assert [found(tag) for tag in ("launch", "spring", "launches", "autumn")] == [
            [0, 1],
            [1],
            [3],
            [],
        ]

    @pytest.mark.usefixtures("nine")
    def test_ascending_order_is_the_reverse_of_descending(
        self, repository: CampaignRepository
    ) -> None:
        descending = repository.list_videos(VideoQuery())
        ascending = repository.list_videos(VideoQuery(order=SortOrder.ASCENDING))

        assert ascending.videos == descending.videos[::-1]

    @pytest.mark.usefixtures("nine")
    @pytest.mark.parametrize("order", SortOrder)
    @pytest.mark.parametrize("limit", [1, 2, 3, 8, 9, 10])
    @pytest.mark.parametrize("campaign_id", [None, "spring"])
    def test_pages_make_up_the_whole_list(
        self,
        repository: CampaignRepository,
        order: SortOrder,
        limit: int,
        campaign_id: str | None,
    ) -> None:
        query = VideoQuery(campaign_id=campaign_id, order=order, limit=limit)
        whole = repository.list_videos(replace(query, limit=100))

        page = repository.list_videos(query)
        found = list(page.videos)
        while page.has_more:
            assert len(page.videos) == limit
            page = repository.list_videos(replace(query, after=ListPosition.of(found[-1])))
            found += page.videos

        assert found == list(whole.videos)

    @pytest.mark.usefixtures("nine")
    def test_a_page_may_begin_after_a_video_that_the_filter_leaves_out(
        self, repository: CampaignRepository
    ) -> None:
        after = next(
            video
            for video in repository.list_videos(VideoQuery()).videos
            if video.video_hash == f"{4:016x}"
        )
        summer = VideoQuery(campaign_id="summer", after=ListPosition.of(after))

        assert numbers(repository.list_videos(summer)) == [3, 0]

    @pytest.mark.usefixtures("nine")
    @pytest.mark.parametrize("order", SortOrder)
    def test_a_page_may_begin_after_a_removed_video(
        self, repository: CampaignRepository, order: SortOrder
    ) -> None:
        query = VideoQuery(order=order)
        whole = repository.list_videos(query).videos
        campaign = repository.get_campaign(whole[3].campaign_id)

        repository.commit(Change(campaign=with_hit(campaign), removed=(whole[3],)))
        page = repository.list_videos(replace(query, after=ListPosition.of(whole[3])))

        assert page.videos == whole[4:]

    @pytest.mark.usefixtures("nine")
    def test_a_list_may_be_of_one_campaign(self, repository: CampaignRepository) -> None:
        assert numbers(repository.list_videos(VideoQuery(campaign_id="spring"))) == [7, 4, 1]

    @pytest.mark.usefixtures("nine")
    def test_a_campaign_does_not_list_those_of_a_longer_name(
        self, repository: CampaignRepository
    ) -> None:
        stored(repository, a_reserved_video(10), campaign_id="spring2")

        assert numbers(repository.list_videos(VideoQuery(campaign_id="spring"))) == [7, 4, 1]

    def test_a_list_may_be_of_one_state(self, repository: CampaignRepository) -> None:
        stored(
            repository,
            *(
                a_reserved_video(number, version_state=state)
                for number, state in enumerate((*VersionState, None))
            ),
        )

        found = {
            state: numbers(repository.list_videos(VideoQuery(version_state=state)))
            for state in VersionState
        }

        assert found == {
            VersionState.PENDING: [0],
            VersionState.CURRENT: [1],
            VersionState.HISTORICAL: [2],
            VersionState.TRASHED: [3],
        }

    def test_a_list_may_be_of_one_status(self, repository: CampaignRepository) -> None:
        stored(
            repository,
            *(a_reserved_video(number, phase=phase) for number, phase in enumerate(Phase)),
        )

        phases = {
            status: {
                video.phase for video in repository.list_videos(VideoQuery(status=status)).videos
            }
            for status in ("queued", "in_progress", "completed", "failed", "unheard-of")
        }

        assert phases == {
            "queued": {Phase.RESERVED, Phase.SUBMITTING},
            "in_progress": {Phase.GENERATING, Phase.STORING, Phase.OUTCOME_UNKNOWN},
            "completed": {Phase.DONE},
            "failed": {Phase.FAILED, Phase.CANCELLED},
            "unheard-of": set(),
        }

    def test_pages_of_failed_videos_begin_with_the_earliest_and_after_one_that_is_removed(
        self, repository: CampaignRepository
    ) -> None:
        change = stored(
            repository,
            *(
                a_reserved_video(number, phase=phase, created_at=NOW - timedelta(days=number))
                for number, phase in enumerate([Phase.FAILED, Phase.CANCELLED, Phase.DONE] * 3)
            ),
        )
        stored(repository, a_reserved_video(9, phase=Phase.FAILED), campaign_id="summer")
        query = VideoQuery(
            campaign_id="spring", status="failed", order=SortOrder.ASCENDING, limit=2
        )

        first = repository.list_videos(query)
        repository.commit(Change(campaign=with_hit(change.campaign), removed=first.videos))
        after = ListPosition.of(first.videos[-1])
        rest = repository.list_videos(replace(query, after=after, limit=4))

        assert (numbers(first), first.has_more) == ([7, 6], True)
        assert (numbers(rest), rest.has_more) == ([4, 3, 1, 0], False)

    @pytest.mark.parametrize("order", SortOrder)
    @pytest.mark.parametrize(
        "query", [VideoQuery(), VideoQuery(campaign_id="spring"), VideoQuery(tag="launch")]
    )
    def test_trashed_videos_are_in_their_own_list_only(
        self, repository: CampaignRepository, query: VideoQuery, order: SortOrder
    ) -> None:
        """Also where they would fill a page."""
        states = [VersionState.HISTORICAL, *[VersionState.TRASHED] * 4, None, VersionState.CURRENT]
        stored(
            repository,
            *(
                a_reserved_video(number, version_state=state, phase=Phase.DONE, tags=("launch",))
                for number, state in enumerate(states)
            ),
        )
        query = replace(query, order=order, limit=2)

        first = repository.list_videos(query)
        rest = repository.list_videos(replace(query, after=ListPosition.of(first.videos[-1])))
        trash = repository.list_videos(replace(query, version_state=VersionState.TRASHED, limit=9))

        shown = [0, 5, 6] if order is SortOrder.ASCENDING else [6, 5, 0]
        assert (shown, True, False) == (
            [*numbers(first), *numbers(rest)],
            first.has_more,
            rest.has_more,
        )
        assert sorted(numbers(trash)) == [1, 2, 3, 4]

    def test_a_list_shows_every_commit_at_once(self, repository: CampaignRepository) -> None:
        change = stored(repository, a_reserved_video(1))
        for number in range(2, 30):
            change = repository.commit(
                Change(campaign=with_hit(change.campaign), videos=(a_reserved_video(number),))
            )

            page = repository.list_videos(VideoQuery(campaign_id="spring", limit=100))
            assert sorted(numbers(page)) == list(range(1, number + 1))

    def test_campaigns_are_listed_by_id(self, repository: CampaignRepository) -> None:
        for campaign_id in ("b", "a-1", "a", "B", "a_1", "c"):
            stored(repository, campaign_id=campaign_id)

        first = repository.list_campaigns(after=None, limit=4)
        rest = repository.list_campaigns(after=first[-1].campaign_id, limit=4)

        assert [each.campaign_id for each in first] == ["B", "a", "a-1", "a_1"]
        assert [each.campaign_id for each in rest] == ["b", "c"]

    def test_a_list_of_campaigns_may_begin_after_a_removed_one(
        self, repository: CampaignRepository
    ) -> None:
        stored(repository, campaign_id="a")
        stored(repository, campaign_id="c")

        found = repository.list_campaigns(after="b", limit=4)

        assert [each.campaign_id for each in found] == ["c"]

    def test_campaigns_are_found_with_the_latest_change_first(
        self, repository: CampaignRepository
    ) -> None:
        for minutes, campaign_id in enumerate(("b", "c", "a", "B")):
            keep(repository, campaign_id, updated_at=NOW + timedelta(minutes=minutes // 2))

        pages = [repository.find_campaigns(CampaignQuery(limit=1))]
        while pages[-1]:
            after = CampaignPosition.of(pages[-1][0])
            pages.append(repository.find_campaigns(CampaignQuery(after=after, limit=1)))

        assert ["a", "B", "c", "b"] == ids(chain.from_iterable(pages)) == found(repository)

    def test_a_change_moves_a_campaign_to_the_front_and_no_page_lists_it_twice(
        self, repository: CampaignRepository
    ) -> None:
        for minutes, campaign_id in enumerate(("a", "b", "c")):
            keep(repository, campaign_id, updated_at=NOW + timedelta(minutes=minutes))
        first = repository.find_campaigns(CampaignQuery(limit=1))

        changed = replace(repository.get_campaign("a"), updated_at=NOW + timedelta(minutes=9))
        repository.commit(Change(campaign=changed))
        repository.add_savings("a", Decimal("3.20"), 1)

        rest = repository.find_campaigns(CampaignQuery(after=CampaignPosition.of(first[0])))
        assert (ids(first), ids(rest)) == (["c"], ["b"])
        assert found(repository) == ["a", "c", "b"]
        assert repository.find_campaigns(CampaignQuery(limit=1))[0].savings.hits == 1

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("winter", ["winter-roast", "w1"]),
            ("ROAST wint", ["winter-roast", "w1"]),
            ("Müller", ["muller"]),
            ("mulle 2026", ["muller"]),
            ("cold-brewed-coffees", ["cold-brewed-coffees"]),
            ("cold-brewed-coffees-at-home", []),
            ("oast", []),
            ("unforeseeable", ["long"]),
            ("unforeseeably", []),
            ("is:archived", []),
            ("100%_", ["long"]),
        ],
    )
    def test_a_campaign_is_found_by_the_beginnings_of_its_words(
        self, repository: CampaignRepository, text: str, expected: list[str]
    ) -> None:
        keep(repository, "w1", title="Winter Roast!")
        keep(repository, "winter-roast")
        keep(repository, "muller", title="Mu\u0308ller & Söhne, 2026")
        keep(repository, "cold-brewed-coffees")
        keep(repository, "long", title="Unforeseeable 100", archived=True)

        assert found(repository, words=words_in(text)) == expected

    def test_a_campaign_is_found_by_its_status(self, repository: CampaignRepository) -> None:
        version = Version(video_hash="0" * 16, fingerprint="f")
        keep(repository, "quiet", slots=(Slot(index=0, current=version),))
        keep(repository, "busy", slots=(Slot(index=0, pending=version),))
        keep(repository, "broken", failed=(0,))
        keep(repository, "old", failed=(1,), archived=True)

        assert found(repository, status=CampaignStatus.PENDING) == ["busy"]
        assert found(repository, status=CampaignStatus.FAILED) == ["old", "broken"]
        assert found(repository, status=CampaignStatus.FAILED, archived=False) == ["broken"]
        assert found(repository, archived=True) == ["old"]
        assert found(repository, archived=False) == ["quiet", "busy", "broken"]
        assert found(repository, status=CampaignStatus.PENDING, words=("quiet",)) == []

    def test_a_campaign_is_found_by_its_latest_facts_alone(
        self, repository: CampaignRepository
    ) -> None:
        keep(repository, "spring", title="Winter", archived=True, failed=(0,))
        stored = repository.get_campaign("spring")

        repository.commit(Change(campaign=replace(stored, title="Summer", archived=False)))

        assert found(repository, words=("winter",)) == []
        assert found(repository, archived=True) == []
        assert found(repository, words=("summer",), status=CampaignStatus.FAILED) == ["spring"]
        repository.remove_campaign(repository.get_campaign("spring"))
        assert found(repository) == []

    def test_a_video_is_due_from_its_due_at(self, repository: CampaignRepository) -> None:
        stored(repository, a_reserved_video(1, due_at=SOON))

        assert repository.due(SOON - timedelta(microseconds=1), limit=9) == ()
        assert repository.due(SOON, limit=9) == (
            DueWork(campaign_id="spring", video_hash=f"{1:016x}", due_at=SOON),
        )

    def test_a_video_without_due_at_is_never_due(self, repository: CampaignRepository) -> None:
        stored(repository, a_reserved_video(1, due_at=None))

        assert repository.due(SOON + timedelta(days=9), limit=9) == ()

    def test_a_campaign_with_delayed_chores_is_due_when_the_first_of_them_is(
        self, repository: CampaignRepository
    ) -> None:
        later = replace(CHORE, index=1)
        campaign = with_delayed_chores(a_campaign(), CHORE, due_at=SOON)
        campaign = with_delayed_chores(campaign, later, due_at=SOON + timedelta(hours=1))
        repository.commit(Change(campaign=campaign))

        before = repository.due(SOON - timedelta(microseconds=1), limit=9)
        after = repository.due(SOON, limit=9)

        work = DueWork(campaign_id=campaign.campaign_id)
        assert (before, after) == ((), (work,))

    def test_a_campaign_with_chores_is_due(self, repository: CampaignRepository) -> None:
        change = stored(repository)
        repository.commit(Change(campaign=replace(change.campaign, chores=(CHORE,))))

        assert repository.due(NOW, limit=9) == (DueWork(campaign_id="spring"),)

    def test_a_finished_video_is_not_due(self, repository: CampaignRepository) -> None:
        change = stored(repository, a_reserved_video(1, due_at=NOW))
        change = repository.commit(
            replace(change, campaign=replace(change.campaign, chores=(CHORE,)))
        )

        repository.commit(
            Change(
                campaign=replace(change.campaign, chores=()),
                videos=(replace(change.videos[0], due_at=None),),
            )
        )

        assert repository.due(SOON, limit=9) == ()

    def test_due_records_are_listed_the_longest_due_first(
        self, repository: CampaignRepository
    ) -> None:
        for number, campaign_id in enumerate(("c", "a", "b")):
            video = a_reserved_video(number, due_at=NOW + timedelta(seconds=number))
            stored(repository, video, campaign_id=campaign_id)

        due = repository.due(SOON, limit=2)

        assert [work.campaign_id for work in due] == ["c", "a"]

    def test_due_chores_are_found_beside_many_due_videos(
        self, repository: CampaignRepository
    ) -> None:
        videos = [a_reserved_video(number, due_at=NOW) for number in range(3)]
        change = stored(repository, *videos)
        repository.commit(Change(campaign=replace(change.campaign, chores=(CHORE,))))

        due = repository.due(SOON, limit=2)

        assert sum(work.video_hash is not None for work in due) == 2
        assert due[-1] == DueWork(campaign_id="spring")
