"""Forget requests that nobody makes again any more, where no lifecycle of a bucket does it."""

from shared.domain.schedule import REQUEST_MEMORY
from shared.domain.storage_layout import REQUESTS
from shared.ports import Ports


def forget_requests(ports: Ports) -> int:
    """Remove claims and answers after their time, and return how many they were."""
    end = ports.now() - REQUEST_MEMORY
    old = [found.path for found in ports.objects.list(f"{REQUESTS}/") if found.updated_at < end]
    for path in old:
        ports.objects.delete(path)
    return len(old)
