"""A copy of the bucket is a local installation."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from shared.adapters.google.campaign_repository import FirestoreCampaignRepository
from shared.adapters.local.campaign_repository import LocalCampaignRepository
from shared.adapters.record_mirror import ObjectStoreMirror
from shared.domain.campaign import Change
from shared.domain.copying import agreed
from shared.domain.reconciling import CampaignState
from shared.domain.values import replace
from shared.domain.video import VersionState
from shared.ports.campaign_repository import VideoQuery
from shared.use_cases.campaign_state import load_campaign_state
from tests.unit.domain.builders import a_campaign, a_generating_video, a_reserved_video
from tools.in_memory.object_store import InMemoryObjectStore


def test_a_copy_of_the_bucket_is_a_local_installation(
    firestore_host: str, project: str, tmp_path: Path
) -> None:
    repository = FirestoreCampaignRepository(project=project, database="(default)")
    metadata = {"": "empty", "__name__": "reserved", "\\": "back", "a.b/c`": "plain"}
    videos = (
        a_generating_video(1, metadata=metadata),
        a_reserved_video(2, version_state=VersionState.CURRENT, due_at=None),
        a_reserved_video(3, version_state=VersionState.HISTORICAL, due_at=None),
    )
    campaign = agreed(CampaignState.of(a_campaign(), videos, ())).campaign
    change = repository.commit(Change(campaign=campaign, videos=videos))
    bucket = InMemoryObjectStore()
    mirror = ObjectStoreMirror(bucket, gap=timedelta(), now=lambda: datetime.now(UTC))
    mirror.update(mirror.list("spring"), load_campaign_state(repository, "spring"))

    for path, found in bucket.objects.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(found.content)
    local = LocalCampaignRepository(tmp_path)

    assert replace(change.campaign, revision="") == replace(
        local.get_campaign("spring"), revision=""
    )
    for video in repository.list_videos(VideoQuery()).videos:
        copy = local.get_video("spring", video.video_hash)
        assert replace(video, revision="") == replace(copy, revision="")
