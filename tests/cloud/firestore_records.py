"""Repositories over the Firestore emulator, also for other processes to work with."""

import os
from contextlib import suppress

from shared.adapters.google.campaign_repository import FirestoreCampaignRepository
from shared.domain.campaign import Change
from shared.domain.errors import ConflictError
from shared.domain.values import replace
from tests.contract.campaign_repository_contract import with_hit


def connect(project: str) -> FirestoreCampaignRepository:
    return FirestoreCampaignRepository(project=project, database="(default)")


def count_commits(host: str, project: str, video_hash: str, times: int) -> None:
    """Each commit adds one to the campaign, and one to its only video."""
    os.environ["FIRESTORE_EMULATOR_HOST"] = host
    repository = connect(project)
    done = 0
    while done < times:
        campaign = repository.get_campaign("spring")
        video = repository.get_video("spring", video_hash)
        changed = replace(video, index=video.index + 1)
        with suppress(ConflictError):
            repository.commit(Change(campaign=with_hit(campaign), videos=(changed,)))
            done += 1
