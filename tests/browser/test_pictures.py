"""Videos from pictures: chosen, dropped, pasted, refused, kept in a draft, and shown."""

from collections.abc import Sequence

from playwright.sync_api import Locator, expect

from tests.browser.server import Server
from tests.browser.studio import Studio
from tests.pictures import a_picture

CUP, SAUCER, SPOON = (a_picture("JPEG", colour=colour) for colour in ("red", "green", "blue"))
# Files come to a page by dragging and by the clipboard in a DataTransfer.
BRING = """(target, [event, files]) => {
  const carried = new DataTransfer();
  for (const [name, type, bytes] of files)
    carried.items.add(new File([new Uint8Array(bytes)], name, {type}));
  const options = {bubbles: true, cancelable: true};
  target.dispatchEvent(event === "drop"
    ? new DragEvent("drop", {...options, dataTransfer: carried})
    : new ClipboardEvent("paste", {...options, clipboardData: carried}));
}"""


def bring(target: Locator, event: str, *files: tuple[str, str, bytes]) -> None:
    target.evaluate(BRING, [event, [[name, kind, list(content)] for name, kind, content in files]])


def refusals(studio: Studio) -> Sequence[str]:
    return [each for each in studio.form.get_by_role("alert").all_inner_texts() if each]


def test_a_dropped_photo_becomes_a_video_whose_card_shows_it(
    server: Server, studio: Studio
) -> None:
    server.begin("from-photos")
    studio.open("from-photos")
    studio.fill_prompts(["A cup on a table"])
    bring(studio.prompt(0), "drop", ("cup.jpg", "image/jpeg", CUP))
    expect(studio.form.get_by_alt_text("First frame: cup.jpg")).to_have_js_property(
        "naturalWidth", 64
    )
    expect(studio.form).to_contain_text("They are not sent to Google")

    studio.start_from("First and last")
    expect(studio.form).to_contain_text("Add a picture, or choose")
    expect(studio.button("^Make videos")).to_be_disabled()
    bring(studio.prompt(0), "paste", ("saucer.jpg", "image/jpeg", SAUCER))
    expect(studio.button("^Make 1 video · \\$3.20")).to_be_enabled()
    studio.choose_length(4)
    expect(studio.button("^Make 1 video · \\$1.60")).to_be_enabled()

    studio.page.reload()
    expect(studio.prompt(0)).to_have_value("A cup on a table")
    expect(studio.form.get_by_alt_text("Last frame")).to_be_visible()
    expect(studio.button("Discard them")).to_be_visible()
    studio.make()

    studio.player(0).wait_until_ready()
    shown = studio.card(0).get_by_role("link").filter(has=studio.page.locator("img"))
    expect(shown).to_have_count(2)
    [video] = server.get("/v1/videos?campaign_id=from-photos")["data"]
    for link, field in zip(shown.all(), ("image", "last_frame"), strict=True):
        expect(link).to_have_attribute("href", f"/v1/inputs/{video[field]}/content")
    studio.page.reload()
    expect(studio.form).to_contain_text("No change")
    expect(studio.button("Discard them")).to_be_hidden()


def test_the_form_offers_what_the_model_takes_and_refuses_the_rest_in_words(
    server: Server, studio: Studio
) -> None:
    server.begin("refused-photos")
    studio.open("refused-photos")
    studio.fill_prompts(["A cup on a table"])
    studio.choose_length(4)
    studio.start_from("References")
    expect(studio.form.get_by_role("radio", name="8 s")).to_be_checked()
    expect(studio.form.get_by_role("radio", name="4 s")).to_be_disabled()
    studio.choose_pictures("References", CUP, SAUCER)
    expect(studio.form.get_by_alt_text("Reference: cup.png")).to_have_count(2)

    for files, words in (
        ([("a.jpg", "image/jpeg", CUP), ("b.jpg", "image/jpeg", SPOON)], "room for one picture"),
        ([("menu.pdf", "application/pdf", b"%PDF")], "menu.pdf is not a JPEG or PNG"),
        ([("empty.jpg", "image/jpeg", b"none")], "Send a JPEG or PNG"),
    ):
        bring(studio.prompt(0), "drop", *files)
        expect(studio.form.get_by_role("alert").filter(has_text=words)).to_be_visible()
    expect(studio.button("^Make 1")).to_be_enabled()

    studio.button("Remove cup.png: Reference").first.click()
    studio.button("Use an earlier one as references").click()
    earlier = studio.form.get_by_role("group", name="Earlier pictures")
    earlier.get_by_role("button").last.click()
    references = studio.form.get_by_role("group", name="References").get_by_role("listitem")
    expect(references).to_have_count(2)

    studio.form.get_by_role("group", name="Settings").get_by_label("Model").select_option(
        "veo-3.1-lite-generate-001"
    )
    expect(studio.form).to_contain_text("Veo 3.1 Lite cannot use “References”")
    expect(studio.button("^Make 1 video · \\$0.40")).to_be_enabled()
    studio.form.get_by_role("group", name="Settings").get_by_label("Model").select_option(
        "veo-3.1-generate-001"
    )
    expect(references).to_have_count(2)
    expect(studio.button("^Make 1 video · \\$3.20")).to_be_enabled()
    assert refusals(studio) == []
