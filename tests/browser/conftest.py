"""One browser and one server for all tests; each test has a browser context of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.briefs import CONTEXT, HALTED, PROMPTS
from tests.browser.server import Server, serving
from tests.browser.studio import Studio, opened
from tests.browser.views import GALLERY, TROUBLE
from tests.pictures import a_picture, data_uri
from tools.install_chromium import MissingBrowserError, find_chromium

FLAGS = (
    # It opens this project's pages only, and the root of a container has no sandbox.
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    # No machine of a test has a GPU, and what emulates one takes a tenth of the time.
    "--disable-gpu",
    "--disable-software-rasterizer",
    # To start a process for each page, and one in advance, takes longer than what most pages do.
    "--renderer-process-limit=1",
    "--font-render-hinting=none",
    # Names of web sites elsewhere, and of one that was rebound to this machine.
    "--host-resolver-rules=MAP *.test 127.0.0.1",
)
H264 = 'video/mp4; codecs="avc1.64001f, mp4a.40.2"'
CAN_PLAY = "type => document.createElement('video').canPlayType(type)"
FAULTS = "filtered=statue, failed=volcano, corrupt=torn, slow=glacier, turned=sideways"


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    try:
        chromium = find_chromium()
    except MissingBrowserError as error:
        pytest.skip(str(error))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        if not browser.new_page().evaluate(CAN_PLAY, H264):
            pytest.skip(f"{chromium} cannot play H.264. Install a Chromium that can, or Chrome.")
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("studio") / "data"


@pytest.fixture(scope="package")
def server(data_folder: Path) -> Iterator[Server]:
    """Makes videos in a second, or fails to where the prompt has a word of FAULTS."""
    environment = {
        "STORAGE_URL": data_folder.as_uri(),
        "SYNTHETIC_SECONDS": "1",
        "SYNTHETIC_FAULTS": FAULTS,
        "MODEL_RATES": f"{HALTED}=0",
    }
    with serving(data_folder.with_name("stderr.log"), environment) as server:
        yield server


@pytest.fixture
def studio(browser: Browser, server: Server) -> Iterator[Studio]:
    with opened(browser, server) as studio:
        yield studio


@pytest.fixture(scope="package")
def gallery(server: Server, data_folder: Path) -> Server:
    """The server, with the campaigns that VIEWS show."""
    first, *_ = server.make(GALLERY, *PROMPTS, business_context=CONTEXT)
    server.create(GALLERY, *PROMPTS, business_context=CONTEXT)
    server.regenerate(first)
    picture = data_uri(a_picture())
    prompts = ("A marble statue dances", "Lanterns sway over a market")
    _, torn = server.make(TROUBLE, *prompts, image=picture)
    (data_folder / f"videos/generated/{TROUBLE}/{torn['filename']}").write_bytes(b"torn")
    return server
