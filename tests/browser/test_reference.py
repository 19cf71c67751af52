"""The API reference: found from the studio, readable for everyone, and its requests are real."""

import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.accessibility import violations
from tests.browser.server import Server
from tests.browser.studio import SIDEWAYS, Studio, opened
from tests.eventually import eventually

SCHEMES = ("light", "dark")
# With parameters, a body, a file, JSON lines; an object with all kinds of fields.
VARIED = ("creations_create", "inputs_add", "batches_create", "videos_list_all", "VideoResource")


@pytest.fixture(params=SCHEMES)
def phone(browser: Browser, server: Server, request: pytest.FixtureRequest) -> Iterator[Studio]:
    size = {"width": 320, "height": 640}
    with opened(browser, server, viewport=size, color_scheme=request.param) as studio:
        yield studio


def reference(studio: Studio, operation: str = "") -> Page:
    studio.page.goto(f"{studio.server.origin}/docs#{operation}")
    expect(studio.page.get_by_role("heading", level=1)).to_have_text("Showreel API reference")
    return studio.page


def form_of(page: Page, operation: str) -> Locator:
    return page.locator(f"#{operation} form")


def test_the_studio_opens_it_in_a_tab_of_its_own(studio: Studio) -> None:
    studio.open()
    with studio.context.expect_page() as opening:
        studio.page.get_by_role("link", name="API").click()

    expect(opening.value.get_by_role("heading", level=1)).to_have_text("Showreel API reference")
    assert opening.value.url == f"{studio.server.origin}/docs"


def test_what_opens_is_accessible_and_fits_a_phone(phone: Studio) -> None:
    page = reference(phone)
    for name in VARIED:
        page.locator(f"#{name} > summary").click()
        # It is made when it is opened.
        expect(page.locator(f"#{name} > .content")).to_be_visible()

    assert violations(page) == []
    assert page.evaluate(SIDEWAYS) <= 0


def test_a_search_finds_requests_by_their_fields(studio: Studio) -> None:
    page = reference(studio)

    page.get_by_label("Search requests and fields").fill("ttl_seconds")

    expect(page.get_by_text("1 of ")).to_be_visible()
    expect(page.locator("details:visible h3").first).to_have_text(
        "/v1/videos/{video_id}/signed-url"
    )


def test_a_request_of_the_page_makes_a_video_by_keyboard_alone(studio: Studio) -> None:
    page = reference(studio)
    create = page.locator("#creations_create > summary")
    create.focus()
    page.keyboard.press("Enter")
    form = form_of(page, "creations_create")
    form.get_by_label("Body").focus()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text('{"prompt": "A kite\'s tail", "campaign_id": "tried", "seconds": 4}')
    form.get_by_role("button", name="Send").focus()
    page.keyboard.press("Enter")
    expect(form.get_by_role("status")).to_contain_text("202")

    # The id of the answer is filled in where a request takes one.
    page.locator("#videos_read > summary").click()
    reading = form_of(page, "videos_read")
    video_id = reading.get_by_label("video_id").input_value()
    assert video_id.startswith("video_tried.")
    reading.get_by_role("button", name="Send").click()
    expect(reading.get_by_role("status")).to_contain_text('"prompt": "A kite\'s tail"')
    eventually(lambda: studio.server.get(f"/v1/videos/{video_id}")["status"] == "completed")

    # The call of curl is the same request: nothing is made.
    shown = form.get_by_label("The same with curl").inner_text()
    answer = subprocess.run(
        ["/bin/sh", "-c", f"{shown} --silent"], capture_output=True, text=True, check=True
    )
    assert f'"id":"{video_id}"' in answer.stdout


def test_an_address_opens_what_it_names(studio: Studio) -> None:
    page = reference(studio, "VideoResource")

    expect(page.locator("#VideoResource dt").filter(has_text="content_url")).to_be_visible()
    page.locator("#VideoResource").get_by_role("link", name="ClipFacts").click()
    expect(page.locator("#ClipFacts dt").filter(has_text="video_codec")).to_be_visible()


def test_every_code_of_an_error_is_in_the_table(studio: Studio) -> None:
    page = reference(studio, "about-errors")

    row = page.get_by_role("row").filter(has_text="slot_busy")
    expect(row).to_contain_text("409")
    expect(row).to_contain_text("after 5 s")
