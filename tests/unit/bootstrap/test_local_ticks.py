"""The ticks of a data folder: the first wakes all pending work, one a minute reconciles."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.bootstrap.local_ports import LocalPorts
from shared.domain.storage_layout import CURSOR
from shared.domain.video import GenerationParameters, Phase
from shared.settings import DEFAULT_MODEL, Settings
from shared.use_cases.create_videos import CreateVideos, Draft, create_videos
from tests.eventually import eventually

REQUEST = CreateVideos(
    campaign_id="spring",
    drafts=(Draft(prompt="A red kite over dunes"),),
    parameters=GenerationParameters(model=DEFAULT_MODEL),
)


def opened(data: Path) -> LocalPorts:
    return LocalPorts(Settings(storage_url=f"file://{data}", synthetic_seconds=1800))


@pytest.fixture
def ports(tmp_path: Path) -> Iterator[LocalPorts]:
    """The ports of a process that starts after another one has reserved a video."""
    earlier = opened(tmp_path / "data")
    create_videos(earlier, REQUEST)
    earlier.close()
    ports = opened(tmp_path / "data")
    yield ports
    ports.close()


def phase_of_the_video(ports: LocalPorts) -> Phase:
    (slot,) = ports.campaigns.get_campaign("spring").slots
    assert slot.pending is not None
    return ports.campaigns.get_video("spring", slot.pending.video_hash).phase


def test_the_first_tick_wakes_a_video_that_is_not_overdue(ports: LocalPorts) -> None:
    ports._tick(1)
    assert not len(ports.queue._steps)

    ports._tick(0)

    assert len(ports.queue._steps) == 1


def test_a_message_of_the_queue_takes_the_video_forward(ports: LocalPorts) -> None:
    ports.start()

    assert eventually(lambda: phase_of_the_video(ports) is Phase.GENERATING)


def test_every_twelfth_tick_reconciles(ports: LocalPorts) -> None:
    for number in range(11):
        ports._tick(number)
    assert CURSOR not in {each.path for each in ports.objects.list("videos/maintenance/")}

    ports._tick(11)

    assert CURSOR in {each.path for each in ports.objects.list("videos/maintenance/")}
