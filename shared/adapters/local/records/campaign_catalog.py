"""The indexes of all campaigns, each made again when a file in its folder changes."""

from __future__ import annotations

import logging
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from shared.adapters.local.files.folders import is_plain
from shared.adapters.local.files.storage_errors import is_missing
from shared.adapters.local.records.campaign_index import CampaignIndex, VideoKey
from shared.adapters.local.records.folder_cache import FolderCache, may_change_unseen
from shared.domain.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.adapters.local.records.record_files import RecordFiles

logger = logging.getLogger(__name__)

_LOOK_AGAIN_SECONDS = 1.0


class _Look(NamedTuple):
    """A look at all campaigns, and until when it is good if nobody commits."""

    changed_ns: int
    good_until: float
    indexes: list[CampaignIndex]


_NO_LOOK = _Look(changed_ns=0, good_until=0.0, indexes=[])


class CampaignCatalog:
    """Costs one look at a folder that is asked for, as long as nothing changes.

    All campaigns together cost no more, but for a look at each once a second. So they show what any
    process commits at once, and what else happens to files, such as a person's edit, by then.
    """

    def __init__(self, files: RecordFiles, make_index: Callable[[str], CampaignIndex]) -> None:
        self._files = files
        self._make_index = make_index
        self._ids = FolderCache(files.folder(), files.campaign_ids)
        self._caches: dict[str, FolderCache[CampaignIndex]] = {}
        self._look = _NO_LOOK
        self._merged: tuple[list[CampaignIndex], list[VideoKey]] = ([], [])

    def campaign_ids(self) -> tuple[str, ...]:
        """Return the names of the campaigns' folders, in order."""
        try:
            return self._ids.get()
        except OSError as error:
            if is_missing(error):
                return ()
            raise

    def index(self, campaign_id: str) -> CampaignIndex:
        """Return an empty one where there is no such campaign."""
        if not is_plain(campaign_id):
            return CampaignIndex(campaign_id=campaign_id)
        try:
            return self._cache(campaign_id).get()
        except OSError as error:
            self.forget(campaign_id)
            if is_missing(error):
                return CampaignIndex(campaign_id=campaign_id)
            raise

    def forget(self, campaign_id: str) -> None:
        """Make the index again when it is next asked for."""
        self._caches.pop(campaign_id, None)
        self._look = _NO_LOOK

    def indexes(self) -> list[CampaignIndex]:
        """Return one for each campaign. One that cannot be read is logged and left out."""
        changed_ns, now = self._files.last_change_ns(), monotonic()
        look = self._look
        if look.changed_ns == changed_ns and now < look.good_until:
            return look.indexes
        is_racy = may_change_unseen(changed_ns)
        indexes = [index for each in self.campaign_ids() if (index := self._readable(each))]
        good_until = now if is_racy else now + _LOOK_AGAIN_SECONDS
        self._look = _Look(changed_ns=changed_ns, good_until=good_until, indexes=indexes)
        return indexes

    def videos(self) -> list[VideoKey]:
        """Return the keys of all videos, in order."""
        indexes = self.indexes()
        merged, keys = self._merged
        if indexes != merged:
            keys = sorted(key for index in indexes for key in index.videos)
            self._merged = (indexes, keys)
        return keys

    def _cache(self, campaign_id: str) -> FolderCache[CampaignIndex]:
        cache = self._caches.get(campaign_id)
        if cache is None:
            folder = self._files.folder(campaign_id)
            cache = FolderCache(folder, partial(self._make_index, campaign_id))
            self._caches[campaign_id] = cache
        return cache

    def _readable(self, campaign_id: str) -> CampaignIndex | None:
        try:
            return self.index(campaign_id)
        except (OSError, StorageError) as error:
            logger.warning("The campaign %s is left out. %s", campaign_id, error)
            return None
