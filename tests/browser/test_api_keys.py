"""With API keys the studio asks for one, and an allowed front end sends its own."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.elsewhere import site, visited
from tests.browser.server import Server, serving
from tests.browser.studio import Studio, opened

KEY = "a-key-of-the-shop-0123456789abcdef0123456789"
ORDER = """([url, key]) => fetch(url, {
  method: "POST",
  headers: {"Authorization": `Bearer ${key}`, "Content-Type": "application/json",
            "Idempotency-Key": "one"},
  body: '{"prompts": ["A kite over dunes"], "seconds": 4}',
}).then(async answer => {
  const {code, data} = await answer.json();
  return [answer.status, code ?? data[0].requested_by, answer.headers.get("Location")];
})"""


@dataclass(frozen=True, kw_only=True)
class Guarded:
    """A server that needs a key, and a front end that may call it."""

    server: Server
    app: str


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("guarded")
    with site() as port:
        app = f"http://app.test:{port}"
        environment = {
            "STORAGE_URL": (folder / "data").as_uri(),
            "SYNTHETIC_SECONDS": "0",
            "ALLOWED_ORIGINS": app,
            "API_KEYS": f"shop:{KEY}",
        }
        with serving(folder / "stderr.log", environment) as server:
            yield Guarded(server=server, app=app)


@pytest.fixture
def studio(browser: Browser, guarded: Guarded) -> Iterator[Studio]:
    with opened(browser, guarded.server) as studio:
        yield studio


def give(studio: Studio, key: str) -> None:
    studio.dialog.get_by_label("API key", exact=True).fill(key)
    studio.dialog.get_by_role("button", name="Open").click()


def test_the_studio_asks_for_a_key_once_and_then_makes_and_plays(studio: Studio) -> None:
    studio.open("with-key")
    give(studio, "no key at all")
    expect(studio.dialog).to_contain_text("Invalid API key.")
    give(studio, KEY)
    expect(studio.dialog).to_be_hidden()
    studio.button("Create").click()

    studio.fill_prompts(["A kite over dunes"])
    studio.choose_length(4)
    studio.make()
    player = studio.player(0)
    player.element.wait_for()
    player.play()
    player.plays_beyond(0.3)

    studio.page.reload()
    studio.card(0).wait_for()
    expect(studio.dialog).to_be_hidden()
    assert KEY not in str(studio.context.storage_state())
    refused = [each.url for each in studio.wire.responses if each.status == 401]
    paths = {url.removeprefix(studio.server.origin) for url in refused}
    assert paths == {"/v1/models", "/studio/session"}


def test_the_studio_explains_that_a_key_is_required(studio: Studio) -> None:
    studio.open()

    studio.dialog.get_by_role("button", name="Back").click()

    expect(studio.page.get_by_text("This service needs an API key. Reload")).to_be_visible()


def test_an_allowed_front_end_creates_with_a_key_and_reads_the_error_without_one(
    browser: Browser, guarded: Guarded
) -> None:
    url = f"{guarded.server.origin}/v1/campaigns/front-end/videos"
    with visited(browser, f"{guarded.app}/") as page:
        refused = page.evaluate(ORDER, [url, "another"])
        made = page.evaluate(ORDER, [url, KEY])

    assert refused == [401, "invalid_api_key", None]
    assert made == [202, "shop", f"{guarded.server.origin}/v1/campaigns/front-end"]


def test_the_api_reference_asks_for_a_key_and_sends_it(studio: Studio) -> None:
    page = studio.page
    page.goto(f"{studio.server.origin}/docs#models_all_models")
    page.get_by_label("API key").fill("of-no-account")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This key is not valid.")).to_be_visible()

    page.get_by_label("API key").fill(KEY)
    page.keyboard.press("Enter")
    form = page.locator("#models_all_models form")
    form.get_by_role("button", name="Send").click()

    expect(form.get_by_role("status")).to_contain_text("200")
    expect(form.get_by_label("The same with curl")).to_contain_text("Bearer $KEY")
    assert KEY not in page.content()
