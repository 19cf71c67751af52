"""A data folder whose clips Veo makes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.functional.places import FolderPlace
from tests.functional.showreel import Showreel, served
from tools.emulated_cloud.bucket.signatures import ServiceAccount
from tools.emulated_cloud.project import write_key_file
from tools.emulated_cloud.tokens import TokenServer
from tools.emulated_cloud.vertex.server import FakeVertex


@contextmanager
def laptop_with_veo(vertex: FakeVertex, folder: Path) -> Iterator[Showreel]:
    with TokenServer() as tokens:
        key_file = folder / "key.json"
        write_key_file(ServiceAccount("laptop"), key_file, token_url=tokens.url)
        environment = {
            "VIDEO_GENERATOR": "veo",
            "GOOGLE_CLOUD_PROJECT": "showreel",
            "GOOGLE_APPLICATION_CREDENTIALS": str(key_file),
            "VEO_BASE_URL": vertex.url,
        }
        with served(FolderPlace(folder / "data"), environment) as service:
            yield service
