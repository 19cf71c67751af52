"""Inputs of a campaign: what is stored, when it goes, and that no video loses its picture."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from threading import Barrier
from typing import BinaryIO

import pytest

from shared.domain.errors import InvalidInputError, MaxCostExceededError
from shared.domain.inputs import MOST_INPUTS, InputState, input_id
from shared.domain.storage_layout import inputs_prefix
from shared.domain.video import GenerationParameters, Video
from shared.ports.object_store import PutMode
from shared.use_cases.change_versions import delete_video
from shared.use_cases.create_videos import CreateVideos, Draft, create_videos
from shared.use_cases.inputs import Sources, gather
from shared.use_cases.keep_inputs import add_input, delete_input, remove_unused
from shared.use_cases.regenerate_videos import regenerate_video
from tests.fakes.ports import FakePorts
from tests.pictures import a_picture, data_uri
from tools.in_memory.object_store import InMemoryObjectStore

PNG, JPEG = a_picture("PNG"), a_picture("JPEG")


def made_from(ports: FakePorts, image: str, prompt: str = "A cup", **changes: object) -> Video:
    request = CreateVideos(
        campaign_id="spring",
        drafts=(Draft(prompt=prompt),),
        parameters=GenerationParameters(model=ports.policy.default_model),
        sources=gather(ports, Sources(image=image)),
        **changes,  # type: ignore[arg-type]  # Fields of the request.
    )
    [created] = create_videos(ports, request)
    return created.video


def stored(ports: FakePorts) -> list[str]:
    return [info.path for info in ports.objects.list(inputs_prefix("spring"))]


def states(ports: FakePorts) -> list[InputState]:
    return [each.state for each in ports.campaigns.get_campaign("spring").inputs]


def test_the_same_bytes_are_stored_once(ports: FakePorts) -> None:
    first = made_from(ports, data_uri(PNG))
    again = made_from(ports, data_uri(PNG))
    made_from(ports, data_uri(PNG), "Another cup")

    assert again.video_hash == first.video_hash
    assert len(stored(ports)) == 1
    assert states(ports) == [InputState.USED]


def test_a_url_is_fetched_and_kept(ports: FakePorts) -> None:
    ports.web.pages["https://example.com/cup"] = PNG

    video = made_from(ports, "https://example.com/cup")

    assert video.parameters.inputs is not None
    assert video.fingerprint == made_from(ports, data_uri(PNG)).fingerprint
    with ports.objects.open(stored(ports)[0]) as content:
        assert content.read() == PNG


def test_pictures_are_fetched_and_stored_at_the_same_time(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    urls = ("https://example.com/cup", "https://example.com/plate")
    ports.web.pages |= dict(zip(urls, (PNG, JPEG), strict=True))
    get, put, both = ports.web.get, ports.objects.put, Barrier(2, timeout=20)

    def fetched(url: str, *, most_bytes: int, within: timedelta) -> bytes:
        both.wait()
        return get(url, most_bytes=most_bytes, within=within)

    def kept(path: str, content: BinaryIO, *, content_type: str, mode: PutMode) -> None:
        both.wait()
        put(path, content, content_type=content_type, mode=mode)

    monkeypatch.setattr(ports.web, "get", fetched)
    monkeypatch.setattr(ports.objects, "put", kept)

    create_videos(
        ports,
        CreateVideos(
            campaign_id="spring",
            drafts=(Draft(prompt="A cup"),),
            parameters=GenerationParameters(model=ports.policy.default_model),
            sources=gather(ports, Sources(image=urls[0], last_frame=urls[1])),
        ),
    )

    assert len(stored(ports)) == 2


def test_a_refused_request_stores_nothing(ports: FakePorts) -> None:
    with pytest.raises(MaxCostExceededError):
        made_from(ports, data_uri(PNG), max_cost=0)

    assert stored(ports) == []


def test_a_regenerated_video_has_the_pictures_of_the_first(ports: FakePorts) -> None:
    video = made_from(ports, data_uri(PNG))
    assert video.parameters.inputs is not None
    assert video.parameters.inputs.image is not None
    delete_input(ports, input_id("spring", video.parameters.inputs.image))
    remove_unused(ports, "spring")

    attached = regenerate_video(ports, "spring", video.video_hash)

    assert attached.video.parameters.inputs == video.parameters.inputs
    assert len(stored(ports)) == 1


def test_a_picture_that_nothing_uses_is_removed(ports: FakePorts) -> None:
    video = made_from(ports, data_uri(PNG))
    kept, _ = add_input(ports, "spring", JPEG)
    ports.clock.advance(timedelta(days=2))
    remove_unused(ports, "spring")
    assert len(stored(ports)) == 2

    from shared.use_cases.change_versions import cancel_video  # noqa: PLC0415

    cancel_video(ports, "spring", video.video_hash)
    delete_video(ports, "spring", video.video_hash)
    remove_unused(ports, "spring")

    assert [each.picture for each in ports.campaigns.get_campaign("spring").inputs] == [
        kept.picture
    ]
    assert len(stored(ports)) == 1


def test_an_object_without_a_record_goes_after_a_day(ports: FakePorts) -> None:
    made_from(ports, data_uri(PNG))
    forsaken = f"{inputs_prefix('spring')}{'0' * 64}.png"
    ports.objects.put(forsaken, BytesIO(b"x"), content_type="image/png")

    remove_unused(ports, "spring")
    assert forsaken in stored(ports)
    ports.clock.advance(timedelta(days=1, seconds=1))
    remove_unused(ports, "spring")

    assert forsaken not in stored(ports)
    assert len(stored(ports)) == 1


class BetweenListing(InMemoryObjectStore):
    """Lets something happen after the objects are listed, or before one is deleted."""

    before_delete: Callable[[], None] = staticmethod(lambda: None)

    def delete_unchanged(self, found: object) -> None:
        act, self.before_delete = self.before_delete, lambda: None
        act()
        super().delete_unchanged(found)  # type: ignore[arg-type]


def test_a_picture_that_is_used_again_while_it_is_removed_stays(ports: FakePorts) -> None:
    objects = BetweenListing(ports.clock)
    ports.objects = objects
    ports.generator._objects = objects
    added, _ = add_input(ports, "spring", PNG)
    videos: list[Video] = []
    objects.before_delete = lambda: videos.append(made_from(ports, data_uri(PNG)))

    delete_input(ports, input_id("spring", added.picture))

    assert len(videos) == 1
    assert states(ports) == [InputState.USED]
    assert len(stored(ports)) == 1


def test_a_lost_object_is_stored_again(ports: FakePorts) -> None:
    add_input(ports, "spring", PNG)
    ports.objects.delete(stored(ports)[0])

    add_input(ports, "spring", PNG)

    assert len(stored(ports)) == 1


def test_a_campaign_has_a_limited_number_of_inputs(ports: FakePorts) -> None:
    for number in range(MOST_INPUTS):
        add_input(ports, "spring", a_picture("PNG", size=(1 + number, 1)))

    with pytest.raises(InvalidInputError, match=f"{MOST_INPUTS} of {MOST_INPUTS}"):
        add_input(ports, "spring", JPEG)

    assert len(stored(ports)) == MOST_INPUTS
