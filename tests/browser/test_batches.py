"""Batches: a file is checked and priced, sent after a confirmation, followed, and cancelled."""

import json
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.briefs import HALTED
from tests.browser.server import Server
from tests.browser.studio import Studio

SCRIPT = "<img src=x onerror=\"document.title = 'taken over'\">"
GOOD = b"campaign_id,prompt,seconds\nby-file,A lighthouse at dusk,4\nby-file,A ferry at dawn,4\n"
BAD = f"campaign_id,prompt,model\nby-file,A kite,\nby-file,A kite,{SCRIPT}\nby-file,,\n".encode()
WORKBOOK = """() => {
  const dropped = new DataTransfer();
  dropped.items.add(new File(["PK\\u0003\\u0004"], "prompts.xlsx"));
  return dropped;
}"""


def test_a_refused_file_names_its_lines_and_sends_nothing(server: Server, studio: Studio) -> None:
    before = server.get("/v1/batches")
    studio.open_batches()

    workbook = studio.page.evaluate_handle(WORKBOOK)
    studio.page.locator("form").dispatch_event("drop", {"dataTransfer": workbook})
    expect(studio.page.get_by_text("Save it as CSV")).to_be_visible()
    studio.choose_file(BAD, f"{SCRIPT}.csv")

    lines = studio.page.get_by_role("listitem")
    expect(lines).to_contain_text(["Line 3: ", "Line 4: Send either prompt or prompts."])
    expect(lines.first).to_contain_text("<img src=x")
    assert studio.page.locator("img[src='x']").count() == 0
    expect(studio.button("Make videos")).to_be_disabled()
    assert server.get("/v1/batches") == before


def test_a_batch_is_sent_after_its_price_was_confirmed_and_its_results_are_downloaded(
    server: Server, studio: Studio
) -> None:
    before = server.get("/v1/batches")
    studio.open_batches()
    studio.choose_file(GOOD)
    expect(studio.page.get_by_text("2 lines · 2 new")).to_be_visible()

    studio.button("Make 2 videos · \\$3.20").click()
    expect(studio.dialog).to_contain_text("2 new videos for $3.20 at most")
    studio.dialog.get_by_role("button", name="Back").click()
    studio.button("Make 2 videos").click()
    expect(studio.dialog).to_be_visible()
    assert server.get("/v1/batches") == before
    studio.dialog.get_by_role("button", name="Make 2 videos").click()

    card = studio.page.get_by_role("article").first
    expect(card).to_be_focused()
    expect(card).to_contain_text("Completed")
    expect(card).to_contain_text("$3.20of $3.20 at most")
    with studio.page.expect_download() as download:
        card.get_by_role("link", name="Download results").click()
    lines = Path(download.value.path()).read_text("utf-8").splitlines()
    assert [json.loads(line)["line"] for line in lines] == [2, 3]


def test_a_batch_that_waits_says_why_and_is_cancelled_after_a_question(
    server: Server, studio: Studio
) -> None:
    line = {"campaign_id": "halted-batch", "prompt": "A kite", "seconds": 4, "model": HALTED}
    studio.open_batches()
    studio.choose_file(json.dumps(line).encode())
    studio.page.get_by_text("Interactive", exact=True).click()
    studio.button("Make 1 video").click()
    studio.dialog.get_by_role("button", name="Make 1 video").click()
    card = studio.page.get_by_role("article").first
    expect(card).to_contain_text("Interactive")
    expect(card).to_contain_text("Nothing is sent to this model at present.")
    expect(card).to_contain_text("1 waiting")

    card.get_by_role("button", name="Cancel the batch").press("Enter")
    expect(studio.dialog).to_contain_text("Waiting videos are cancelled and cost nothing.")
    studio.dialog.get_by_role("button", name="Cancel the batch").press("Enter")

    expect(card).to_contain_text("Cancelled")
    expect(card).to_contain_text("1 cancelled")
    assert card.evaluate("card => card.contains(document.activeElement)")
    assert server.get("/v1/batches")["data"][0]["status"] == "cancelled"
