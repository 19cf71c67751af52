"""The rules that may never break, as assertions over all that is stored of one campaign."""

from collections import Counter
from collections.abc import Iterable, Iterator

from shared.domain.batch import Batch, batch_ends_of
from shared.domain.campaign import Campaign, ChoreKind
from shared.domain.events import Event, EventType, ends_of
from shared.domain.money import ZERO, Money
from shared.domain.settlement import recomputed
from shared.domain.storage_layout import REQUESTS, clip_path, picture_paths
from shared.domain.values import replace
from shared.domain.video import AttemptOutcome, Phase, VersionState, Video
from shared.ports.video_generator import Failed
from tests.fakes.ports import FakePorts
from tools.in_memory.clip import A_CLIP

_OF_STAYING = (EventType.VIDEO_PROMOTED, EventType.VIDEO_TRASHED, EventType.VIDEO_RESTORED)
"""Events of videos that have ended, and are there."""


class Witness:
    """Looks when it is called, and remembers each video that ever was as it was last."""

    def __init__(self, ports: FakePorts) -> None:
        self._ports = ports
        self._videos: dict[str, Video] = {}
        self._deleted: dict[str, Video] = {}
        self()

    def __call__(self) -> None:
        assert_videos_are_playable(self._ports)
        assert_nothing_is_paid_twice(self._ports)
        self._videos |= {video.video_hash: video for video in _videos(self._ports)}
        if not self._ports.campaigns.campaigns:
            self._deleted |= self._videos
            self._videos.clear()

    def testify(self) -> None:
        """Assert what has to be true when all is at rest."""
        self()
        self._learn_from_events()
        assert_agreement(self._ports)
        assert_what_is_paid_for_is_kept(self._ports)
        events = self._ports.campaigns.events.values()
        assert (
            list(event_problems(_videos(self._ports), self._ports.batches.batches.values(), events))
            == []
        )
        for campaign in self._ports.campaigns.campaigns.values():
            assert _money_of(self._videos.values()) == replace(campaign.money, saved=ZERO)
            assert recomputed(campaign, _videos(self._ports)) == campaign.money
        assert_days_hold_what_is_or_may_be_paid(
            self._ports, (self._videos | self._deleted).values()
        )

    def _learn_from_events(self) -> None:
        """Let a video be done that the commit of its end has removed: only its event is left."""
        for event in self._ports.campaigns.events.values():
            if event.type is not EventType.VIDEO_COMPLETED or event.video is None:
                continue
            video = self._videos.get(event.video.id.rpartition(".")[2])
            if video is not None and not video.has_ended:
                billed = replace(video.attempt, outcome=AttemptOutcome.BILLED)
                self._videos[video.video_hash] = replace(
                    video,
                    phase=event.video.phase,
                    cost=event.video.cost,
                    attempts=(*video.attempts[:-1], billed),
                )


def assert_days_hold_what_is_or_may_be_paid(ports: FakePorts, ever: Iterable[Video]) -> None:
    """At rest, the days hold the price of each of their videos that ever cost."""
    cost = [each for each in ever if each.has_ended and each.budget_day is not None]
    held = sum((video.cost.estimated for video in cost), ZERO)
    assert held == sum((day.committed for day in ports.campaigns.days.values()), ZERO)
    assert all(video.cost.actual != ZERO for video in cost)


def assert_videos_are_playable(ports: FakePorts) -> None:
    """At every moment, what a slot shows, or can be restored, has its clip under one of two names.

    While a campaign is deleted, this holds for its slots alone.
    """
    objects = ports.objects.objects
    for campaign in ports.campaigns.campaigns.values():
        shown = [(slot.current.video_hash, slot.index) for slot in campaign.slots if slot.current]
        trash = [(each.chore.video_hash, each.chore.index) for each in campaign.trash]
        for place in shown if campaign.is_being_deleted else (*shown, *trash):
            names = {
                clip_path(campaign.campaign_id, *place, current=current)
                for current in (True, False)
            }
            clips = {objects[name].content for name in names if name in objects}
            assert clips == {A_CLIP}


def assert_nothing_is_paid_twice(ports: FakePorts) -> None:
    """At every moment, at most one submission of each video was accepted that is not refused."""
    operations = ports.generator.operations.values()
    accepted = Counter(
        operation.submission.video_hash
        for operation in operations
        if not isinstance(operation.script.ending, Failed)
    )
    assert all(times == 1 for times in accepted.values())


def assert_agreement(ports: FakePorts) -> None:
    """At rest, all has ended, and slots, records and objects agree."""
    assert all(has_ended_properly(video) for video in _videos(ports))
    for campaign in ports.campaigns.campaigns.values():
        assert campaign.chores == ()
        assert states_in_slots(campaign) == {
            video.video_hash: video.version_state
            for video in _videos(ports)
            if video.campaign_id == campaign.campaign_id and video.version_state is not None
        }
    expected = {name for video in _videos(ports) for name in objects_of(video)}
    names = _names(ports) - _evidence_of_failure(ports)
    campaigns = ports.campaigns.campaigns.values()
    assert expected == names - kept_for_signed_urls(campaigns, besides=expected)


def assert_what_is_paid_for_is_kept(ports: FakePorts) -> None:
    """At rest, a clip that was made is stored, unless its video was deleted meanwhile."""
    made = {
        operation.submission.video_hash
        for operation in ports.generator.operations.values()
        if operation.script.ending == A_CLIP
    }
    for video in _videos(ports):
        if video.video_hash in made:
            assert video.phase is Phase.DONE


def assert_ends_have_events(ports: FakePorts) -> None:
    batches, events = ports.batches.batches.values(), ports.campaigns.events.values()
    assert list(event_problems(_videos(ports), batches, events)) == []


def event_problems(
    videos: Iterable[Video], batches: Iterable[Batch], events: Iterable[Event]
) -> Iterator[str]:
    """Yield what is wrong at rest: an end without its event, or an event without its end.

    A video that failed may have been completed, or have failed again, later, or in the same moment:
    a clock may stand still between the two.
    """
    known = {event.id: event for event in events}
    records = {video.id: video for video in videos}
    for event in (each for video in records.values() for each in ends_of(video)):
        if known.get(event.id) != event:
            yield f"{event} is not stored: there is {known.get(event.id)}"
    ended = {event.id for batch in batches for event in batch_ends_of(batch)}
    if missing := ended - known.keys():
        yield f"the ends of batches are not stored: {missing}"
    for event in known.values():
        video = records.get(event.video.id) if event.video else None
        if video is None or event.type in _OF_STAYING or event in ends_of(video):
            continue
        was_late = video.completed_at is not None and event.created_at <= video.completed_at
        if event.type is not EventType.VIDEO_FAILED or not was_late:
            yield f"{event} is stored, and {video.id} is {video.phase}"
    of_batches = {event.id for event in known.values() if event.batch_id}
    if of_batches - ended:
        yield f"these are events of batches that have not ended: {of_batches - ended}"


def has_ended_properly(video: Video) -> bool:
    is_done = video.phase is Phase.DONE
    return (
        video.has_ended
        and (video.due_at is None or video.is_possibly_billed)
        and video.lease_expires_at is None
        and video.completed_at is not None
        and (video.clip is not None) == is_done
        and (video.failure is None) == is_done
        and (video.version_state is not None) == is_done
        and all(attempt.outcome is not AttemptOutcome.OPEN for attempt in video.attempts)
    )


def states_in_slots(campaign: Campaign) -> dict[str, VersionState]:
    """Return the states of the videos that its slots and its trash name."""
    states: dict[str, VersionState] = {}
    for slot in campaign.slots:
        states |= {each.video_hash: VersionState.HISTORICAL for each in slot.historical}
        if slot.current is not None:
            states[slot.current.video_hash] = VersionState.CURRENT
        if slot.pending is not None:
            states[slot.pending.video_hash] = VersionState.PENDING
    return states | {each.chore.video_hash: VersionState.TRASHED for each in campaign.trash}


def _money_of(videos: Iterable[Video]) -> Money:
    """Return what a campaign should have that ever had these videos, and saved nothing."""
    spent = possibly_spent = simulated = ZERO
    for video in videos:
        price = video.cost.estimated if video.cost.actual is None else video.cost.actual
        match video.attempt.outcome if video.attempts else AttemptOutcome.NOT_BILLED:
            case AttemptOutcome.BILLED:
                spent += price
                simulated += price if video.cost.simulated else ZERO
            case AttemptOutcome.POSSIBLY_BILLED:
                possibly_spent += price
    return Money(spent=spent, possibly_spent=possibly_spent, simulated=simulated)


def objects_of(video: Video) -> set[str]:
    if video.phase is not Phase.DONE:
        return set()
    place = (video.campaign_id, video.video_hash, video.index)
    return {clip_path(*place, current=video.is_current), *picture_paths(*place)}


def kept_for_signed_urls(campaigns: Iterable[Campaign], *, besides: set[str]) -> set[str]:
    """Names that stay until no URL that was signed for them can live any more."""
    kept: set[str] = set()
    for campaign in campaigns:
        for each in campaign.delayed:
            place = (campaign.campaign_id, each.chore.video_hash, each.chore.index)
            kept |= {clip_path(*place, current=current) for current in (True, False)}
            if each.chore.kind is ChoreKind.REMOVE:
                kept.update(picture_paths(*place))
    return kept - besides


def _evidence_of_failure(ports: FakePorts) -> set[str]:
    """What there is of a video that failed stays until its record is deleted."""
    failed = {video.video_hash for video in _videos(ports) if video.phase is Phase.FAILED}
    return {name for name in _names(ports) if any(each in name for each in failed)}


def _videos(ports: FakePorts) -> tuple[Video, ...]:
    return tuple(ports.campaigns.videos.values())


def _names(ports: FakePorts) -> set[str]:
    """Return the names of all objects but the notes about requests."""
    # A thread may store a picture meanwhile.
    return {name for name in tuple(ports.objects.objects) if not name.startswith(REQUESTS)}
