"""Campaigns in the studio: started, found, renamed, duplicated, archived and deleted."""

import re
from urllib.error import HTTPError

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.briefs import HALTED
from tests.browser.server import Server
from tests.browser.studio import Studio
from tests.browser.views import GALLERY

TITLE = "Winterr\u00f6stung 2026 & mehr!"
ID = "winterroestung-2026-and-mehr"
PREVIEW = re.compile("variant=preview")


def names(studio: Studio) -> Locator:
    return studio.page.get_by_role("listitem").get_by_role("heading")


def change(studio: Studio, name: str, act: str) -> None:
    studio.button(f"Change {re.escape(name)}").click()
    studio.dialog.get_by_role("button", name=act, exact=True).click()


def test_a_campaign_is_started_found_and_changed_by_its_title(
    server: Server, studio: Studio
) -> None:
    studio.open()
    studio.start_campaign(TITLE)
    expect(studio.prompt(0)).to_be_focused()
    expect(studio.page.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(studio.page.get_by_text(f"{ID} \u00b7 No videos yet")).to_be_visible()
    expect(studio.page).to_have_title(f"{TITLE} \u00b7 Showreel")
    expect(studio.form).to_contain_text("1 of 4")
    server.create(ID, "A cup steams", "A spoon falls", model=HALTED, seconds=8)
    server.begin("another-one")

    studio.page.get_by_role("link", name="Campaigns").click()
    expect(names(studio).first).to_have_text("another-one")
    studio.page.evaluate("document.activeElement.blur()")
    studio.page.keyboard.press("/")
    studio.page.keyboard.type("WINTERROST 20")
    expect(names(studio)).to_have_text([TITLE])
    expect(studio.page.get_by_text("1 campaign found")).to_be_attached()
    studio.page.get_by_text("Failed", exact=True).click()
    expect(studio.page.get_by_text("No campaign found")).to_be_visible()
    studio.page.get_by_text("In progress", exact=True).click()
    expect(names(studio)).to_have_text([TITLE])
    studio.page.get_by_text("All", exact=True).click()

    studio.button("Change Winter").click()
    studio.dialog.get_by_label("Campaign name").fill("Winter 2027")
    studio.dialog.get_by_role("button", name="Save").click()
    expect(studio.page.get_by_text("No campaign found")).to_be_visible()
    studio.page.get_by_label("Find a campaign").fill("2027")
    expect(names(studio)).to_have_text(["Winter 2027"])

    change(studio, "Winter 2027", "Duplicate")
    expect(studio.page.get_by_role("heading", name="Copy of Winter 2027")).to_be_visible()
    expect(studio.prompt(1)).to_have_value("A spoon falls")
    expect(studio.button("^Make 2 videos")).to_be_enabled()
    copy = server.get("/v1/campaigns/copy-of-winter-2027")
    assert (copy["slots"], copy["money"]["reserved"]) == ([], 0)

    studio.page.get_by_role("link", name="Campaigns").click()
    change(studio, "Copy of Winter 2027", "Archive")
    expect(studio.page.get_by_text("is archived")).to_be_visible()
    studio.page.get_by_label("Find a campaign").fill("winter 2027")
    expect(names(studio)).to_have_text(["Winter 2027"])
    studio.page.get_by_text("Archived", exact=True).click()
    expect(names(studio)).to_have_text(["Copy of Winter 2027"])
    change(studio, "Copy of Winter 2027", "Delete")
    expect(studio.dialog).to_contain_text("0 videos, 0 earlier takes, all pictures and the prompts")
    studio.dialog.get_by_role("button", name="Back").click()
    change(studio, "Copy of Winter 2027", "Delete")
    expect(studio.dialog).to_contain_text("0 videos")
    assert server.get("/v1/campaigns/copy-of-winter-2027")["archived"]
    studio.dialog.get_by_role("button", name="Delete").click()
    expect(studio.page.get_by_text("is deleted")).to_be_visible()
    with pytest.raises(HTTPError, match="404"):
        server.get("/v1/campaigns/copy-of-winter-2027")


def test_posters_move_under_the_mouse_and_load_nothing_before(
    gallery: Server, studio: Studio
) -> None:
    studio.page.clock.install()
    studio.open()
    link = studio.page.get_by_role("link", name=GALLERY)
    posters = studio.page.get_by_role("listitem").filter(has=link).locator("img")
    link.hover()
    studio.page.clock.run_for(1_000)
    studio.page.emulate_media(reduced_motion="no-preference")
    studio.page.get_by_label("Campaign name").hover()
    studio.finish_requests()
    assert studio.wire.asked("variant=preview") == []

    with studio.page.expect_response(PREVIEW) as answered:
        link.hover()

    expect(posters.last).to_have_attribute("src", PREVIEW)
    assert answered.value.status == 200
    studio.page.get_by_label("Campaign name").hover()
    expect(posters.last).to_have_attribute("src", re.compile("variant=thumbnail"))


def test_a_campaign_needs_a_name_and_a_wrong_address_creates_none(
    server: Server, studio: Studio
) -> None:
    studio.open()
    studio.button("Start").click()
    expect(studio.page.get_by_text("Give the campaign a name")).to_be_visible()

    studio.open("winter-raost")

    expect(studio.page.get_by_text("There is no campaign \u201cwinter-raost\u201d")).to_be_visible()
    expect(studio.form).to_be_hidden()
    studio.button("Create").click()

    expect(studio.prompt(0)).to_be_focused()
    with pytest.raises(HTTPError, match="404"):
        server.get("/v1/campaigns/winter-raost")
