"""Records that are rebuilt from the JSON beside the videos, after the database was lost."""

from datetime import timedelta
from pathlib import Path

import pytest

from shared.adapters.local.campaign_repository import LocalCampaignRepository
from shared.adapters.local.object_store import LocalObjectStore
from shared.adapters.record_mirror import ObjectStoreMirror
from shared.domain.video import Phase
from shared.ports.video_generator import Submission
from tests.fakes.ports import FakePorts
from tests.unit.use_cases.scenes import reserve, stored, wake


class KilledError(BaseException):
    """What ends a process."""


def test_records_that_are_rebuilt_lead_to_no_second_submission(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also if the process ended while it submitted, before the tick wrote any JSON."""
    ports = FakePorts()
    ports.campaigns = LocalCampaignRepository(tmp_path)  # type: ignore[assignment]
    objects = LocalObjectStore(tmp_path, now=ports.now)
    ports.mirror = ObjectStoreMirror(objects, gap=timedelta(), now=ports.now)
    video = reserve(ports)
    submit_to_generator = ports.generator.submit

    def submit_and_die(submission: Submission) -> object:
        submit_to_generator(submission)
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(ports.generator, "submit", submit_and_die)
        with pytest.raises(KilledError):
            wake(ports, video)
    ports.campaigns.close()  # type: ignore[attr-defined]
    for file in tmp_path.glob(".records.db*"):
        file.unlink()

    ports.campaigns = LocalCampaignRepository(tmp_path)  # type: ignore[assignment]
    assert stored(ports, video).phase is Phase.SUBMITTING
    for _ in range(5):
        ports.clock.advance(timedelta(hours=6))
        wake(ports, video)

    assert len(ports.generator.submissions) == 1
    assert stored(ports, video).phase is not Phase.RESERVED
