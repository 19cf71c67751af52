"""What a list and a create cost in a full data folder, against a nearly empty one."""

import time
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path

from shared.adapters.local.campaign_repository import LocalCampaignRepository
from shared.adapters.local.record_rows import stored_change
from shared.bootstrap.local_ports import LocalPorts
from shared.domain.campaign import Change
from shared.domain.values import replace
from shared.domain.video import GenerationParameters
from shared.ports import Ports
from shared.ports.campaign_repository import VideoQuery
from shared.settings import DEFAULT_MODEL, Settings
from shared.use_cases.create_videos import CreateVideos, Draft, create_videos
from tests.bench.campaign import CAMPAIGN, Campaign
from tests.bench.report import Row, Target
from tests.bench.rounds import ratio, run_rounds

FEW, MANY = 100, 100_000

_VIDEOS_EACH = 4
_CALLS = 20
_numbers = count()


def measure_growth(campaign: Campaign, folder: Path, *, rounds: int) -> list[Row]:
    few, many = (_filled(campaign, folder / f"{videos}", videos) for videos in (FEW, MANY))
    one = VideoQuery(campaign_id="c0", limit=20)
    everything = VideoQuery(limit=20)
    rows = [
        _compared("a campaign's list", partial(_list, few, one), partial(_list, many, one), rounds),
        _compared(
            "a page of 20",
            partial(_list, few, everything),
            partial(_list, many, everything),
            rounds,
        ),
        _compared("a create", partial(_create, few), partial(_create, many), rounds),
        _compared(
            "a create and a page of 20 after it",
            partial(_create_and_list, few, everything),
            partial(_create_and_list, many, everything),
            rounds,
        ),
    ]
    few.savings.write_all()
    return rows


def _compared(name: str, few: Callable[[], object], many: Callable[[], object], rounds: int) -> Row:
    samples = run_rounds(
        {"few": partial(_seconds, few), "many": partial(_seconds, many)}, rounds=rounds
    )
    return Row(
        what=f"time of {name} among {MANY:,} videos / among {FEW}",
        ratio=ratio(samples, "many", to="few"),
        target=Target(at_most=1.25),
    )


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    for _ in range(_CALLS):
        call()
    return time.perf_counter() - started


def _filled(campaign: Campaign, data: Path, videos: int) -> LocalPorts:
    """Store the records of the finished campaign until there are so many videos."""
    finished = LocalCampaignRepository(campaign.data)
    record, page = finished.get_campaign(CAMPAIGN), finished.get_all_videos(CAMPAIGN)
    with LocalCampaignRepository(data)._database.writing() as connection:
        for number in range(videos // _VIDEOS_EACH):
            name = f"c{number}"
            copies = (replace(each, campaign_id=name, revision="") for each in page.videos)
            own = replace(record, campaign_id=name, revision="")
            stored_change(connection, Change(campaign=own, videos=tuple(copies)))
    return LocalPorts(Settings(storage_url=f"file://{data}"))


def _list(ports: Ports, query: VideoQuery) -> None:
    page = ports.campaigns.list_videos(query)
    if len(page.videos) < _VIDEOS_EACH:
        raise RuntimeError("A list came out short.")


def _create(ports: Ports) -> None:
    request = CreateVideos(
        campaign_id=f"new-{next(_numbers)}",
        drafts=(Draft(prompt="A paper boat in rain"),),
        parameters=GenerationParameters(model=DEFAULT_MODEL),
    )
    create_videos(ports, request)


def _create_and_list(ports: Ports, query: VideoQuery) -> None:
    """Ask for a list that a commit has just changed."""
    _create(ports)
    _list(ports, query)
