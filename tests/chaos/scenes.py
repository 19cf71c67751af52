"""Scenes, each set once in peace and copied for every history."""

from dataclasses import dataclass, field
from functools import partial

from shared.domain.errors import CampaignNotFoundError
from shared.domain.identity import video_id
from shared.ports import Ports
from tests.chaos.children import in_a_process
from tests.chaos.stories import CAMPAIGN, Act, Scene, Versions
from tests.chaos.tripwire import touch_nothing
from tests.chaos.work import Post, act_once, deliver, settle
from tests.chaos.worlds import World


@dataclass(frozen=True, kw_only=True)
class SetScene:
    """A world with what there is at the beginning of a story, and what is known of it."""

    world: World
    seconds: float
    post: Post
    versions: Versions


@dataclass(kw_only=True)
class PeacefulStage:
    world: World
    post: Post = field(default_factory=Post)

    def act(self, act: Act) -> None:
        versions = self.world.observe(versions_of)
        in_a_process(partial(act_once, self.world, act, versions, touch_nothing))

    def deliver(self) -> None:
        self.post = in_a_process(partial(deliver, self.world, self.post, touch_nothing)).post

    def settle(self) -> None:
        post = settle(
            self.world, self.post, lambda work: [in_a_process(partial(work, touch_nothing))]
        )
        assert post is not None, "The scene never comes to rest."
        self.post = post

    def swap(self) -> None:
        self.world.swap()


def set_scene(scene: Scene, world: World) -> SetScene:
    world.clock.set_to(0)
    stage = PeacefulStage(world=world)
    scene(stage)
    return SetScene(
        world=world,
        seconds=world.clock.seconds,
        post=stage.post,
        versions=world.observe(versions_of),
    )


def versions_of(ports: Ports) -> Versions:
    """Return the ids of the videos of slot 0, by what they are; of history, the latest one."""
    try:
        campaign = ports.campaigns.get_campaign(CAMPAIGN)
    except CampaignNotFoundError:
        return {}
    slot = campaign.slot(0)
    named = {
        "current": slot.current,
        "pending": slot.pending,
        "historical": next(iter(slot.historical), None),
    }
    hashes = {name: version.video_hash for name, version in named.items() if version}
    if campaign.trash:
        hashes["trashed"] = campaign.trash[-1].chore.video_hash
    return {name: video_id(CAMPAIGN, video_hash) for name, video_hash in hashes.items()}
