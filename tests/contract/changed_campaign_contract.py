"""What every repository says of changes that the JSON beside the videos has to follow."""

from datetime import UTC, datetime, timedelta

from shared.domain.campaign import Change
from shared.domain.values import replace
from shared.ports.campaign_repository import CampaignRepository
from tests.contract.campaign_repository_contract import stored, with_hit
from tests.unit.domain.builders import a_campaign, a_reserved_video

MICROSECOND = timedelta(microseconds=1)


def now() -> datetime:
    return datetime.now(UTC)


def changed(repository: CampaignRepository, since: datetime, limit: int = 99) -> list[str]:
    """Return the ids, each once and in order."""
    changes = repository.changed_since(since, limit=limit)
    assert list(changes) == sorted(changes, key=lambda each: each.changed_at)
    return list(dict.fromkeys(each.campaign_id for each in changes))


class ChangedCampaignContract:
    """A subclass gives the fixture `repository`, which is empty and has the usual clock."""

    def test_every_kind_of_commit_is_a_change(self, repository: CampaignRepository) -> None:
        began = now()
        first = stored(repository, a_reserved_video(1))
        repository.commit(Change(campaign=a_campaign("summer")))
        assert changed(repository, began) == ["spring", "summer"]
        (change, *_) = repository.changed_since(began, limit=99)
        assert began <= change.changed_at <= now()

        began = now()
        assert changed(repository, began) == []
        video = repository.commit_video(replace(first.videos[0], cancel_requested=True))
        assert changed(repository, began) == ["spring"]

        began = now()
        removal = Change(campaign=with_hit(first.campaign), removed=(video,))
        repository.commit(removal)
        assert changed(repository, began) == ["spring"]

    def test_a_change_at_the_given_time_is_included(self, repository: CampaignRepository) -> None:
        stored(repository, a_reserved_video(1))
        last = repository.changed_since(now() - timedelta(minutes=1), limit=99)[-1].changed_at

        assert changed(repository, last) == ["spring"]
        assert changed(repository, last + MICROSECOND) == []

    def test_the_earliest_changes_come_first(self, repository: CampaignRepository) -> None:
        began = now()
        names = [f"campaign{number}" for number in range(6)]
        changes = [stored(repository, a_reserved_video(1), campaign_id=name) for name in names]
        repository.commit_video(replace(changes[0].videos[0], cancel_requested=True))
        repository.commit(Change(campaign=with_hit(changes[1].campaign)))

        found = []
        since = began
        while page := repository.changed_since(since, limit=3):
            found += [each.campaign_id for each in page]
            since = page[-1].changed_at + MICROSECOND

        assert set(found) == set(names)
        assert found[-2:] == names[:2]

    def test_a_removed_campaign_has_no_changes(self, repository: CampaignRepository) -> None:
        began = now()
        change = stored(repository, a_reserved_video(1))

        repository.remove_campaign(change.campaign)

        assert changed(repository, began) == []
