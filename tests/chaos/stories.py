"""What people ask for, and how the generator answers: for histories to disturb at every point.

A story sets its scene in peace. Then it acts once, and what that causes goes on until the campaign
is at rest.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol, cast

from functions.request_videos import take_request
from shared.domain.campaign import Campaign
from shared.domain.errors import RetryLaterError
from shared.domain.inputs import input_id
from shared.domain.storage_layout import input_path
from shared.domain.webhooks import DeliveryStatus
from shared.messages import PubSubMessage
from shared.ports import Ports
from shared.ports.campaign_repository import VideoQuery
from shared.ports.event_log import EventQuery
from shared.ports.webhook_repository import DeliveryQuery
from shared.settings import DEFAULT_MODEL
from shared.use_cases import run_batch as run_batch_module
from shared.use_cases.copy_campaigns import Installation, copy_campaigns
from shared.use_cases.read_batch import read_results
from tests.chaos.clips import SECONDS
from tests.chaos.findings import Finding, Kind
from tests.chaos.receiver import URL
from tests.chaos.rules import OMNI
from tests.chaos.safeguards import Weaken, take_nothing_out
from tests.chaos.witness import Json, ask
from tests.chaos.worlds import Site
from tests.pictures import a_picture, data_uri

if TYPE_CHECKING:
    from tests.chaos.receiver import Receiver

CAMPAIGN = "spring"
# Few lines are several chunks.
run_batch_module._AT_ONCE = 2

VIDEOS = f"/v1/campaigns/{CAMPAIGN}/videos"

Versions = Mapping[str, str]
"""The ids of the videos of slot 0 before the story acts, by what they are."""

Act = Callable[[Site, Versions], None]

Rule = Callable[[Ports, Versions], Iterable[Finding]]
"""Finds what is wrong at rest, after a story that began with these versions."""


class Stage(Protocol):
    """Where scenes are set: nothing dies there."""

    def act(self, act: Act) -> None:
        """Let one process do it, and no message be delivered."""

    def deliver(self) -> None:
        """Deliver what is due."""

    def settle(self) -> None:
        """Let time pass until the campaign is at rest."""

    def swap(self) -> None:
        """Exchange this installation with the one elsewhere, which is empty at first."""


Scene = Callable[[Stage], None]


def no_more(ports: Ports, versions: Versions) -> Iterable[Finding]:
    """Ask for nothing beyond the rules of all stories."""
    return ()


@dataclass(frozen=True, kw_only=True)
class Story:
    """`shown` slots show a video from the scene on until the end.

    `rates` are those of the models, as in MODEL_RATES.
    The first `lost_races` commits that complete a video meet a conflict, as in a crowd.
    A story that `may_end_otherwise` depends on whether a clip is made before its next step.
    A story that `must_be_repeated` is one that only its caller can finish. Where the caller
    `asks_again` when all is at rest, it does so under the same key, and nothing more is paid.
    Every process of it begins by `enter`, and `rule` holds at rest beside all others.
    """

    name: str
    scene: Scene
    act: Act
    shown: frozenset[int] = frozenset({0})
    faults: str = ""
    rates: str = ""
    may_end_otherwise: bool = False
    must_be_repeated: bool = False
    asks_again: bool = False
    lost_races: int = 0
    enter: Weaken = take_nothing_out
    rule: Rule = no_more


def asking(method: str, path: str, body: Json | bytes | None = None, key: str | None = None) -> Act:
    """Send an HTTP request. A repeat may get any answer but a server error."""

    def act(site: Site, versions: Versions) -> None:
        answer = ask(site.ports, method, path.format(**versions), body, key)
        if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise AssertionError(f"{method} {path} answers {answer.status}: {answer.get_data()!r}")

    return act


def creating(*prompts: str, model: str = DEFAULT_MODEL) -> Act:
    return asking("POST", VIDEOS, {"prompts": prompts, "seconds": SECONDS, "model": model})


def creating_from_picture(prompt: str, model: str = DEFAULT_MODEL) -> Act:
    body = {"prompts": [prompt], "seconds": SECONDS, "model": model, "image": data_uri(a_picture())}
    return asking("POST", VIDEOS, body)


def deleting_picture(site: Site, versions: Versions) -> None:
    for campaign in site.ports.campaigns.list_campaigns(after=None, limit=9):
        assert isinstance(campaign, Campaign)
        for each in campaign.inputs:
            name = input_id(campaign.campaign_id, each.picture)
            asking("DELETE", f"/v1/inputs/{name}")(site, versions)


def whole_inputs(ports: Ports, versions: Versions) -> Iterable[Finding]:
    """At rest, the inputs of videos, and those that campaigns list, are whole."""
    for campaign in ports.campaigns.list_campaigns(after=None, limit=9):
        assert isinstance(campaign, Campaign)
        videos = ports.campaigns.get_all_videos(campaign.campaign_id).videos
        needed = {each for video in videos for each in video.parameters.inputs or ()}
        listed = {each.picture for each in campaign.inputs}
        if needed - listed:
            yield Finding(Kind.LOST, f"inputs that {campaign.campaign_id} does not list")
        for each in listed:
            with ports.objects.open(input_path(campaign.campaign_id, each)) as content:
                if hashlib.sha256(content.read()).hexdigest() != each.sha256:
                    yield Finding(Kind.LOST, f"the bytes of {each.sha256}")


def sending(*prompts: str) -> Act:
    """Send the request as a message."""
    body = {"campaign_id": CAMPAIGN, "prompts": prompts, "seconds": SECONDS}
    message = PubSubMessage(message_id="17", data=json.dumps(body).encode(), attributes={})

    def act(site: Site, versions: Versions) -> None:
        # Pub/Sub delivers again what is refused for now.
        with suppress(RetryLaterError):
            take_request(site.ports, message)

    return act


def sending_batch(*lines: Json) -> Act:
    content = b"\n".join(json.dumps(each | {"seconds": SECONDS}).encode() for each in lines)
    return asking("POST", "/v1/batches", content)


BATCH = sending_batch(
    {"campaign_id": CAMPAIGN, "prompts": ["One", "Two"]},
    {"campaign_id": "autumn", "prompt": "Three"},
    {"campaign_id": CAMPAIGN, "prompt": "Four"},
)


def cancelling_batch(site: Site, versions: Versions) -> None:
    batches = json.loads(ask(site.ports, "GET", "/v1/batches").get_data())["data"]
    for batch in batches:
        asking("POST", f"/v1/batches/{batch['id']}/cancel", {})(site, versions)


def whole_batches(ports: Ports, versions: Versions) -> Iterable[Finding]:
    """At rest, a batch has a result for each line, and each of its videos is in one of them."""
    for batch in ports.batches.list(after=None, limit=9):
        results = [each.result for chunk in read_results(ports, batch) for each in chunk]
        if [result.line for result in results] != list(range(1, batch.lines + 1)):
            yield Finding(Kind.LOST, f"lines of {batch.batch_id}: there are {results}")
        told = [video.video_id for result in results for video in result.videos]
        made = [
            video.id
            for video in ports.campaigns.list_videos(VideoQuery(limit=99)).videos
            if video.batch_id == batch.batch_id
        ]
        if sorted(told) != sorted(made):
            yield Finding(Kind.LOST, f"videos of {batch.batch_id}: {told} instead of {made}")


REGISTERING = asking("POST", "/v1/webhooks", {"url": URL})


def all_told(ports: Ports, versions: Versions) -> Iterable[Finding]:
    """At rest, the receiver has accepted each event, and that is noted."""
    accepted = cast("Receiver", ports.web).accepted()
    (webhook,) = ports.webhooks.get().webhooks
    sent = ports.webhooks.list_deliveries(DeliveryQuery(webhook_id=webhook.id, limit=99))
    noted = {each.event.id for each in sent if each.status is DeliveryStatus.DELIVERED}
    ended = {event.id for event in ports.events.list(EventQuery(limit=99))}
    if not ended == accepted == noted:
        sentence = f"{ended} have ended, {accepted} are accepted, {noted} are noted"
        yield Finding(Kind.UNTOLD, sentence)


def do_nothing(site: Site, versions: Versions) -> None:
    """Let the scene go on as it is."""


def copying(site: Site, versions: Versions) -> None:
    here = Installation(
        campaigns=site.ports.campaigns, objects=site.ports.objects, mirror=site.ports.mirror
    )
    list(copy_campaigns(site.elsewhere, here))


EDITING = asking("POST", "/v1/videos/{current}/edit", {"prompt": "In blue", "model": OMNI})
REGENERATING = asking("POST", "/v1/videos/{current}/regenerate", {})


def nothing(stage: Stage) -> None:
    """Begin with an empty installation."""


def one_video(stage: Stage) -> None:
    stage.act(creating("A red bicycle"))
    stage.settle()


def one_receiver(stage: Stage) -> None:
    stage.act(REGISTERING)


def two_slots(stage: Stage) -> None:
    stage.act(creating("A red bicycle", "A kite"))
    stage.settle()


def one_video_from_picture(stage: Stage) -> None:
    stage.act(creating_from_picture("A red bicycle"))
    stage.settle()


def one_edit(stage: Stage) -> None:
    one_video(stage)
    stage.act(EDITING)


def two_versions(stage: Stage) -> None:
    one_video(stage)
    stage.act(REGENERATING)
    stage.settle()


def one_trashed(stage: Stage) -> None:
    two_versions(stage)
    stage.act(asking("DELETE", "/v1/videos/{current}"))
    stage.settle()


def one_reserved(stage: Stage) -> None:
    stage.act(creating("A red bicycle"))


def one_batch(stage: Stage) -> None:
    stage.act(BATCH)


def one_submitted(stage: Stage) -> None:
    one_video(stage)
    stage.act(REGENERATING)
    stage.deliver()


def one_submitted_to_omni(stage: Stage) -> None:
    stage.act(creating("A red bicycle", model=OMNI))
    stage.settle()
    stage.act(REGENERATING)
    stage.deliver()


def two_versions_elsewhere(stage: Stage) -> None:
    two_versions(stage)
    stage.swap()


def more_elsewhere(stage: Stage) -> None:
    """Both have one video; then another one was made elsewhere."""
    one_video(stage)
    stage.swap()
    stage.act(copying)
    stage.act(REGENERATING)
    stage.settle()
    stage.swap()


_FAULTS = {
    "busy": "rate_limited",
    "refused": "refused",
    "filtered": "filtered",
    "failed": "failed",
    "operation lost": "lost",
    "answer lost": "answer_lost",
    "slow": "slow",
    "corrupt": "corrupt",
}
NOTHING_SHOWN: frozenset[int] = frozenset()

STORIES = (
    Story(name="create", scene=nothing, act=creating("A red bicycle"), shown=NOTHING_SHOWN),
    Story(
        name="create with Omni",
        scene=nothing,
        act=creating("A red bicycle", model=OMNI),
        shown=NOTHING_SHOWN,
    ),
    Story(
        name="create four",
        scene=nothing,
        act=creating("One", "Two", "Three", "Four"),
        shown=NOTHING_SHOWN,
    ),
    Story(
        name="lose races",
        scene=nothing,
        act=creating("A red bicycle"),
        shown=NOTHING_SHOWN,
        lost_races=20,
    ),
    # One takes its turn, and the tick gives the others theirs.
    Story(
        name="create in a queue",
        scene=nothing,
        act=creating("One", "Two", "Three"),
        shown=NOTHING_SHOWN,
        rates=f"{DEFAULT_MODEL}=1",
    ),
    Story(
        name="regenerate while it waits",
        scene=two_slots,
        act=asking("POST", f"/v1/campaigns/{CAMPAIGN}/regenerate", {}),
        shown=frozenset({0, 1}),
        rates=f"{DEFAULT_MODEL}=1",
    ),
    Story(
        name="busy in a queue",
        scene=one_video,
        act=REGENERATING,
        faults="rate_limited",
        rates=f"{DEFAULT_MODEL}=50",
    ),
    Story(
        name="tell a receiver",
        scene=one_receiver,
        act=creating("A red bicycle"),
        shown=NOTHING_SHOWN,
        rule=all_told,
    ),
    Story(name="change the prompt", scene=one_video, act=creating("A blue bicycle")),
    Story(name="regenerate", scene=two_versions, act=REGENERATING),
    Story(
        name="regenerate all",
        scene=two_slots,
        act=asking("POST", f"/v1/campaigns/{CAMPAIGN}/regenerate", {}),
        shown=frozenset({0, 1}),
    ),
    Story(
        name="regenerate under a key",
        scene=one_video,
        act=asking("POST", "/v1/videos/{current}/regenerate", {}, "one"),
        asks_again=True,
    ),
    Story(
        name="create from a picture",
        scene=nothing,
        act=creating_from_picture("A red bicycle"),
        shown=NOTHING_SHOWN,
        rule=whole_inputs,
    ),
    Story(
        name="create from a picture with Omni",
        scene=nothing,
        act=creating_from_picture("A red bicycle", OMNI),
        shown=NOTHING_SHOWN,
        rule=whole_inputs,
    ),
    Story(
        name="regenerate from a picture",
        scene=one_video_from_picture,
        act=REGENERATING,
        rule=whole_inputs,
    ),
    Story(
        name="delete a picture",
        scene=one_video_from_picture,
        act=deleting_picture,
        rule=whole_inputs,
    ),
    Story(name="edit", scene=one_video, act=EDITING, rule=whole_inputs),
    Story(
        name="delete the video of an edit",
        scene=one_edit,
        act=asking("DELETE", "/v1/videos/{current}"),
        shown=NOTHING_SHOWN,
        rule=whole_inputs,
    ),
    Story(name="change by message", scene=one_video, act=sending("A kite"), asks_again=True),
    Story(
        name="promote",
        scene=two_versions,
        act=asking("POST", "/v1/videos/{historical}/promote", {}),
    ),
    Story(
        name="clean up",
        scene=two_versions,
        act=asking("POST", f"/v1/campaigns/{CAMPAIGN}/cleanup", {"dry_run": False, "keep_last": 0}),
    ),
    Story(
        name="delete current",
        scene=two_versions,
        act=asking("DELETE", "/v1/videos/{current}"),
        shown=NOTHING_SHOWN,
    ),
    Story(
        name="delete historical",
        scene=two_versions,
        act=asking("DELETE", "/v1/videos/{historical}"),
    ),
    Story(
        name="restore",
        scene=one_trashed,
        act=asking("POST", "/v1/videos/{trashed}/restore", {}),
        shown=NOTHING_SHOWN,
    ),
    Story(
        name="purge",
        scene=one_trashed,
        act=asking("DELETE", "/v1/videos/{trashed}?purge=true"),
        shown=NOTHING_SHOWN,
    ),
    Story(
        name="delete reserved",
        scene=one_reserved,
        act=asking("DELETE", "/v1/videos/{pending}"),
        shown=NOTHING_SHOWN,
    ),
    Story(
        name="delete campaign",
        scene=two_versions,
        act=asking("DELETE", f"/v1/campaigns/{CAMPAIGN}"),
        shown=NOTHING_SHOWN,
    ),
    Story(
        name="cancel reserved",
        scene=one_reserved,
        act=asking("POST", "/v1/videos/{pending}/cancel", {}),
        shown=NOTHING_SHOWN,
    ),
    Story(
        name="cancel submitted",
        scene=one_submitted,
        act=asking("POST", "/v1/videos/{pending}/cancel", {}),
    ),
    # Omni's clip may be made before the cancellation is.
    Story(
        name="cancel submitted to Omni",
        scene=one_submitted_to_omni,
        act=asking("POST", "/v1/videos/{pending}/cancel", {}),
        may_end_otherwise=True,
    ),
    Story(
        name="import",
        scene=two_versions_elsewhere,
        act=copying,
        shown=NOTHING_SHOWN,
        must_be_repeated=True,
    ),
    Story(name="import more", scene=more_elsewhere, act=copying, must_be_repeated=True),
    Story(name="batch", scene=nothing, act=BATCH, shown=NOTHING_SHOWN, rule=whole_batches),
    Story(
        name="cancel batch",
        scene=one_batch,
        act=cancelling_batch,
        shown=NOTHING_SHOWN,
        rule=whole_batches,
    ),
    *(
        Story(name=name, scene=one_video, act=REGENERATING, faults=faults)
        for name, faults in _FAULTS.items()
    ),
)
