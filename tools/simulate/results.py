"""What a case comes to: counted by the simulated services, and read from the records."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.domain.identity import video_id
from shared.domain.video import Phase
from shared.ports.video_generator import FILTERED
from tools.simulate.cases import Case
from tools.simulate.generator import Operation
from tools.simulate.world import World, is_interactive

_BURST_SECONDS = 1.0


@dataclass(frozen=True, kw_only=True)
class Result:
    """Times are in seconds, and moments are seconds since the beginning.

    `paid_twice` counts videos with more than one operation, `lost` those whose clip was made and is
    not shown. `refused` counts submissions that the quota refused, `unreached` those for which the
    generator did not answer.
    """

    case: Case
    completed: int
    filtered: int
    failed: int
    unfinished: int
    paid_twice: int
    lost: int
    submitted: int
    refused: int
    unreached: int
    commits: int
    longest_record: int
    pace_writes: int
    pace_writes_at_once: int
    messages: int
    deliveries: int
    postponed: int
    dead_letters: int
    interactive_wait: float
    first_shown_after: float
    filtered_reported_after: float
    created_at: tuple[float, ...]
    submitted_at: tuple[float, ...]
    ended_at: tuple[float, ...]

    @property
    def seconds(self) -> float:
        """How long it took until the last video ended."""
        return self.ended_at[-1]

    @property
    def refused_percent(self) -> float:
        return 100 * self.refused / self.submitted

    @property
    def commits_each(self) -> float:
        return self.commits / self.case.videos


def simulate(case: Case) -> Result:
    """Run a case to its end. Raise RuntimeError if the installation logs an error."""
    world = World(case)
    world.run()
    if world.errors:
        raise RuntimeError(f"{case.name}: {'; '.join(sorted(set(world.errors)))}")
    return _result(world)


def _result(world: World) -> Result:
    records, paces = world.ports.records, world.ports.paces
    generator, steps = world.generator, world.steps
    videos = {video.id: video for video in records.videos.values()}
    operations = {_id_of(each): each for each in generator.operations.values()}
    created = {name: world.clock.seconds_of(video.created_at) for name, video in videos.items()}
    ended = records.ended_at
    done = [name for name, video in videos.items() if video.phase is Phase.DONE]
    failures = Counter(video.failure.code for video in videos.values() if video.failure)
    paid = Counter(_id_of(each) for each in generator.operations.values())
    filtered = [name for name, each in operations.items() if each.is_filtered]
    first = min(done, key=lambda name: ended[name])
    return Result(
        case=world.case,
        completed=len(done),
        filtered=failures.pop(FILTERED, 0),
        failed=failures.total(),
        unfinished=world.case.videos - len(ended),
        paid_twice=sum(count > 1 for count in paid.values()),
        lost=len(operations) - len(filtered) - len(done),
        submitted=len(generator.operations),
        refused=generator.refused,
        unreached=generator.unreached,
        commits=records.commits,
        longest_record=records.longest,
        pace_writes=len(paces.written_at),
        pace_writes_at_once=_most_within(paces.written_at, _BURST_SECONDS),
        messages=steps.published,
        deliveries=steps.deliveries,
        postponed=steps.refusals,
        dead_letters=steps.dead_letters,
        interactive_wait=_longest(
            each.accepted_at - created[name]
            for name, each in operations.items()
            if is_interactive(each.submission.campaign_id)
        ),
        first_shown_after=ended[first] - created[first],
        filtered_reported_after=_longest(
            ended[name] - operations[name].ends_at for name in filtered if name in ended
        ),
        created_at=tuple(sorted(created.values())),
        submitted_at=tuple(sorted(each.accepted_at for each in operations.values())),
        ended_at=tuple(sorted(ended.values())),
    )


def _id_of(operation: Operation) -> str:
    return video_id(operation.submission.campaign_id, operation.submission.video_hash)


def _longest(times: Iterable[float]) -> float:
    return max(times, default=0.0)


def _most_within(moments: Sequence[float], seconds: float) -> int:
    """Return how many of the sorted moments lie within so many seconds, at most."""
    last = (bisect_left(moments, each + seconds) - place for place, each in enumerate(moments))
    return max(last, default=0)
