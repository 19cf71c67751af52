"""A page of another site can neither spend, delete nor read."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.elsewhere import site, visited
from tests.browser.server import Json, Server, serving

ORIGINS = ["http://evil.test", "http://localhost"]
KEPT = "kept"
FRAMES = {"its own page": None, "a sandboxed frame": "allow-scripts allow-forms"}

# Each sends one request, for which a browser does not ask the service first.
FORM = """([url, enctype, fields]) => {
  const frame = document.createElement("iframe");
  frame.name = `target-${document.forms.length}`;
  const form = document.createElement("form");
  Object.assign(form, {action: url, method: "post", enctype, target: frame.name});
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement("input");
    Object.assign(input, {name, value});
    form.append(input);
  }
  document.body.append(frame, form);
  form.submit();
}"""
FETCH = """([url, body]) => {
  const form = new FormData();
  for (const [name, value] of Object.entries(body ?? {})) form.append(name, value);
  return fetch(url, {method: "POST", mode: "no-cors", body: body && form});
}"""
TEXT = """([url, text]) => fetch(url, {method: "POST", mode: "no-cors", body: text})"""
BEACON = """([url, text]) => navigator.sendBeacon(url, new Blob([text], {type: "text/plain"}))"""
READ = """path => fetch(path).then(answer => answer.text().then(text => [answer.status, text]))"""
WRITE = """path => fetch(path, {method: "POST", headers: {"Content-Type": "application/json"},
  body: '{"prompts": ["A kite"]}'}).then(answer => answer.status)"""

PROMPT = {"prompt": "A prize", "campaign_id": "prize"}
JSON = '{"prompts": ["A prize"]}'
ATTACKS: dict[str, tuple[str, str, list[object]]] = {
    "a form": (FORM, "/v1/videos", ["multipart/form-data", PROMPT]),
    "a form of old": (FORM, "/v1/videos", ["application/x-www-form-urlencoded", PROMPT]),
    "a form of text": (FORM, "/v1/videos", ["text/plain", PROMPT]),
    "a script's form": (FETCH, "/v1/videos", [PROMPT]),
    "a clean-up": (FETCH, f"/v1/campaigns/{KEPT}/cleanup", [{"dry_run": "false"}]),
    "no body at all": (FETCH, f"/v1/campaigns/{KEPT}/regenerate", [None]),
    "a script's text": (TEXT, "/v1/campaigns/prize/videos", [JSON]),
    "a beacon": (BEACON, "/v1/campaigns/prize/videos", [JSON]),
}


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[int]:
    with site() as port:
        yield port


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own, so that nothing else changes its state, with a campaign and a video."""
    folder = tmp_path_factory.mktemp("victim")
    environment = {"STORAGE_URL": (folder / "data").as_uri(), "SYNTHETIC_SECONDS": "0"}
    with serving(folder / "stderr.log", environment) as server:
        server.make(KEPT, "A kite over dunes")
        yield server


def state_of(server: Server) -> list[Json]:
    return [server.get("/v1/campaigns?limit=100"), server.get(f"/v1/campaigns/{KEPT}")]


@pytest.mark.parametrize("sandbox", FRAMES.values(), ids=FRAMES)
@pytest.mark.parametrize("origin", ORIGINS)
def test_no_page_of_another_site_changes_anything(
    browser: Browser, victim: Server, elsewhere: int, origin: str, sandbox: str | None
) -> None:
    before = state_of(victim)
    with visited(browser, f"{origin}:{elsewhere}/") as page:
        if sandbox:
            inner = f"<iframe sandbox='{sandbox}' src='{origin}:{elsewhere}/'></iframe>"
            page.set_content(inner)
        frame = page.frames[-1]
        for name, (attack, path, arguments) in ATTACKS.items():
            with page.expect_response(f"{victim.origin}{path}") as answer:
                frame.evaluate(attack, [f"{victim.origin}{path}", *arguments])

            assert answer.value.status == 403, name

    assert state_of(victim) == before


def test_a_name_that_was_rebound_to_this_machine_neither_reads_nor_spends(
    browser: Browser, victim: Server
) -> None:
    before = state_of(victim)
    with visited(browser, f"http://rebound.test:{victim.port}/") as page:
        # Whatever the page is, its scripts are of the same origin as the service.
        for path in ("/v1/campaigns", f"/v1/campaigns/{KEPT}", "/v1/openapi.json", "/"):
            status, text = page.evaluate(READ, path)
            assert (status, KEPT in text.replace(path, "")) == (421, False)
        assert page.evaluate(WRITE, "/v1/campaigns/prize/videos") == 421

    assert state_of(victim) == before
