"""A process that ends builds nothing for the occasion."""

import pytest

from shared.bootstrap.google_ports import GooglePorts
from shared.bootstrap.local_ports import LocalPorts
from shared.settings import Settings

CLOUD = Settings(storage_url="gs://showreel-videos", google_cloud_project="showreel")


@pytest.mark.parametrize(
    "ports", [LocalPorts(Settings()), GooglePorts(CLOUD)], ids=["local", "google"]
)
def test_closing_unused_ports_builds_no_adapter(ports: LocalPorts | GooglePorts) -> None:
    ports.close()

    assert {"savings", "campaigns"}.isdisjoint(vars(ports))
