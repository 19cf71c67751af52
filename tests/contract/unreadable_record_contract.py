"""What every repository does with records that it cannot read, or not read in full."""

from abc import ABC, abstractmethod
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.domain.campaign import Campaign, Change, Chore, ChoreKind
from shared.domain.errors import ConflictError, UnreadableRecordError, VideoNotFoundError
from shared.domain.slot import Slot, Version
from shared.domain.unreadable import Unreadable
from shared.domain.values import replace
from shared.domain.versions import promote
from shared.domain.video import Phase, VersionState, Video
from shared.domain.video_steps import begin_attempt, submission_accepted, submit_again
from shared.ports.campaign_repository import CampaignRepository, VideoPage, VideoQuery
from tests.contract.campaign_repository_contract import TODAY, a_day, stored, with_hit
from tests.unit.domain.builders import NOW, SOON, a_campaign, a_reserved_video

HASH = f"{1:016x}"
Fields = dict[str, Any]

NEWER: Fields = {"schema_version": 2}
UNKNOWN_WORD: Fields = {"phase": "dreaming"}
CUT_OFF: Fields = {"cost": {}}


class UnreadableRecordContract(ABC):
    """A subclass gives the fixture `repository`, which is empty, and a way past it."""

    @abstractmethod
    def read(self, repository: CampaignRepository, path: str) -> Fields:
        """Return the fields of `spring`, `spring/<video_hash>` or a day, `2026-11-20`."""

    @abstractmethod
    def write(self, repository: CampaignRepository, path: str, fields: Fields) -> None:
        """Store them as another version would."""

    def change(self, repository: CampaignRepository, path: str, changes: Fields) -> None:
        self.write(repository, path, {**self.read(repository, path), **changes})

    def damaged(self, repository: CampaignRepository, changes: Fields) -> Unreadable:
        """Damage the first of two stored videos."""
        stored(repository, a_reserved_video(1), a_reserved_video(2))
        self.change(repository, f"spring/{HASH}", changes)
        with pytest.raises(UnreadableRecordError) as caught:
            repository.get_video("spring", HASH)
        assert caught.value.record is not None
        return caught.value.record

    @pytest.mark.parametrize(
        ("changes", "is_newer"), [(NEWER, True), (UNKNOWN_WORD, False), (CUT_OFF, False)]
    )
    def test_a_record_that_cannot_be_read_is_not_missing(
        self, repository: CampaignRepository, changes: Fields, *, is_newer: bool
    ) -> None:
        record = self.damaged(repository, changes)

        assert ("spring", HASH, is_newer) == (
            record.campaign_id,
            record.video_hash,
            record.is_newer,
        )
        everything = repository.get_all_videos("spring")
        assert hashes(everything) == [f"{2:016x}"]
        assert (record,) == everything.unreadable
        listed = repository.list_videos(VideoQuery(campaign_id="spring"))
        assert ([f"{2:016x}"], (record,)) == (hashes(listed), listed.unreadable)

    def test_an_empty_record_is_not_missing(self, repository: CampaignRepository) -> None:
        stored(repository, a_reserved_video(1), a_reserved_video(2))
        self.write(repository, f"spring/{HASH}", {})

        (record,) = repository.get_all_videos("spring").unreadable

        assert record.video_hash == HASH

    def test_a_campaign_without_videos_has_none(self, repository: CampaignRepository) -> None:
        stored(repository)

        for name in ("spring", "unknown", "../spring"):
            assert repository.get_all_videos(name) == VideoPage(videos=(), has_more=False)

    @pytest.mark.parametrize("changes", [NEWER, UNKNOWN_WORD])
    def test_an_unreadable_video_is_not_due(
        self, repository: CampaignRepository, changes: Fields
    ) -> None:
        self.damaged(repository, changes)

        due = repository.due(SOON + timedelta(days=1), limit=1)

        assert [work.video_hash for work in due] == [f"{2:016x}"]

    def test_a_campaign_that_cannot_be_read_keeps_its_place_in_the_list(
        self, repository: CampaignRepository
    ) -> None:
        for name in ("a", "b", "c"):
            stored(repository, campaign_id=name)
        chore = {"kind": "dance", "video_hash": HASH, "index": 0}
        self.change(repository, "b", {"chores": [chore]})

        first = repository.list_campaigns(after=None, limit=2)
        rest = repository.list_campaigns(after="b", limit=2)

        assert [each.campaign_id for each in (*first, *rest)] == ["a", "b", "c"]
        assert [isinstance(each, Unreadable) for each in first] == [False, True]
        assert repository.due(SOON, limit=9) == ()
        with pytest.raises(UnreadableRecordError):
            repository.get_campaign("b")

    def test_an_unreadable_video_can_be_discarded(self, repository: CampaignRepository) -> None:
        record = self.damaged(repository, CUT_OFF)
        campaign = repository.get_campaign("spring")

        repository.commit(Change(campaign=with_hit(campaign), discarded=(record,)))

        with pytest.raises(VideoNotFoundError):
            repository.get_video("spring", HASH)
        assert repository.get_all_videos("spring").unreadable == ()

    def test_an_unreadable_video_is_not_discarded_after_a_change(
        self, repository: CampaignRepository
    ) -> None:
        record = self.damaged(repository, CUT_OFF)
        self.change(repository, f"spring/{HASH}", UNKNOWN_WORD)

        with pytest.raises(ConflictError):
            repository.commit(
                Change(campaign=repository.get_campaign("spring"), discarded=(record,))
            )

        assert len(repository.get_all_videos("spring").unreadable) == 1

    def test_a_good_record_can_replace_an_unreadable_one(
        self, repository: CampaignRepository
    ) -> None:
        record = self.damaged(repository, CUT_OFF)
        good = replace(a_reserved_video(1), revision=record.revision)

        change = Change(campaign=repository.get_campaign("spring"), videos=(good,))
        (restored,) = repository.commit(change).videos

        assert repository.get_video("spring", HASH) == restored

    @pytest.mark.parametrize("content", [None, b"{", b"\xff no text"])
    def test_an_unreadable_record_can_be_copied_unchanged(
        self, repository: CampaignRepository, content: bytes | None
    ) -> None:
        record = self.damaged(repository, {**NEWER, "news": ["today"]})
        elsewhere = replace(record, campaign_id="summer", content=content or record.content)

        repository.commit(Change(campaign=a_campaign("summer"), carried=(elsewhere,)))

        with pytest.raises(UnreadableRecordError) as caught:
            repository.get_video("summer", HASH)
        assert caught.value.record is not None
        if content is None:
            assert self.read(repository, f"summer/{HASH}")["news"] == ["today"]

    def test_a_copied_unreadable_record_replaces_no_record(
        self, repository: CampaignRepository
    ) -> None:
        record = self.damaged(repository, NEWER)
        (video,) = stored(repository, a_reserved_video(1), campaign_id="summer").videos
        elsewhere = replace(record, campaign_id="summer")

        with pytest.raises(ConflictError):
            repository.commit(
                Change(campaign=repository.get_campaign("summer"), carried=(elsewhere,))
            )

        assert repository.get_video("summer", HASH) == video

    def test_an_unreadable_day_is_not_taken_for_an_empty_one(
        self, repository: CampaignRepository
    ) -> None:
        repository.commit(Change(campaign=a_campaign(), days=(a_day(),)))
        self.change(repository, "2026-11-20", NEWER)

        with pytest.raises(UnreadableRecordError):
            repository.get_day(TODAY)

    def test_fields_of_a_newer_video_survive_every_step(
        self, repository: CampaignRepository
    ) -> None:
        """Rolling: the newer one adds fields, the older one goes on with the video."""
        (video,) = stored(repository, submitted_once(a_reserved_video(1))).videos
        fields = self.read(repository, f"spring/{HASH}")
        fields["reviewed_by"] = {"name": "Ana", "notes": [1, {"deep": "2"}]}
        fields["cost"]["tax"] = "0.32"
        fields["parameters"]["camera"] = None
        fields["attempts"][0]["region"] = "europe-west4"
        self.write(repository, f"spring/{HASH}", fields)

        read = repository.get_video("spring", HASH)
        made = submission_accepted(read, operation="op", expected_at=SOON, due_at=SOON)
        filtered = submit_again(made, place=None, due_at=SOON, deadline_at=SOON)
        leased = begin_attempt(filtered, now=SOON, lease_expires_at=SOON)
        repository.commit_video(leased)
        known = repository.get_video("spring", HASH)
        accepted = submission_accepted(known, operation="op", expected_at=SOON, due_at=SOON)
        repository.commit(Change(campaign=repository.get_campaign("spring"), videos=(accepted,)))

        after = self.read(repository, f"spring/{HASH}")
        assert after["reviewed_by"] == {"name": "Ana", "notes": [1, {"deep": "2"}]}
        assert (after["cost"]["tax"], after["cost"]["estimated"]) == ("0.32", "3.20")
        assert "camera" in after["parameters"]
        assert [each.get("region") for each in after["attempts"]] == ["europe-west4", None]
        assert after["attempts"][1]["operation"] == "op"
        assert video.video_hash == known.video_hash

    def test_fields_of_a_newer_campaign_are_removed_with_their_slot(
        self, repository: CampaignRepository
    ) -> None:
        """A version that is promoted leaves the history, and takes what is said of it along."""
        shown, former = a_version(1, VersionState.CURRENT), a_version(2, VersionState.HISTORICAL)
        change = Change(campaign=a_campaign_of(shown, former), videos=(shown, former))
        shown, former = repository.commit(change).videos
        fields = self.read(repository, "spring")
        fields["owner"] = "Ana"
        fields["money"]["refunded"] = "1.00"
        fields["slots"][0]["title"] = "Hero"
        fields["slots"][0]["current"]["rating"] = 5
        fields["slots"][0]["historical"][0]["rating"] = 3
        fields["chores"][0]["since"] = "today"
        self.write(repository, "spring", fields)

        campaign = repository.get_campaign("spring")
        repository.commit(promote(campaign, former, replaced=shown, now=SOON))
        repository.add_savings("spring", Decimal("3.20"), 1)

        after = self.read(repository, "spring")
        slot = after["slots"][0]
        assert (
            after["owner"],
            after["money"]["refunded"],
            slot["title"],
        ) == ("Ana", "1.00", "Hero")
        assert (after["money"]["saved"], after["cache_hits"]) == ("0.00", 0)
        assert (
            slot["current"]["rating"],
            [each["rating"] for each in slot["historical"]],
        ) == (3, [5])
        assert after["chores"][0]["since"] == "today"

    def test_a_video_that_cannot_be_read_is_named_among_several(
        self, repository: CampaignRepository
    ) -> None:
        damaged = self.damaged(repository, UNKNOWN_WORD)

        page = repository.get_videos("spring", (HASH, f"{2:016x}"))

        assert page.unreadable == (damaged,)
        assert hashes(page) == [f"{2:016x}"]

    def test_a_campaign_that_cannot_be_read_is_not_read_together(
        self, repository: CampaignRepository
    ) -> None:
        stored(repository, a_reserved_video(1))
        self.change(repository, "spring", NEWER)

        with pytest.raises(UnreadableRecordError):
            repository.get_together("spring", (HASH,))

    def test_fields_of_a_newer_day_survive(self, repository: CampaignRepository) -> None:
        repository.commit(Change(campaign=a_campaign(), days=(a_day(),)))
        self.change(repository, "2026-11-20", {"currency": "USD"})

        day = replace(repository.get_day(TODAY), warned=Decimal(7))
        repository.commit(Change(campaign=repository.get_campaign("spring"), days=(day,)))

        after = self.read(repository, "2026-11-20")
        assert (after["currency"], after["warned"]) == ("USD", "7")


def hashes(page: VideoPage) -> list[str]:
    return [video.video_hash for video in page.videos]


def submitted_once(video: Video) -> Video:
    return begin_attempt(video, now=NOW, lease_expires_at=SOON)


def a_version(number: int, state: VersionState) -> Video:
    return replace(a_reserved_video(number), phase=Phase.DONE, version_state=state, due_at=None)


def a_campaign_of(shown: Video, former: Video) -> Campaign:
    slot = Slot(index=0, current=Version.of(shown), historical=(Version.of(former),))
    chore = Chore(kind=ChoreKind.RENAME, video_hash=former.video_hash, index=0)
    return replace(a_campaign(), slots=(slot,), chores=(chore,))
