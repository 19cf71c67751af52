"""Remix, extend and edit: the next version of a slot, made from a video of it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.domain.errors import (
    InvalidInputError,
    MaxCostExceededError,
    ModelRetiredError,
    NotReadyError,
    ObjectNotFoundError,
    SlotBusyError,
    UnsupportedParameterError,
)
from shared.domain.inputs import InputState, input_id
from shared.domain.storage_layout import inputs_prefix
from shared.domain.tasks import Task
from shared.domain.values import replace
from shared.domain.video import GenerationParameters, Outcome, VersionState, Video
from shared.ports.object_store import ObjectInfo
from shared.use_cases.change_versions import delete_video
from shared.use_cases.claims import Claim
from shared.use_cases.create_videos import CreateVideos, Draft, create_videos
from shared.use_cases.derive_videos import DeriveVideo, derive_video
from shared.use_cases.inputs import Sources, gather
from shared.use_cases.keep_inputs import add_input, remove_unused
from shared.use_cases.regenerate_videos import regenerate_video
from shared.use_cases.reserving import CreatedVideo
from tests.fakes.ports import FakePorts
from tests.fakes.video_generator import Script
from tests.pictures import a_picture, data_uri
from tests.unit.use_cases.scenes import CAMPAIGN_ID, make, remake, reserve, settle, stored
from tools.in_memory.clip import A_CLIP, CLIP_FACTS

A_LONGER_CLIP = A_CLIP + b"and more"
LONGER = 15.0


def derive(ports: FakePorts, video: Video, task: Task | None, **changes: Any) -> CreatedVideo:  # noqa: ANN401
    fields = {"prompt": "It stops", "seconds": 7, **changes}
    request = DeriveVideo(
        campaign_id=video.campaign_id, video_hash=video.video_hash, task=task, **fields
    )
    return derive_video(ports, request)


def extend(ports: FakePorts, video: Video, **changes: Any) -> Video:  # noqa: ANN401
    return derive(ports, video, Task.EXTENSION, **changes).video


def finish(ports: FakePorts, video: Video) -> Video:
    settle(ports)
    return stored(ports, video)


@pytest.fixture(autouse=True)
def longer_clips(ports: FakePorts) -> None:
    ports.inspector.known[A_LONGER_CLIP] = replace(CLIP_FACTS, duration_seconds=LONGER)


def objects(ports: FakePorts) -> list[str]:
    return [info.path for info in ports.objects.list(inputs_prefix(CAMPAIGN_ID))]


def test_a_remix_differs_from_its_video_in_the_prompt_alone(ports: FakePorts) -> None:
    old = make(ports, business_context={"tone": "calm"}, metadata={"order": "7"}, tags=("x",))

    new = derive(ports, old, None).video

    assert (new.prompt, new.index, new.remixed_from_video_id) == ("It stops", old.index, old.id)
    assert (new.parameters, new.business_context) == (old.parameters, old.business_context)
    assert (new.metadata, new.tags) == (old.metadata, old.tags)
    assert new.fingerprint != old.fingerprint
    assert stored(ports, old).is_current
    assert finish(ports, new).is_current
    assert stored(ports, old).version_state is VersionState.HISTORICAL


def test_the_pictures_of_a_remix_replace_those_of_its_video(ports: FakePorts) -> None:
    red, blue = (
        input_id(CAMPAIGN_ID, add_input(ports, CAMPAIGN_ID, a_picture(colour=colour))[0].picture)
        for colour in ("red", "blue")
    )
    old = finish(ports, reserve(ports, sources=Sources(image=red)))
    framed = derive(ports, old, None, sources=Sources(image=red, last_frame=blue)).video

    finish(ports, framed)
    same = derive(ports, framed, None, sources=None, prompt="It goes on").video
    finish(ports, same)
    without = derive(ports, same, None, sources=Sources()).video

    assert [
        [input_id(CAMPAIGN_ID, picture) for picture in video.parameters.inputs or ()]
        for video in (framed, same, without)
    ] == [[red, blue], [red, blue], []]
    with pytest.raises(InvalidInputError):
        derive(ports, finish(ports, without), None, sources=Sources(image=f"{red[:-1]}z"))


def test_an_extension_continues_the_clip_and_costs_what_it_adds(ports: FakePorts) -> None:
    old = make(ports)
    ports.generator.will(Script(ending=A_LONGER_CLIP))

    new = finish(ports, extend(ports, old))

    clip = new.parameters.source_clip
    assert clip is not None
    assert (clip.media_type, clip.duration_seconds) == ("video/mp4", 8.0)
    assert objects(ports) == [f"{inputs_prefix(CAMPAIGN_ID)}{clip.sha256}.mp4"]
    with ports.objects.open(objects(ports)[0]) as content:
        assert content.read() == A_CLIP
    assert new.is_current
    assert new.cost.actual == Decimal("2.80")
    assert new.remixed_from_video_id == old.id


def test_an_extension_of_another_duration_is_not_shown(ports: FakePorts) -> None:
    old = make(ports)

    new = finish(ports, extend(ports, old))

    assert new.failure is not None
    assert "8.00 s; 15 s were asked for" in new.failure.message
    assert stored(ports, old).is_current


def test_a_repeated_extension_is_paid_once(ports: FakePorts) -> None:
    old = make(ports)
    ports.generator.will(Script(ending=A_LONGER_CLIP))
    first, again = (derive(ports, old, Task.EXTENSION) for _ in range(2))
    settle(ports)
    later = derive(ports, old, Task.EXTENSION)

    assert (first.outcome, again.outcome, later.outcome) == (
        Outcome.CREATED,
        Outcome.ATTACHED,
        Outcome.CACHE_HIT,
    )
    assert {each.video.id for each in (first, again, later)} == {first.video.id}
    assert len(ports.generator.submissions) == 2


def test_a_repeated_request_is_answered_after_its_video_is_gone(ports: FakePorts) -> None:
    """Its first answer was lost in a crash."""
    old = make(ports)
    claim = Claim(name="key_1", digest="", claimed_at=ports.now().isoformat())
    first = derive(ports, old, Task.EXTENSION, claim=claim)
    delete_video(ports, CAMPAIGN_ID, old.video_hash)

    again = derive(ports, old, Task.EXTENSION, claim=claim)

    assert (again.video.id, again.outcome) == (first.video.id, Outcome.CREATED)
    assert len(ports.campaigns.videos) == 1


def test_a_slot_that_makes_another_video_is_busy(ports: FakePorts) -> None:
    old = make(ports)
    regenerate_video(ports, CAMPAIGN_ID, old.video_hash)

    for task in (None, Task.EXTENSION):
        with pytest.raises(SlotBusyError):
            derive(ports, old, task)
    assert objects(ports) == []


def test_a_pending_extension_keeps_its_clip_when_its_video_is_removed(ports: FakePorts) -> None:
    old = make(ports)
    new = extend(ports, old)
    delete_video(ports, CAMPAIGN_ID, old.video_hash)
    ports.clock.advance(timedelta(days=2))
    remove_unused(ports, CAMPAIGN_ID)
    ports.generator.will(*[Script(ending=A_LONGER_CLIP)] * 2)

    done = finish(ports, new)
    again = remake(ports, done)

    assert again.parameters == done.parameters
    assert again.remixed_from_video_id == old.id
    assert again.is_current
    assert len(objects(ports)) == 1


def test_a_clip_that_nothing_uses_is_removed(ports: FakePorts) -> None:
    old = make(ports)
    ports.generator.will(Script(ending=A_LONGER_CLIP))
    new = finish(ports, extend(ports, old))
    delete_video(ports, CAMPAIGN_ID, new.video_hash)

    remove_unused(ports, CAMPAIGN_ID)

    assert objects(ports) == []
    assert ports.campaigns.get_campaign(CAMPAIGN_ID).inputs == ()


def test_a_clip_that_is_about_to_be_removed_is_copied_again(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The removal finds the object, then an extension is requested, then it removes the object."""
    old = make(ports)
    extended = extend(ports, old)
    ports.generator.will(Script(ending=A_LONGER_CLIP))
    delete_video(ports, CAMPAIGN_ID, finish(ports, extended).video_hash)
    requested: list[Video] = []
    delete = ports.objects.delete_unchanged

    def request_first(found: ObjectInfo) -> None:
        requested.append(extend(ports, old, prompt="It starts again"))
        delete(found)

    monkeypatch.setattr(ports.objects, "delete_unchanged", request_first)
    remove_unused(ports, CAMPAIGN_ID)

    assert len(requested) == len(objects(ports)) == 1
    [kept] = ports.campaigns.get_campaign(CAMPAIGN_ID).inputs
    assert (kept.picture, kept.state) == (requested[0].parameters.source_clip, InputState.USED)


def test_a_video_without_a_clip_cannot_be_extended(ports: FakePorts) -> None:
    pending = reserve(ports)

    with pytest.raises(NotReadyError):
        extend(ports, pending)


def test_a_clip_that_is_lost_costs_nothing(ports: FakePorts) -> None:
    old = make(ports)
    for info in list(ports.objects.list("videos/generated/")):
        ports.objects.delete(info.path)

    with pytest.raises(ObjectNotFoundError):
        extend(ports, old)
    assert ports.campaigns.get_campaign(CAMPAIGN_ID).money.committed == old.cost.estimated


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"seconds": 8}, UnsupportedParameterError),
        ({"model": "veo-3.0-generate-001"}, ModelRetiredError),
        ({"max_cost": Decimal("2.79")}, MaxCostExceededError),
    ],
)
def test_a_refused_extension_keeps_nothing(
    ports: FakePorts, changes: dict[str, Any], error: type[Exception]
) -> None:
    old = make(ports)

    with pytest.raises(error):
        extend(ports, old, **changes)
    assert objects(ports) == []
    assert len(ports.campaigns.videos) == 1


def test_an_edit_by_a_model_that_makes_none_is_refused(ports: FakePorts) -> None:
    old = make(ports)

    with pytest.raises(UnsupportedParameterError, match="edit_video"):
        derive(ports, old, Task.EDIT)


def test_an_edit_is_as_long_as_its_video_and_takes_what_its_model_takes(ports: FakePorts) -> None:
    parameters = GenerationParameters(
        model=ports.policy.default_model,
        negative_prompt="rain",
        generate_audio=False,
        seed=7,
        person_generation="dont_allow",
    )
    old = make(ports, parameters=parameters)

    new = finish(ports, derive(ports, old, Task.EDIT, model="gemini-omni-1.2-flash").video)

    made = new.parameters
    assert (made.model, made.duration_seconds, made.seed) == ("gemini-omni-1.2-flash", 8, 7)
    assert (made.negative_prompt, made.person_generation) == (None, None)
    assert made.generate_audio
    assert new.is_current
    assert new.cost.actual == Decimal("0.560")


def test_a_remix_has_the_pictures_of_its_video(ports: FakePorts) -> None:
    old = made_from_a_picture(ports)

    new = derive(ports, old, None).video

    assert new.parameters.inputs == old.parameters.inputs
    assert len(objects(ports)) == 1


def test_a_remix_whose_video_goes_meanwhile_with_its_picture_is_refused(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = made_from_a_picture(ports)

    def get_and_remove(*_: str) -> Video:
        monkeypatch.undo()
        delete_video(ports, CAMPAIGN_ID, old.video_hash)
        remove_unused(ports, CAMPAIGN_ID)
        return old

    monkeypatch.setattr(ports.campaigns, "get_video", get_and_remove)
    with pytest.raises(InvalidInputError, match="deleted with it"):
        derive(ports, old, None)
    assert ports.campaigns.videos == {}


def made_from_a_picture(ports: FakePorts) -> Video:
    request = CreateVideos(
        campaign_id=CAMPAIGN_ID,
        drafts=(Draft(prompt="A cup"),),
        parameters=GenerationParameters(model=ports.policy.default_model),
        sources=gather(ports, Sources(image=data_uri(a_picture("PNG")))),
    )
    [created] = create_videos(ports, request)
    return finish(ports, created.video)
