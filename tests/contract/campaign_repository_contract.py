"""What every repository of campaigns keeps."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest

from shared.domain.campaign import Campaign, Change
from shared.domain.daily_budget import DayBudget
from shared.domain.errors import CampaignNotFoundError, ConflictError, VideoNotFoundError
from shared.domain.money import Savings
from shared.domain.values import replace
from shared.domain.video import VersionState, Video
from shared.ports.campaign_repository import CampaignRepository, VideoPage, VideoQuery
from tests.unit.domain.builders import a_campaign, a_generating_video, a_reserved_video


def stored(repository: CampaignRepository, *videos: Video, campaign_id: str = "spring") -> Change:
    """Commit a new campaign with these videos."""
    mine = tuple(replace(video, campaign_id=campaign_id) for video in videos)
    return repository.commit(Change(campaign=a_campaign(campaign_id), videos=mine))


def with_hit(campaign: Campaign) -> Campaign:
    return replace(campaign, cache_hits=campaign.cache_hits + 1)


TODAY = date(2026, 11, 20)
YESTERDAY = date(2026, 11, 19)


def a_day(day: date = TODAY, *, committed: str = "3.20") -> DayBudget:
    return DayBudget(day=day, committed=Decimal(committed), warned=Decimal(100))


def with_more(day: DayBudget) -> DayBudget:
    return replace(day, committed=day.committed + Decimal("3.20"))


def numbers(page: VideoPage) -> list[int]:
    return [int(video.video_hash, 16) for video in page.videos]


class CampaignRepositoryContract:
    """A subclass gives the fixture `repository`, which is empty."""

    def test_an_unknown_campaign_is_not_found(self, repository: CampaignRepository) -> None:
        with pytest.raises(CampaignNotFoundError):
            repository.get_campaign("spring")

    def test_an_unknown_video_is_not_found(self, repository: CampaignRepository) -> None:
        stored(repository, a_reserved_video(1))

        with pytest.raises(VideoNotFoundError):
            repository.get_video("spring", f"{2:016x}")

    def test_a_video_of_an_unknown_campaign_is_not_found(
        self, repository: CampaignRepository
    ) -> None:
        with pytest.raises(VideoNotFoundError):
            repository.get_video("spring", f"{1:016x}")

    @pytest.mark.parametrize("campaign_id", ["", ".", "../spring", "spring/", "a\0b", "\ud800"])
    def test_an_invalid_campaign_id_is_not_found(
        self, repository: CampaignRepository, campaign_id: str
    ) -> None:
        stored(repository, a_reserved_video(1))

        with pytest.raises(CampaignNotFoundError):
            repository.get_campaign(campaign_id)
        with pytest.raises(VideoNotFoundError):
            repository.get_video(campaign_id, f"{1:016x}")

    @pytest.mark.parametrize(
        "video_hash", ["", "campaign", "../campaign", "curr_1", "\0", "\ud800"]
    )
    def test_an_invalid_video_hash_is_not_found(
        self, repository: CampaignRepository, video_hash: str
    ) -> None:
        stored(repository, a_reserved_video(1))

        with pytest.raises(VideoNotFoundError):
            repository.get_video("spring", video_hash)

    def test_committed_records_are_read(self, repository: CampaignRepository) -> None:
        change = stored(repository, a_reserved_video(1), a_generating_video(2))

        assert repository.get_campaign("spring") == change.campaign
        for video in change.videos:
            assert repository.get_video("spring", video.video_hash) == video

    def test_a_committed_record_differs_in_its_revision_alone(
        self, repository: CampaignRepository
    ) -> None:
        change = stored(repository, a_generating_video(1))

        assert change.campaign.revision
        assert change.videos[0].revision
        assert replace(change.campaign, revision="") == a_campaign()
        assert replace(change.videos[0], revision="") == a_generating_video(1)

    def test_a_campaign_is_created_once(self, repository: CampaignRepository) -> None:
        stored(repository)

        with pytest.raises(ConflictError):
            stored(repository)

    def test_a_commit_may_follow_a_commit(self, repository: CampaignRepository) -> None:
        first = stored(repository, a_reserved_video(1))

        second = repository.commit(
            Change(campaign=with_hit(first.campaign), videos=(a_reserved_video(2),))
        )
        third = repository.commit(replace(second, campaign=with_hit(second.campaign)))

        assert repository.get_campaign("spring") == third.campaign
        assert third.campaign.cache_hits == 2

    def test_a_commit_on_an_old_campaign_changes_nothing(
        self, repository: CampaignRepository
    ) -> None:
        old = stored(repository, a_reserved_video(1))
        latest = repository.commit(Change(campaign=with_hit(old.campaign)))

        with pytest.raises(ConflictError):
            repository.commit(
                Change(
                    campaign=replace(old.campaign, cache_hits=9),
                    videos=(replace(old.videos[0], cancel_requested=True), a_reserved_video(2)),
                )
            )

        assert repository.get_campaign("spring") == latest.campaign
        assert repository.get_video("spring", old.videos[0].video_hash) == old.videos[0]
        with pytest.raises(VideoNotFoundError):
            repository.get_video("spring", f"{2:016x}")

    def test_a_commit_on_an_old_video_changes_nothing(self, repository: CampaignRepository) -> None:
        old = stored(repository, a_reserved_video(1))
        latest = repository.commit_video(replace(old.videos[0], cancel_requested=True))

        with pytest.raises(ConflictError):
            repository.commit(replace(old, campaign=with_hit(old.campaign)))

        assert repository.get_campaign("spring") == old.campaign
        assert repository.get_video("spring", latest.video_hash) == latest

    def test_a_video_is_created_once(self, repository: CampaignRepository) -> None:
        change = stored(repository, a_reserved_video(1))

        with pytest.raises(ConflictError):
            repository.commit(Change(campaign=change.campaign, videos=(a_reserved_video(1),)))

    def test_a_campaign_that_stays_the_same_may_be_committed_with_a_video(
        self, repository: CampaignRepository
    ) -> None:
        first = stored(repository, a_reserved_video(1))

        change = repository.commit(
            Change(
                campaign=first.campaign, videos=(replace(first.videos[0], cancel_requested=True),)
            )
        )

        assert repository.get_campaign("spring") == change.campaign
        assert repository.get_video("spring", f"{1:016x}").cancel_requested

    def test_a_removed_campaign_is_gone_with_its_videos_and_its_name_is_free(
        self, repository: CampaignRepository
    ) -> None:
        stored(repository, a_reserved_video(9), campaign_id="spring2")
        change = stored(repository, a_reserved_video(1), a_reserved_video(2))

        repository.remove_campaign(change.campaign)

        assert numbers(repository.list_videos(VideoQuery())) == [9]
        assert [each.campaign_id for each in repository.list_campaigns(after=None, limit=9)] == [
            "spring2"
        ]
        with pytest.raises(CampaignNotFoundError):
            repository.get_campaign("spring")
        again = stored(repository, a_reserved_video(3))
        assert repository.get_campaign("spring") == again.campaign
        assert numbers(repository.list_videos(VideoQuery(campaign_id="spring"))) == [3]

    def test_a_campaign_that_has_changed_is_not_removed(
        self, repository: CampaignRepository
    ) -> None:
        first = stored(repository, a_reserved_video(1))
        repository.commit(Change(campaign=with_hit(first.campaign)))

        with pytest.raises(ConflictError):
            repository.remove_campaign(first.campaign)

        assert repository.get_campaign("spring").cache_hits == 1

    def test_a_removed_video_is_gone(self, repository: CampaignRepository) -> None:
        first = stored(repository, a_reserved_video(1), a_reserved_video(2))

        repository.commit(Change(campaign=with_hit(first.campaign), removed=(first.videos[0],)))

        with pytest.raises(VideoNotFoundError):
            repository.get_video("spring", f"{1:016x}")
        assert numbers(repository.list_videos(VideoQuery(campaign_id="spring"))) == [2]

    def test_a_video_that_has_changed_is_not_removed(self, repository: CampaignRepository) -> None:
        first = stored(repository, a_reserved_video(1))
        latest = repository.commit_video(replace(first.videos[0], cancel_requested=True))

        with pytest.raises(ConflictError):
            repository.commit(Change(campaign=first.campaign, removed=first.videos))

        assert repository.get_video("spring", f"{1:016x}") == latest

    def test_a_video_that_is_gone_is_not_removed_again(
        self, repository: CampaignRepository
    ) -> None:
        first = stored(repository, a_reserved_video(1))
        second = repository.commit(Change(campaign=first.campaign, removed=first.videos))

        with pytest.raises(ConflictError):
            repository.commit(Change(campaign=second.campaign, removed=first.videos))

    def test_a_video_is_committed_without_its_campaign(
        self, repository: CampaignRepository
    ) -> None:
        first = stored(repository, a_reserved_video(1))

        video = repository.commit_video(replace(first.videos[0], due_at=None))

        assert video.revision != first.videos[0].revision
        assert repository.get_video("spring", video.video_hash) == video
        assert repository.get_campaign("spring") == first.campaign

    def test_an_old_video_is_not_committed(self, repository: CampaignRepository) -> None:
        first = stored(repository, a_reserved_video(1))
        latest = repository.commit_video(replace(first.videos[0], due_at=None))

        with pytest.raises(ConflictError):
            repository.commit_video(first.videos[0])

        assert repository.get_video("spring", f"{1:016x}") == latest

    def test_a_video_is_found_in_each_of_its_states(self, repository: CampaignRepository) -> None:
        change = stored(repository, a_reserved_video(1))
        for state in (*VersionState, None, VersionState.CURRENT):
            video = replace(change.videos[0], version_state=state)
            change = repository.commit(Change(campaign=with_hit(change.campaign), videos=(video,)))

            assert repository.get_video("spring", f"{1:016x}") == change.videos[0]
            assert numbers(repository.list_videos(VideoQuery(version_state=state))) == [1]

    def test_videos_of_two_campaigns_may_share_a_hash(self, repository: CampaignRepository) -> None:
        stored(repository, a_reserved_video(1, prompt="Spring."))
        stored(repository, a_reserved_video(1, prompt="Summer."), campaign_id="summer")

        assert repository.get_video("spring", f"{1:016x}").prompt == "Spring."
        assert repository.get_video("summer", f"{1:016x}").prompt == "Summer."

    def test_no_update_is_lost_among_threads(self, repository: CampaignRepository) -> None:
        stored(repository)

        def count_twenty(_: int) -> None:
            done = 0
            while done < 20:
                try:
                    repository.commit(Change(campaign=with_hit(repository.get_campaign("spring"))))
                except ConflictError:
                    continue
                done += 1

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(count_twenty, range(4)))

        assert repository.get_campaign("spring").cache_hits == 80

    def test_several_videos_are_read_in_the_order_of_their_hashes(
        self, repository: CampaignRepository
    ) -> None:
        stored(repository, *map(a_reserved_video, range(1, 6)))
        stored(repository, a_reserved_video(6), campaign_id="summer")

        page = repository.get_videos("spring", [f"{each:016x}" for each in (4, 1, 6, 3, 1)])

        assert numbers(page) == [4, 1, 3]
        assert (page.has_more, page.unreadable) == (False, ())
        assert repository.get_videos("spring", ()).videos == ()

    @pytest.mark.parametrize("video_hash", ["", "x", "../spring", "campaign", f"{1:015x}"])
    def test_an_invalid_hash_names_no_video(
        self, repository: CampaignRepository, video_hash: str
    ) -> None:
        stored(repository, a_reserved_video(1))

        assert repository.get_videos("spring", (video_hash, f"{1:016x}")).videos == (
            repository.get_video("spring", f"{1:016x}"),
        )

    def test_a_campaign_is_read_together_with_videos(self, repository: CampaignRepository) -> None:
        change = stored(repository, a_reserved_video(1), a_reserved_video(2))

        campaign, page = repository.get_together("spring", [f"{each:016x}" for each in (2, 9)])

        assert campaign == change.campaign
        assert page.videos == change.videos[1:]

    @pytest.mark.parametrize("campaign_id", ["summer", "../spring"])
    def test_an_unknown_campaign_is_read_together_with_no_videos(
        self, repository: CampaignRepository, campaign_id: str
    ) -> None:
        stored(repository, a_reserved_video(1))

        campaign, page = repository.get_together(campaign_id, (f"{1:016x}",))

        assert (campaign, page.videos) == (None, ())

    def test_savings_add_up_and_change_no_record(self, repository: CampaignRepository) -> None:
        change = stored(repository)

        repository.add_savings("spring", Decimal("3.20"), 1)
        repository.add_savings("spring", Decimal("6.40"), 2)

        campaign = repository.get_campaign("spring")
        assert campaign.savings == Savings(amount=Decimal("9.60"), hits=3)
        assert replace(campaign, savings=Savings()) == change.campaign
        assert repository.list_campaigns(after=None, limit=9) == (campaign,)
        assert repository.get_together("spring", ())[0] == campaign

    def test_a_commit_neither_loses_savings_nor_counts_them_twice(
        self, repository: CampaignRepository
    ) -> None:
        before = stored(repository).campaign
        repository.add_savings("spring", Decimal("3.20"), 1)

        repository.commit(Change(campaign=with_hit(before)))
        repository.commit(Change(campaign=with_hit(repository.get_campaign("spring"))))

        campaign = repository.get_campaign("spring")
        assert (campaign.savings.hits, campaign.saved.hits) == (1, 3)

    def test_savings_are_removed_with_their_campaign(self, repository: CampaignRepository) -> None:
        stored(repository)
        repository.add_savings("spring", Decimal("3.20"), 1)

        repository.remove_campaign(repository.get_campaign("spring"))
        stored(repository)

        assert repository.get_campaign("spring").savings == Savings()

    def test_savings_of_an_unknown_campaign_are_dropped(
        self, repository: CampaignRepository
    ) -> None:
        repository.add_savings("spring", Decimal("3.20"), 1)

        assert repository.list_campaigns(after=None, limit=9) == ()

    def test_a_day_that_is_not_stored_holds_nothing(self, repository: CampaignRepository) -> None:
        assert repository.get_day(TODAY) == DayBudget(day=TODAY)

    def test_a_day_is_committed_with_its_campaign(self, repository: CampaignRepository) -> None:
        given = Change(campaign=a_campaign(), videos=(a_reserved_video(1),), days=(a_day(),))

        change = repository.commit(given)

        (day,) = change.days
        assert day.revision
        assert replace(day, revision="") == a_day()
        assert repository.get_day(TODAY) == day
        assert repository.get_campaign("spring") == change.campaign
        assert repository.get_video("spring", f"{1:016x}") == change.videos[0]

    def test_each_day_has_a_budget_of_its_own(self, repository: CampaignRepository) -> None:
        days = (a_day(), a_day(YESTERDAY, committed="6.40"))
        change = repository.commit(Change(campaign=a_campaign(), days=days))

        assert (repository.get_day(TODAY), repository.get_day(YESTERDAY)) == change.days

    def test_a_day_belongs_to_all_campaigns(self, repository: CampaignRepository) -> None:
        first = repository.commit(Change(campaign=a_campaign(), days=(a_day(),)))

        second = repository.commit(
            Change(campaign=a_campaign("summer"), days=(with_more(first.days[0]),))
        )

        assert second.days[0].committed == Decimal("6.40")
        assert repository.get_day(TODAY) == second.days[0]

    @pytest.mark.parametrize("revision_is_known", [False, True])
    def test_a_commit_on_an_old_day_changes_nothing(
        self, repository: CampaignRepository, *, revision_is_known: bool
    ) -> None:
        first = repository.commit(Change(campaign=a_campaign(), days=(a_day(),)))
        old = first.days[0] if revision_is_known else a_day()
        latest = repository.commit(replace(first, days=(with_more(first.days[0]),)))

        with pytest.raises(ConflictError):
            repository.commit(
                Change(
                    campaign=replace(latest.campaign, cache_hits=9),
                    videos=(a_reserved_video(2),),
                    days=(a_day(YESTERDAY), with_more(old)),
                )
            )

        assert repository.get_campaign("spring") == latest.campaign
        assert repository.get_day(TODAY) == latest.days[0]
        assert repository.get_day(YESTERDAY).revision == ""
        with pytest.raises(VideoNotFoundError):
            repository.get_video("spring", f"{2:016x}")

    def test_a_commit_on_an_old_campaign_leaves_the_day(
        self, repository: CampaignRepository
    ) -> None:
        old = repository.commit(Change(campaign=a_campaign(), days=(a_day(),)))
        repository.commit(Change(campaign=with_hit(old.campaign)))

        with pytest.raises(ConflictError):
            repository.commit(replace(old, days=(with_more(old.days[0]),)))

        assert repository.get_day(TODAY) == old.days[0]

    def test_no_dollar_is_lost_among_campaigns(self, repository: CampaignRepository) -> None:
        def take_ten_times(campaign_id: str) -> None:
            campaign = repository.commit(Change(campaign=a_campaign(campaign_id))).campaign
            done = 0
            while done < 10:
                day = repository.get_day(TODAY)
                taken = Change(campaign=with_hit(campaign), days=(with_more(day),))
                with suppress(ConflictError):
                    campaign = repository.commit(taken).campaign
                    done += 1

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(take_ten_times, ("spring", "summer", "autumn", "winter")))

        assert repository.get_day(TODAY).committed == Decimal("128.00")
