"""A service of either family for each test, and one finished campaign that many tests look at."""

import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from shared import bootstrap
from shared.adapters.local import video_generator
from shared.adapters.local.clip import ClipSpec, render_clip
from shared.domain.errors import ConflictError
from shared.domain.values import replace
from shared.use_cases.campaign_state import load_campaign_state
from tests.chaos.clips import marked
from tests.cloud.firestore_door import Door, firestore_door
from tests.eventually import eventually
from tests.functional.cloud_place import CloudPlace, a_project_like
from tests.functional.places import FolderPlace, Place
from tests.functional.showreel import BOAT, GALLERY, KITE, Json, Showreel, served, serving
from tools.emulated_cloud.bucket.server import StrictBucketServer
from tools.emulated_cloud.bucket.signatures import ServiceAccount
from tools.emulated_cloud.emulators import FirestoreEmulator, PubSubEmulator
from tools.emulated_cloud.project import CloudProject, write_key_file
from tools.emulated_cloud.vertex import clips

# Frames that no test here looks at cost processor time, to decode and to scale.
FEW_FRAMES = 2

# With an emulated bucket no process needs a token.
NO_SERVER = "http://127.0.0.1:9/token"


@pytest.fixture(scope="package", autouse=True)
def shared_clips() -> Iterator[None]:
    """Render one clip of each shape: a second of work for each video says nothing more here.

    Each video still has bytes of its own. The tests of the renderer and of the studio render all.
    """

    @cache
    def rendered(shape: ClipSpec) -> bytes:
        with TemporaryDirectory() as folder:
            clip = Path(folder, "clip.mp4")
            render_clip(shape, clip)
            return clip.read_bytes()

    def copy(spec: ClipSpec, destination: Path, *, is_stopping: Callable[[], bool] = bool) -> None:
        if is_stopping():
            raise InterruptedError
        shape = replace(spec, prompt="Any prompt", caption="", variation="", fps=FEW_FRAMES)
        destination.write_bytes(marked(rendered(shape), f"{spec.prompt} {spec.variation}"))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(video_generator, "render_clip", copy)
        patch.setattr(clips, "_FPS", FEW_FRAMES)
        yield


@pytest.fixture(params=["local", "emulated"])
def family(request: pytest.FixtureRequest) -> str:
    """A module or a test that is about one family alone says so by overriding it."""
    return str(request.param)


@pytest.fixture(scope="session")
def new_cloud(
    firestore_emulator: FirestoreEmulator,
    pubsub_emulator: PubSubEmulator,
    strict_server: StrictBucketServer,
    signing_account: ServiceAccount,
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[], CloudPlace]:
    """Makes places in one emulated cloud, each a project of its own."""
    strict_server.trust(signing_account.email, signing_account.key.public_key())
    key_file = tmp_path_factory.mktemp("cloud") / "key.json"
    write_key_file(signing_account, key_file, token_url=NO_SERVER)
    template = CloudProject(
        name="template",
        firestore_host=firestore_emulator.host,
        pubsub_host=pubsub_emulator.host,
        storage=strict_server,
    )
    return lambda: CloudPlace(a_project_like(template), key_file)


@pytest.fixture
def place(family: str, request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An empty one."""
    if family == "local":
        return FolderPlace(tmp_path / "data")
    new_cloud: Callable[[], CloudPlace] = request.getfixturevalue("new_cloud")
    return new_cloud()


@pytest.fixture
def showreel(place: Place) -> Iterator[Showreel]:
    """A service over an empty place."""
    with served(place) as service:
        yield service


@pytest.fixture
def api(place: Place) -> Iterator[Showreel]:
    """A service over an empty place, whose messages a test delivers."""
    with served(place, delivering=False) as service:
        yield service


@pytest.fixture
def endless(place: Place) -> Iterator[Showreel]:
    """A service whose generator accepts everything and finishes nothing."""
    with served(place, {"SYNTHETIC_SECONDS": "1800"}) as service:
        yield service


@pytest.fixture(scope="package")
def gallery_folder(shared_clips: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gallery") / "data"
    exhibit(FolderPlace(folder))
    return folder


@pytest.fixture(scope="package")
def gallery_cloud(shared_clips: None, new_cloud: Callable[[], CloudPlace]) -> CloudPlace:
    place = new_cloud()
    exhibit(place)
    return place


def exhibit(place: Place) -> None:
    """Fill slot 0 with a current and a historical video, and slot 1 with a current one."""
    with served(place) as service:
        first, second = service.create(GALLERY, KITE, BOAT)
        service.ended(second)
        regenerated = service.post(f"/v1/videos/{service.ended(first)['id']}/regenerate")
        service.ended(regenerated.json)
        # A name that a bucket refused so soon is written by the next tick.
        eventually(_is_mirrored)


def _is_mirrored() -> bool:
    ports = bootstrap.ports()
    listing = ports.mirror.list(GALLERY)
    try:
        state = load_campaign_state(ports.campaigns, GALLERY)
    except ConflictError:
        # A chore of the last video has just been committed.
        return False
    return not ports.mirror.stale(listing, state)


@pytest.fixture
def gallery_copy(family: str, request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if family == "local":
        folder: Path = request.getfixturevalue("gallery_folder")
        return FolderPlace(Path(shutil.copytree(folder, tmp_path / "gallery")))
    cloud: CloudPlace = request.getfixturevalue("gallery_cloud")
    return cloud.copy()


@pytest.fixture
def gallery(gallery_copy: Place) -> Iterator[Showreel]:
    """A service over a copy of the finished campaign."""
    with served(gallery_copy) as service:
        yield service


@pytest.fixture
def waiting_gallery(gallery_copy: Place) -> Iterator[Showreel]:
    """The same, where no process takes videos forward."""
    with served(gallery_copy, delivering=False) as service:
        yield service


@pytest.fixture
def video(gallery: Showreel) -> Json:
    """The current video of slot 0."""
    return dict(gallery.campaign(GALLERY)["slots"][0]["current"])


@pytest.fixture
def endless_gallery(gallery_copy: Place) -> Iterator[Showreel]:
    """The same, where nothing new is ever finished."""
    with served(gallery_copy, {"SYNTHETIC_SECONDS": "1800"}) as service:
        yield service


@pytest.fixture
def door() -> Iterator[Door]:
    """What the calls to Firestore pass on their way."""
    with firestore_door() as door:
        yield door


@pytest.fixture(scope="module")
def refusing(gallery_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Showreel]:
    """A service for all tests of a module, none of which changes anything."""
    folder = Path(shutil.copytree(gallery_folder, tmp_path_factory.mktemp("refusing") / "data"))
    with serving(folder, SYNTHETIC_SECONDS="1800") as service:
        before = service.snapshot()
        yield service
        assert service.snapshot() == before
