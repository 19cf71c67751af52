"""A delete can be undone: at once in its notice, and for some days in the trash."""

from playwright.sync_api import expect

from tests.browser.server import Server
from tests.browser.studio import Studio
from tests.eventually import eventually

PIER = "A pier in the fog"
BUOY = "A buoy in the wind"


def state_of(server: Server, video_id: str) -> object:
    return server.get(f"/v1/videos/{video_id}")["version_state"]


def test_a_delete_is_undone_by_the_keyboard_alone(server: Server, studio: Studio) -> None:
    [made] = server.make("undo", PIER)
    keyboard = studio.page.keyboard
    studio.open("undo")

    studio.button("Delete video 1").focus()
    keyboard.press("Enter")
    expect(studio.dialog).to_contain_text("can be restored for 7 days")
    studio.dialog.get_by_role("button", name="Delete").focus()
    keyboard.press("Enter")
    expect(studio.button("Undo")).to_be_focused()
    expect(studio.page.get_by_role("status").filter(has_text="in the trash")).to_be_visible()
    assert state_of(server, made["id"]) == "trashed"
    keyboard.press("Enter")

    expect(studio.page.get_by_text("Video 1 is back.")).to_be_visible()
    expect(studio.card(0).locator("video")).to_have_count(1)
    expect(studio.button("^Trash")).to_have_count(0)
    assert state_of(server, made["id"]) == "current"


def test_a_notice_stays_while_the_keyboard_is_in_it(server: Server, studio: Studio) -> None:
    server.make("stays", PIER)
    studio.page.clock.install()
    studio.open("stays")
    studio.button("Delete video 1").focus()
    studio.page.keyboard.press("Enter")
    studio.dialog.get_by_role("button", name="Delete").focus()
    studio.page.keyboard.press("Enter")
    expect(studio.button("Undo")).to_be_focused()

    studio.page.clock.fast_forward(30_000)
    expect(studio.button("Undo")).to_be_focused()
    studio.page.keyboard.press("Shift+Tab")
    studio.page.clock.fast_forward(30_000)

    expect(studio.button("Undo")).to_have_count(0)


def test_the_trash_restores_and_deletes_for_good(server: Server, studio: Studio) -> None:
    _, buoy = server.make("ebb", PIER, BUOY)
    dialog = studio.dialog
    asked: list[str] = []
    studio.page.on("request", lambda request: asked.append(request.url))
    studio.open("ebb")
    for number in (1, 2):
        studio.button(f"Delete video {number}").click()
        dialog.get_by_role("button", name="Delete").click()
        expect(studio.page.get_by_text(f"Video {number} is in the trash.")).to_be_visible()
    assert not [url for url in asked if "trash" in url]

    studio.button(r"Trash \(2\)").click()
    items = dialog.get_by_role("listitem")
    expect(items).to_have_count(2)
    expect(items.first).to_contain_text(BUOY)
    expect(items.first).to_contain_text("Deleted for good on")
    items.first.get_by_role("button", name="Restore").click()
    expect(dialog.get_by_role("status")).to_have_text("Video 2 is back.")
    expect(items).to_have_count(1)
    items.get_by_role("button", name="Delete for good").click()
    asks = studio.page.get_by_role("dialog", name="Delete this take for good?")
    asks.get_by_role("button", name="Delete for good").click()

    expect(dialog).to_contain_text("The trash is empty.")
    dialog.get_by_role("button", name="Close").click()
    expect(studio.button("^Trash")).to_have_count(0)
    expect(studio.card(1).locator("video")).to_have_count(1)
    assert state_of(server, buoy["id"]) == "current"
    assert server.get("/v1/videos?version_state=trashed&campaign_id=ebb")["data"] == []
    [kept] = server.get("/v1/videos?campaign_id=ebb")["data"]
    assert buoy["id"] == kept["id"]


def test_the_trash_is_emptied_once_somebody_is_sure(server: Server, studio: Studio) -> None:
    made = server.make("flood", PIER, BUOY)
    for video in made:
        server.delete(f"/v1/videos/{video['id']}")
    studio.open("flood")
    dialog = studio.page.get_by_role("dialog", name="Trash")
    asks = studio.page.get_by_role("dialog", name="Delete 2 takes for good?")

    studio.button(r"Trash \(2\)").click()
    dialog.get_by_role("button", name="Empty the trash").click()
    expect(asks).to_be_visible()
    studio.page.keyboard.press("Escape")
    expect(dialog.get_by_role("listitem")).to_have_count(2)
    dialog.get_by_role("button", name="Empty the trash").click()
    asks.get_by_role("button", name="Delete for good").click()

    expect(dialog.get_by_role("status")).to_have_text("The trash was emptied.")
    expect(dialog).to_contain_text("The trash is empty.")
    assert server.get("/v1/campaigns/flood/trash")["data"] == []


def test_a_clean_up_leads_to_the_trash(server: Server, studio: Studio) -> None:
    [old] = server.make("tidy", PIER)
    server.regenerate(old)
    studio.open("tidy")

    studio.button("Clean up").click()
    studio.dialog.get_by_label("Earlier takes to keep").select_option("0")
    studio.dialog.get_by_role("button", name="Move 1 earlier take to the trash").click()
    studio.button("Show the trash").click()

    expect(studio.dialog.get_by_role("listitem")).to_have_count(1)
    studio.dialog.get_by_role("button", name="Restore").click()
    eventually(lambda: state_of(server, old["id"]) == "historical")
