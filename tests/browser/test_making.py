"""From a brief to videos that play."""

import re
import time
from datetime import UTC, datetime
from email.utils import formatdate
from itertools import cycle

from playwright.sync_api import Route, expect

from tests.browser.briefs import BRIEF, HALTED, PROMPTS
from tests.browser.server import Json, Server
from tests.browser.studio import Studio
from tests.eventually import eventually

NOON = int(datetime(2099, 1, 1, 12, tzinfo=UTC).timestamp())
# What the progress bar shows, at every picture that is drawn.
NOTE_PROGRESS = """bar => {
  window.seen = [];
  const note = () => {
    seen.push(bar.value / bar.max);
    requestAnimationFrame(note);
  };
  note();
}"""


def test_a_brief_and_a_click_end_in_four_videos_that_play(studio: Studio) -> None:
    studio.open()
    expect(studio.page.get_by_text("Practice mode: nothing is billed")).to_be_visible()
    studio.start_campaign("pier-season")
    studio.fill_brief(BRIEF)
    studio.fill_prompts(PROMPTS)
    studio.choose_length(4)
    studio.form.get_by_text("What the model reads").click()
    expect(studio.form.get_by_text("Brand: Tidewater Cycles").first).to_be_visible()
    studio.make()

    players = [studio.player(index) for index in range(len(PROMPTS))]
    for player in players:
        player.element.wait_for()
        player.watch()
        player.play()

    for index, player in enumerate(players):
        state = player.plays_beyond(1)
        assert state["error"] is None
        assert state["breaks"] == []
        for text in (PROMPTS[index], "Veo 3.1", "4 s", "$1.60 simulated"):
            expect(studio.card(index)).to_contain_text(text)
    players[0].element.evaluate("media => (media.muted = false)")
    expect(players[3].element).to_have_js_property("muted", value=False)
    expect(studio.figure("Spent")).to_contain_text("$6.40")
    expect(studio.figure("Saved")).to_have_count(0)


COUNT_CLICKS = """
  addEventListener("click", event => countClick(event.isTrusted && event.detail > 0));"""


def test_five_clicks_lead_to_four_videos_and_three_with_the_example(studio: Studio) -> None:
    """Also the last one is counted, which would spend."""
    clicks: list[bool] = []

    def count(is_by_mouse: bool) -> None:  # noqa: FBT001  # The page calls it.
        clicks.append(is_by_mouse)

    studio.context.expose_function("countClick", count)
    studio.context.add_init_script(COUNT_CLICKS)
    studio.open()
    expect(studio.page.get_by_label("Campaign name")).to_be_focused()
    studio.page.keyboard.type("few clicks")
    studio.button("Start").click()
    for number, prompt in enumerate(PROMPTS):
        expect(studio.prompt(number)).to_be_focused()
        studio.page.keyboard.type(prompt)
        if number < len(PROMPTS) - 1:
            studio.button("Add a prompt").click()
    expect(studio.button("^Make 4 videos")).to_be_enabled()
    assert clicks.count(True) + 1 == 5

    clicks.clear()
    studio.open()
    expect(studio.page.get_by_label("Campaign name")).to_be_focused()
    studio.page.keyboard.type("fewer clicks")
    studio.button("Start").click()
    studio.button("Use an example").click()
    expect(studio.button("^Make 4 videos")).to_be_enabled()
    expect(studio.prompt(0)).to_be_focused()
    assert clicks.count(True) + 1 == 3


def test_the_form_shows_what_is_made_what_stays_and_the_price_before_it_is_sent(
    server: Server, studio: Studio
) -> None:
    server.make("estimated", PROMPTS[0])
    studio.open("estimated")

    studio.fill_prompts(PROMPTS[:3])

    expect(studio.button("Make 2 videos · \\$3.20")).to_be_enabled()
    expect(studio.form).to_contain_text("No change")
    studio.choose_length(6)
    expect(studio.form).to_contain_text("New take · $2.40")
    expect(studio.button("Make 2 videos, replace 1 · \\$7.20")).to_be_enabled()
    studio.form.get_by_label("Make prompt 2").uncheck()
    studio.choose_length(4)
    studio.prompt(0).fill(PROMPTS[2])
    studio.prompt(2).fill(PROMPTS[0])
    expect(studio.form).to_contain_text("Exists as video 1 · free")
    expect(studio.form).to_contain_text("1 new take · 1 existing")
    assert len(server.get("/v1/videos?campaign_id=estimated")["data"]) == 1


def test_a_prompt_may_have_a_model_and_a_format_of_its_own(server: Server, studio: Studio) -> None:
    """The form shows them again, and what is changed for all changes them with the others."""
    server.begin("own-shapes")
    studio.open("own-shapes")
    studio.fill_prompts(PROMPTS[:3])
    studio.choose_length(4)
    studio.button("Model and format of prompt 2").click()
    second = studio.prompt(1).locator("..")
    second.get_by_label("Model", exact=True).select_option("Veo 3.1 Fast")
    second.get_by_label("Format", exact=True).select_option("9:16 tall")
    expect(second).to_contain_text("New · $0.40")
    expect(studio.button("Make 3 videos · \\$3.60")).to_be_enabled()
    studio.page.reload()
    expect(studio.button("Make 3 videos · \\$3.60")).to_be_enabled()
    studio.make()

    for index in range(3):
        studio.player(index).element.wait_for()
    made = [slot["current"] for slot in server.get("/v1/campaigns/own-shapes")["slots"]]
    assert [video["aspect_ratio"] for video in made] == ["16:9", "9:16", "16:9"]
    assert made[1]["model"] == "veo-3.1-fast-generate-001"
    studio.page.reload()
    expect(second.get_by_label("Format", exact=True)).to_have_value("9:16")
    expect(studio.form.get_by_text("No change")).to_have_count(3)
    studio.choose_length(6)
    expect(studio.button("Replace 3 videos · \\$5.40")).to_be_enabled()
    second.get_by_label("Format", exact=True).select_option("As below")
    studio.choose_length(4)
    expect(studio.button("Replace 1 video · \\$0.40")).to_be_enabled()


def test_the_studio_says_which_prompts_were_accepted_when_others_are_not(
    server: Server, studio: Studio
) -> None:
    """Prompts with settings of their own are another request, which a budget may refuse alone."""
    server.patch("/v1/campaigns/half-way", {"budget_usd": 3.3})
    studio.open("half-way")
    studio.fill_prompts(PROMPTS[:3])
    studio.choose_length(4)
    studio.button("Model and format of prompt 2").click()
    second = studio.prompt(1).locator("..")
    second.get_by_label("Model", exact=True).select_option("Veo 3.1 Fast")
    studio.button("Make 3 videos · \\$3.60").click()

    said = studio.page.get_by_role("status").filter(has_text="Accepted: prompts 1 and 3.")
    expect(said).to_be_visible()
    for index in (0, 2):
        studio.player(index).element.wait_for()
    expect(studio.form.get_by_role("alert")).to_contain_text("It would exceed the budget.")
    assert [slot["index"] for slot in server.get("/v1/campaigns/half-way")["slots"]] == [0, 2]


def test_the_format_of_the_last_prompt_alone_is_not_that_of_the_campaign(
    server: Server, studio: Studio
) -> None:
    server.begin("one-tall")
    studio.open("one-tall")
    studio.fill_prompts(PROMPTS[:2])
    studio.choose_length(4)
    studio.button("Model and format of prompt 2").click()
    own = [studio.prompt(at).locator("..").get_by_label("Format", exact=True) for at in (0, 1)]
    own[1].select_option("9:16 tall")
    studio.make()
    for index in (0, 1):
        studio.player(index).element.wait_for()

    for reload in (lambda: None, studio.page.reload):
        reload()
        expect(studio.form.get_by_text("No change")).to_have_count(2)
        expect(own[1]).to_have_value("9:16")
        expect(own[0]).to_have_value("")
        expect(studio.form.get_by_role("radio", name="16:9 wide")).to_be_checked()
    made = [slot["current"] for slot in server.get("/v1/campaigns/one-tall")["slots"]]
    assert [video["aspect_ratio"] for video in made] == ["16:9", "9:16"]


PASTE = """(field, text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  const options = {clipboardData, bubbles: true, cancelable: true};
  field.dispatchEvent(new ClipboardEvent("paste", options));
}"""


def test_pasted_lines_become_prompts_of_which_only_those_with_a_tick_are_sent(
    server: Server, studio: Studio
) -> None:
    """A cheaper model says what it would cost, and is taken by a click."""
    server.begin("pasted")
    studio.open("pasted")
    studio.prompt(0).evaluate(PASTE, "A red kite\n\nA blue kite\nA green kite")

    expect(studio.prompt(2)).to_have_value("A green kite")
    expect(studio.button("Make 3 videos · \\$9.60")).to_be_enabled()
    studio.form.get_by_label("Make prompt 2").uncheck()
    expect(studio.form).to_contain_text("Not sent")
    expect(studio.button("Make 2 videos · \\$6.40")).to_be_enabled()
    studio.button("Veo 3.1 Fast would be \\$1.60 for 2 videos").click()
    expect(studio.button("Make 2 videos · \\$1.60")).to_be_enabled()
    studio.page.reload()
    expect(studio.form.get_by_label("Make prompt 2")).not_to_be_checked()
    studio.make()

    studio.progress(0).wait_for()
    sent = server.get("/v1/videos?campaign_id=pasted")["data"]
    assert {video["prompt"] for video in sent} == {"A red kite", "A green kite"}
    expect(studio.prompt(1)).to_have_value("A blue kite")
    studio.form.get_by_label("Make prompt 2").check()
    expect(studio.button("Make 1 video · \\$0.80")).to_be_enabled()


def test_the_form_is_disabled_until_the_campaigns_settings_are_loaded(
    server: Server, studio: Studio
) -> None:
    """Earlier input would be sent, and paid for, with other settings than the campaign's."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    server.make("slowly", PROMPTS[0])
    studio.context.route("**/v1/campaigns/slowly", hold)
    with studio.page.expect_request("**/v1/campaigns/slowly"):
        studio.open("slowly")
    expect(studio.page.get_by_role("heading", name="slowly")).to_be_visible()
    expect(studio.form).to_be_hidden()

    held.pop().continue_()

    expect(studio.prompt(0)).to_have_value(PROMPTS[0])
    expect(studio.form.get_by_role("radio", name="4 s")).to_be_checked()


def test_a_video_that_waits_says_its_place_and_when_it_starts_or_why_it_does_not(
    server: Server, studio: Studio
) -> None:
    places: list[Json] = []

    def place(route: Route) -> None:
        """Let the server's answer have the latest of the places, if any."""
        answer = route.fetch()
        campaign = answer.json()
        if places:
            campaign["slots"][0]["pending"]["queue"] = places[-1]
            campaign["queue"] = {"waiting": 1, "expected_done_at": NOON + 60, "reason": None}
        route.fulfill(response=answer, json=campaign)

    server.create("in-line", "A queue of ferries", model=HALTED)
    studio.context.route("**/v1/campaigns/in-line", place)
    studio.open("in-line")
    card, heading = studio.card(0), studio.page.locator("header").nth(1)
    expect(card).to_contain_text(re.compile(r"Waiting:\w+ in line"))
    expect(card).to_contain_text("Nothing is sent to this model at present.")
    expect(card).to_contain_text("it fails, and you are not charged")
    expect(heading).to_contain_text("1 video waits in line. Nothing is sent to this model")

    places.append({"position": 1_212, "expected_submission_at": NOON, "reason": None})

    expect(card).to_contain_text(re.compile(r"1,212th in line, starts about .*2099, \d\d:00"))
    expect(heading).to_contain_text(re.compile(r"All videos done about .*2099, \d\d:01"))


def test_the_progress_of_a_video_moves_on_and_never_back(server: Server, studio: Studio) -> None:
    """Also after an answer that comes late, and says the time at which it was sent."""
    ages = cycle((0, 3))

    def late(route: Route) -> None:
        answer = route.fetch()
        date = formatdate(time.time() - next(ages), usegmt=True)
        route.fulfill(response=answer, headers={**answer.headers, "date": date})

    server.create("moves-on", "A glacier turns")
    studio.context.route("**/v1/campaigns/moves-on", late)
    studio.open("moves-on")
    studio.progress(0).evaluate(NOTE_PROGRESS)

    eventually(lambda: studio.polls("moves-on")[2:])
    values = studio.page.evaluate("seen")
    assert sorted(values) == values
    assert len(set(values)) > 1
    assert max(values) < 1


def test_what_is_paid_for_is_not_used_only_after_a_question(server: Server, studio: Studio) -> None:
    [video] = server.create("paid-for", "A glacier at dusk")
    studio.open("paid-for")

    studio.button("Discard when done video 1").click()
    expect(studio.dialog).to_contain_text("It is already paid for ($1.60).")
    studio.dialog.get_by_role("button", name="Discard when done").click()

    expect(studio.card(0)).to_contain_text("its clip becomes an earlier take")
    assert server.get(f"/v1/videos/{video['id']}")["cancel_requested"]


def test_all_videos_are_regenerated_after_their_price_was_shown(
    server: Server, studio: Studio
) -> None:
    server.make("all-again", *PROMPTS[:2])
    studio.open("all-again")

    studio.button("Regenerate all").click()
    expect(studio.dialog).to_contain_text("2 new takes for about $3.20")
    studio.dialog.get_by_role("button", name="Regenerate all").click()

    for index in range(2):
        studio.wait_for_comparison(index)
