"""Folders of different sizes are compared."""

from pathlib import Path

import pytest

from shared.bootstrap.local_ports import LocalPorts
from shared.domain.models import DEFAULT_MODEL
from shared.domain.video import GenerationParameters
from shared.settings import Settings
from shared.use_cases.create_videos import CreateVideos, Draft, create_videos
from tests.bench import growth
from tests.bench.campaign import CAMPAIGN, Campaign


@pytest.fixture
def campaign(tmp_path: Path) -> Campaign:
    data = tmp_path / "data"
    request = CreateVideos(
        campaign_id=CAMPAIGN,
        drafts=tuple(Draft(prompt=prompt) for prompt in "abcd"),
        parameters=GenerationParameters(model=DEFAULT_MODEL),
    )
    created = create_videos(LocalPorts(Settings(storage_url=f"file://{data}")), request)
    return Campaign(data=data, video_ids=[each.video.id for each in created])


def test_lists_and_creates_are_compared_among_few_and_many_videos(
    campaign: Campaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growth, "FEW", 4)
    monkeypatch.setattr(growth, "MANY", 8)

    rows = growth.measure_growth(campaign, tmp_path, rounds=1)

    assert ["a campaign's list", "a page of 20", "a create"] == [
        row.what.removeprefix("time of ").partition(" among")[0] for row in rows
    ]
    assert all(row.ratio is not None and row.ratio.median > 0 for row in rows)
