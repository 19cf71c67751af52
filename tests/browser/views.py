"""The views of the studio, each with the steps that lead to it."""

import re
from collections.abc import Callable, Mapping
from itertools import count

from playwright.sync_api import expect

from tests.browser.briefs import BRIEF, HALTED, PROMPTS
from tests.browser.player import Player
from tests.browser.server import PATIENCE_SECONDS, Json, Server
from tests.browser.studio import Studio
from tests.eventually import eventually
from tests.pictures import a_picture
from tools import demo_plays

GALLERY = "harbour-line"
"""A campaign of four videos; the first has a history."""

TROUBLE = "night-market"
"""A campaign of two: one was filtered, the file of the other is damaged."""


_number = count(1)


def campaigns(studio: Studio) -> None:
    studio.open()
    studio.page.get_by_role("link", name=GALLERY).wait_for()


def changing(studio: Studio) -> None:
    campaigns(studio)
    studio.button(f"Change {GALLERY}").click()
    studio.dialog.get_by_role("button", name="Duplicate").wait_for()


def missing(studio: Studio, campaign_id: str = "no-such-thing") -> None:
    studio.open(campaign_id)
    studio.page.get_by_text("There is no campaign").wait_for()


def new_campaign(studio: Studio, campaign_id: str = "spring-launch") -> None:
    missing(studio, campaign_id)
    studio.button("Create").click()
    studio.page.get_by_text("Your videos appear here").wait_for()


def composed(studio: Studio) -> None:
    # Its picture is stored, so the campaign exists from then on.
    new_campaign(studio, "spring-pictures")
    studio.fill_brief(BRIEF)
    studio.fill_prompts(PROMPTS)
    studio.start_from("References")
    studio.choose_pictures("References", a_picture(size=(640, 360)))
    # Until it is uploaded, it is none of the earlier ones.
    studio.form.get_by_alt_text("Reference: cup.png").wait_for()
    studio.button("Use an earlier one as references").click()
    studio.form.get_by_role("group", name="Earlier pictures").get_by_role("button").wait_for()
    studio.button("^Make 4").wait_for()


def refused(studio: Studio) -> None:
    campaign_id = f"too-dear-{next(_number)}"
    studio.server.patch(f"/v1/campaigns/{campaign_id}", {"budget_usd": 1})
    studio.open(campaign_id)
    studio.fill_prompts(PROMPTS)
    expect(studio.form.get_by_role("alert").first).not_to_be_empty()


def made(studio: Studio) -> None:
    studio.open(GALLERY)
    for index in range(len(PROMPTS)):
        studio.player(index).wait_until_ready()
        studio.player(index).wait_until_loaded()


def comparing(studio: Studio) -> None:
    made(studio)
    studio.card(0).get_by_text("Other takes (1)").click()
    studio.card(0).get_by_role("button", name="Compare").click()
    for player in studio.wait_for_comparison(0):
        player.wait_until_ready()
        player.wait_until_loaded()


def reel(studio: Studio) -> None:
    """As on a phone that has no full screen: a window that has it cannot be resized."""
    made(studio)
    studio.page.evaluate("delete Element.prototype.requestFullscreen")
    studio.button("Play the reel").click()
    studio.button("Pause").click()
    Player(studio.dialog.locator("video")).wait_until_ready()


def deleting(studio: Studio) -> None:
    made(studio)
    studio.button("Delete video 1").click()
    studio.dialog.wait_for()


def trash(studio: Studio) -> None:
    """One take is in it."""
    campaign_id = f"low-tide-{next(_number)}"
    studio.server.make(campaign_id, *PROMPTS[:2])
    studio.open(campaign_id)
    studio.button("Delete video 1").click()
    studio.dialog.get_by_role("button", name="Delete").click()
    studio.button("Undo").wait_for()
    studio.button("Trash").click()
    expect(studio.dialog.locator("img")).to_have_js_property("naturalWidth", 640)


def sharing(studio: Studio) -> None:
    made(studio)
    studio.button("Share… video 1").click()
    studio.dialog.get_by_label("Embed code").wait_for()


def cleaning_up(studio: Studio) -> None:
    made(studio)
    studio.button("Clean up").click()
    studio.dialog.get_by_label("to keep").select_option("0")
    studio.dialog.get_by_role("listitem").wait_for()


def making(studio: Studio) -> None:
    campaign_id = f"ice-and-light-{next(_number)}"
    studio.server.create(campaign_id, "A glacier at dawn", "A glacier at noon")
    studio.open(campaign_id)
    for index in range(2):
        studio.progress(index).wait_for()


def waiting(studio: Studio) -> None:
    campaign_id = f"in-line-{next(_number)}"
    studio.server.create(campaign_id, "A queue of ferries", model=HALTED)
    studio.open(campaign_id)
    studio.card(0).get_by_text("in line").wait_for()


def batches(studio: Studio) -> None:
    """One that waits, and a file that is refused."""
    campaign_id = f"by-sea-{next(_number)}"
    studio.open_batches()
    studio.choose_file(f"campaign_id,prompt,model\n{campaign_id},A ferry,{HALTED}\n".encode())
    studio.button("^Make 1").click()
    studio.dialog.get_by_role("button", name="Make 1").click()
    studio.page.get_by_text("1 waiting").wait_for()
    studio.page.get_by_text("What the file contains").click()
    studio.choose_file(b"campaign_id,prompt,seconds\nby-sea,A ferry,five\nby-sea,,4\n")
    studio.page.get_by_text("Line 3:").wait_for()


def webhooks(studio: Studio) -> None:
    """One is paused; nothing listens at the URL of the other, which has a new secret."""
    paused = studio.server.post("/v1/webhooks", {"url": f"http://localhost:9/{next(_number)}"})
    studio.open_webhooks()
    studio.page.get_by_label("URL").fill(f"http://localhost:9/{next(_number)}")
    studio.button("Add a webhook").click()
    studio.page.get_by_text("it is not shown again").wait_for()
    other = studio.page.get_by_role("article", name=paused["url"])
    other.get_by_role("button", name="Pause").click()
    other.get_by_role("button", name="Resume").wait_for()
    other.get_by_role("button", name="Send a test").click()
    studio.page.get_by_text("The test was not delivered").wait_for()
    studio.button("Close").click()
    other.get_by_text("Deliveries").click()
    other.get_by_text("webhook.test").first.wait_for()
    studio.page.get_by_text("Send only some events").click()


def unwatched(studio: Studio) -> None:
    studio.open_watched(TROUBLE)
    studio.page.get_by_text("No plays yet").wait_for()


def watched(studio: Studio) -> None:
    """Simulated viewers have watched two of its videos; a click seeks to the middle of one."""
    if not studio.server.get(f"/v1/campaigns/{GALLERY}/experiments")["data"]:
        demo_plays.watch(studio.server.origin, GALLERY, viewers=500)
    studio.open_watched(GALLERY)
    first = Player(studio.page.locator("video").first)
    first.wait_until_ready()
    studio.page.locator(".curve").first.click()
    eventually(lambda: first.state()["position"] > 1, within_seconds=PATIENCE_SECONDS)
    studio.page.get_by_text("As a table").first.click()


def comparison(studio: Studio) -> None:
    watched(studio)
    studio.page.get_by_role("link", name=demo_plays.NAME).click()
    studio.page.get_by_text("Video 1 (simulated) works better.").wait_for()
    for each in studio.page.locator("video").all():
        Player(each).wait_until_ready()


def in_trouble(studio: Studio) -> None:
    studio.open(TROUBLE)
    studio.card(1).get_by_role("alert").wait_for()


def unanswered(studio: Studio) -> None:
    made(studio)
    studio.context.set_offline(offline=True)
    studio.button("Regenerate video 2").click()
    studio.page.get_by_text("The server does not respond").wait_for()


def reviewing(studio: Studio) -> None:
    """The page of a reviewer, where others have spoken."""
    url, takes = reviewed(studio.server)
    studio.page.goto(url)
    for take in takes:
        title = f"Video {take['index'] + 1}"
        studio.page.get_by_role("article", name=title).wait_for()
    studio.page.evaluate("localStorage.setItem('showreel.reviewer', 'Cleo')")
    studio.page.reload()
    studio.page.get_by_text("You are Cleo").wait_for()
    studio.page.get_by_role("button", name="Go to 0:01").click()
    studio.button("Comment at 0:01").wait_for()


def spoken_of(studio: Studio) -> None:
    """A campaign of which reviewers have spoken."""
    reviewed(studio.server)
    made(studio)
    studio.card(0).get_by_text(re.compile(r"\d comments")).click()
    studio.card(0).get_by_text("The logo comes too late.").first.wait_for()


def review_links(studio: Studio) -> None:
    made(studio)
    studio.button("Ask for a review").click()
    studio.dialog.get_by_role("button", name="Create a link").click()
    studio.dialog.get_by_label("Link", exact=True).wait_for()


def review_ended(studio: Studio) -> None:
    studio.page.goto("about:blank")
    studio.page.goto(f"{studio.server.origin}/review#spring.0123456789abcdef.secret")
    studio.page.get_by_role("heading", name="This link does not work").wait_for()


def reviewed(server: Server) -> tuple[str, list[Json]]:
    """Let Ann and Bob review the gallery, and return the link and its takes."""
    url = server.post(f"/v1/campaigns/{GALLERY}/reviews", {"title": "Harbour, first cut"})["url"]
    link = f"/v1/reviews/{url.partition('#')[2]}"
    takes = server.get(link)["takes"]
    about = {"video_id": takes[0]["video_id"]}
    late = "The logo comes too late.\nCould it be there from the first second?"
    server.post(f"{link}/comments", {**about, "name": "Bob", "text": late, "seconds": 1.5})
    server.post(f"{link}/comments", {**about, "name": "Ann", "text": "I like the light."})
    for name, decision in (("Ann", "approved"), ("Bob", "changes_requested")):
        path = f"{link}/decisions/{about['video_id']}"
        server.put(path, {"name": name, "decision": decision})
    return url, takes


VIEWS: Mapping[str, Callable[[Studio], None]] = {
    "campaigns": campaigns,
    "changing": changing,
    "missing": missing,
    "new-campaign": new_campaign,
    "composed": composed,
    "refused": refused,
    "campaign": made,
    "comparing": comparing,
    "reel": reel,
    "deleting": deleting,
    "trash": trash,
    "sharing": sharing,
    "cleaning-up": cleaning_up,
    "making": making,
    "waiting": waiting,
    "batches": batches,
    "webhooks": webhooks,
    "unwatched": unwatched,
    "watched": watched,
    "comparison": comparison,
    "reviewing": reviewing,
    "review-ended": review_ended,
    "spoken-of": spoken_of,
    "review-links": review_links,
    "trouble": in_trouble,
    "unanswered": unanswered,
}
