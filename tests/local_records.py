"""Records in a data folder, read and written past the repository, as another release would."""

import json
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import asdict

from shared.adapters.local.campaign_repository import LocalCampaignRepository
from shared.adapters.local.object_store import LocalObjectStore
from shared.adapters.local.record_columns import (
    revision_of,
    unread_campaign_row,
    unread_video_row,
)
from shared.adapters.record_mirror import ObjectStoreMirror
from shared.ports import utc_now
from shared.use_cases.campaign_state import load_campaign_state

Fields = dict[str, Any]


def read_record(root: Path, path: str) -> Fields:
    """Return the fields of `spring`, `spring/<video_hash>`, a day or `paces/<model>`."""
    table, column, key = _place(path)
    repository = LocalCampaignRepository(root)
    with closing(repository), repository._database.reading() as connection:
        query = f"SELECT record FROM {table} WHERE {column} = ?"  # noqa: S608  # Values are bound.
        (record,) = connection.execute(query, (key,)).fetchone()
    fields: Fields = json.loads(record)
    return fields


def write_record(root: Path, path: str, fields: Fields) -> None:
    """Replace a record, and the columns that are derived from it."""
    table, column, key = _place(path)
    row = _row(path, json.dumps(fields).encode())
    assignments = ", ".join(f"{name} = :{name}" for name in row)
    query = f"UPDATE {table} SET {assignments} WHERE {column} = :key"  # noqa: S608  # Values are bound.
    repository = LocalCampaignRepository(root)
    with closing(repository), repository._database.writing() as connection:
        assert connection.execute(query, {**row, "key": key}).rowcount == 1


def write_json(root: Path, campaign_id: str = "spring") -> None:
    """Write the JSON of a campaign beside the videos, as the tick does."""
    objects = LocalObjectStore(root, now=utc_now)
    mirror = ObjectStoreMirror(objects, gap=timedelta(), now=utc_now)
    repository = LocalCampaignRepository(root)
    with closing(repository):
        mirror.update(mirror.list(campaign_id), load_campaign_state(repository, campaign_id))


def _row(path: str, record: bytes) -> dict[str, object]:
    if path.startswith(("2026", "paces/")):
        return {"record": record, "revision": revision_of(record)}
    campaign_id, _, video_hash = path.partition("/")
    if video_hash:
        return asdict(unread_video_row(campaign_id, video_hash, record, changed_at=0))
    return asdict(unread_campaign_row(campaign_id, record, changed_at=0))


def _place(path: str) -> tuple[str, str, str]:
    """Return a table, and the column and the value of its key."""
    if path.startswith("2026"):
        return "days", "day", path
    campaign_id, _, video_hash = path.partition("/")
    if campaign_id == "paces":
        return "paces", "model", video_hash
    if video_hash:
        return "videos", "id", f"video_{campaign_id}.{video_hash}"
    return "campaigns", "campaign_id", campaign_id
