"""The commit that completes stored videos: one, or several of a campaign together.

Videos whose clips arrive together all change the record of their campaign, and a store sustains
about one write per second of a record. A step that loses this race stores the facts of its clip in
its own video's record. From then on, any step of the campaign that wins a race completes every
video with such facts in the same commit.
"""

from collections.abc import Mapping
from functools import partial

from shared.domain.campaign import Campaign, Change
from shared.domain.clip import ClipFacts
from shared.domain.errors import CampaignNotFoundError, ConflictError, UnreadableRecordError
from shared.domain.removal import surplus
from shared.domain.schedule import NAME_LIFE
from shared.domain.values import replace
from shared.domain.versions import becomes_current, complete
from shared.domain.video import Phase, Status, Video
from shared.domain.video_steps import clip_stored
from shared.ports import Ports
from shared.ports.campaign_repository import VideoQuery
from shared.use_cases.committing import commit, revise, until_committed
from shared.use_cases.read_campaigns import current_video, readable_videos_of
from shared.use_cases.trash_videos import trash_or_remove

# Each video is up to three records in the commit, and up to three reads before it.
_MOST_TOGETHER = 20
_MOST_SLOTS = 100
# If `keep_historical` was lowered, later commits remove the rest: each removed record is read.
_MOST_DROPPED = 20


def complete_video(
    ports: Ports, video: Video, clip: ClipFacts, *, replacing: str | None = None
) -> Change | None:
    """Make `video`, whose clip is stored, current or historical, and announce it.

    `replacing` is the hash of the video that was current when the step began. It is read with the
    campaign; if another video has become current since, that one is read as well.
    Return the commit, or None if the step of another video made it.

    Raise ConflictError after too many lost races, WrongStateError if another step changed `video`.
    """
    try:
        likely = () if replacing is None else (replacing,)
        return _complete_together(ports, (replace(video, clip=clip),), likely)
    except ConflictError:
        # This record includes a cancellation that was committed meanwhile.
        noted = revise(ports, video, partial(_noted, clip=clip))
        return until_committed(partial(_complete_with_others, ports, noted))


def _noted(video: Video, *, clip: ClipFacts) -> Video:
    return video if video.phase is Phase.DONE else clip_stored(video, clip=clip)


def _complete_with_others(ports: Ports, video: Video) -> Change | None:
    latest = ports.campaigns.get_video(video.campaign_id, video.video_hash)
    if latest.phase is Phase.DONE:
        # The step of another video has completed and announced this one.
        return None
    return _complete_together(ports, (latest, *_others(ports, latest)))


def _others(ports: Ports, video: Video) -> tuple[Video, ...]:
    """Return other videos of the campaign that wait for this commit; one for each slot."""
    query = VideoQuery(campaign_id=video.campaign_id, status=Status.IN_PROGRESS, limit=_MOST_SLOTS)
    ready = {
        each.index: each
        for each in ports.campaigns.list_videos(query).videos
        if each.phase is Phase.STORING and each.clip and each.index != video.index
    }
    return tuple(ready.values())[: _MOST_TOGETHER - 1]


def _complete_together(
    ports: Ports, videos: tuple[Video, ...], likely: tuple[str, ...] = ()
) -> Change:
    """Commit once. Every video has its clip, and a slot of its own.

    `likely` are hashes of the videos that these probably replace.
    """
    campaign_id = videos[0].campaign_id
    campaign, page = ports.campaigns.get_together(campaign_id, likely)
    if campaign is None:
        raise CampaignNotFoundError(f"There is no campaign {campaign_id!r}.")
    known = {each.video_hash: each for each in page.videos}
    change = Change(campaign=campaign)
    for video in videos:
        try:
            one = _complete(ports, change.campaign, video, known)
        except UnreadableRecordError:
            # The video that it replaces cannot be read. Other videos are completed without it.
            if video is videos[0]:
                raise
            continue
        change = change.then(one)
    change = _without_surplus(ports, change)
    return commit(ports, change)


def _complete(ports: Ports, campaign: Campaign, video: Video, known: Mapping[str, Video]) -> Change:
    assert video.clip is not None  # noqa: S101  # The caller has added it.
    replaced = None
    current = campaign.slot(video.index).current
    if current is not None and becomes_current(campaign, video, video.clip):
        replaced = known.get(current.video_hash) or current_video(ports, campaign, video.index)
    return complete(campaign, video, replaced=replaced, clip=video.clip, now=ports.now())


def _without_surplus(ports: Ports, change: Change) -> Change:
    """Move the history beyond `keep_historical` to the trash in the same commit, or remove it.

    A player with a signed URL of such a clip can play it until the URL expires.
    """
    changed = {video.video_hash: video for video in change.videos}
    names = surplus(change.campaign, ports.policy.keep_historical)[:_MOST_DROPPED]
    known = {name: changed[name] for name in names if name in changed}
    others = [name for name in names if name not in changed]
    old = [*known.values(), *readable_videos_of(ports, change.campaign, others).values()]
    until = ports.now() + NAME_LIFE
    return change.then(trash_or_remove(ports, change.campaign, old, objects_until=until))
