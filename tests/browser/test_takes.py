"""Takes that are made from another one: remixed, extended and edited."""

from playwright.sync_api import expect

from tests.browser.accessibility import violations
from tests.browser.server import Server
from tests.browser.studio import Studio
from tests.pictures import a_picture

CUP = "A cup on a table"


def test_a_take_is_extended_and_then_remixed_from_a_picture(server: Server, studio: Studio) -> None:
    page, dialog = studio.page, studio.dialog
    [made] = server.make("takes", CUP)
    studio.open("takes")

    studio.button("^Extend… video 1").click()
    dialog.get_by_role("button", name="Extend · $2.80").click()
    expect(dialog).to_contain_text("Write what the new take shows.")
    dialog.get_by_label("What happens next").fill("A hand lifts it")
    page.keyboard.press("Tab")
    dialog.get_by_role("button", name="Extend · $2.80").click()
    expect(dialog).to_have_count(0)

    studio.wait_for_comparison(0)
    expect(studio.card(0)).to_contain_text("Veo 3.1 · 11 s")
    expect(studio.card(0)).to_contain_text("Extended from the take of")
    expect(studio.form).to_contain_text("No change")
    studio.prompt(0).fill(CUP)
    expect(studio.button("^Replace 1 video")).to_be_enabled()
    [extended, _] = server.get("/v1/videos?campaign_id=takes")["data"]
    assert made["id"] == extended["remixed_from_video_id"]

    studio.button("^Edit… video 1").click()
    expect(dialog.get_by_role("option")).to_have_text(["Gemini Omni 1.2 Flash"])
    page.keyboard.press("Escape")
    studio.button("Make the old live").click()
    expect(studio.card(0).locator("video")).to_have_count(1)
    studio.button("^Remix… video 1").click()
    dialog.get_by_role("group", name="Start from").get_by_text("First frame").click()
    studio.choose_pictures("First frame", a_picture())
    expect(dialog.get_by_alt_text("First frame: cup.png")).to_be_visible()
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, only=["color-contrast"]) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert studio.sideways() <= 0
    dialog.get_by_role("button", name="Remix · $1.60").click()
    expect(dialog).to_have_count(0)

    [remix, *_] = server.get("/v1/videos?campaign_id=takes")["data"]
    assert made["id"] == remix["remixed_from_video_id"]
    assert remix["prompt"] == CUP
    assert remix["image"]


def test_several_takes_are_made_of_a_prompt_that_is_sent_alone(
    server: Server, studio: Studio
) -> None:
    server.begin("to-choose-from")
    studio.open("to-choose-from")
    studio.fill_prompts([CUP])
    studio.choose_length(4)
    studio.form.get_by_label("Takes of this prompt").select_option("2")
    studio.button("^Make 2 videos · \\$3.20").click()

    studio.progress(1).wait_for()
    made = server.get("/v1/videos?campaign_id=to-choose-from")["data"]
    assert [video["prompt"] for video in made] == [CUP, CUP]
    expect(studio.prompt(1)).to_have_value(CUP)
    expect(studio.form).to_contain_text("Every prompt has a video.")
    expect(studio.form.get_by_label("Takes of this prompt")).to_be_hidden()
    studio.prompt(0).fill("")
    expect(studio.form).to_contain_text("Write a prompt to see the price.")
    expect(studio.form).not_to_contain_text("Every prompt has a video.")
