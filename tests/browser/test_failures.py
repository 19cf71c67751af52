"""When things go wrong, the page says what, why, and what to do."""

from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.briefs import PROMPTS
from tests.browser.server import Json, Server, serving
from tests.browser.studio import Studio, opened

REFUSALS = {
    "budget_exceeded": "It would exceed the budget. Choose a cheaper model",
    "max_cost_exceeded": "Check the new price and send again",
    "of_a_later_release": "It costs $3.20.",
}


def clip_of(video: Json, data_folder: Path) -> Path:
    return data_folder / f"videos/generated/{video['campaign_id']}/{video['filename']}"


def test_a_missing_file_is_named_and_a_broken_one_plays_once_it_is_whole(
    server: Server, studio: Studio, data_folder: Path
) -> None:
    broken, missing = server.make("broken", "A kite over dunes", "A kite over a beach")
    clip = clip_of(broken, data_folder)
    whole = clip.read_bytes()
    clip.write_bytes(b"No film at all. " * 1000)
    clip_of(missing, data_folder).unlink()
    studio.open("broken")
    fallback = studio.card(0).get_by_role("alert")
    expect(fallback).to_contain_text("The file is damaged")
    absence = studio.card(1).get_by_role("alert")
    expect(absence).to_contain_text("missing from storage")
    expect(absence.get_by_role("button", name="Try again")).to_be_visible()

    clip.write_bytes(whole)
    fallback.get_by_role("button", name="Try again").click()

    expect(fallback).to_be_hidden()
    studio.player(0).play()
    studio.player(0).plays_beyond(0.5)


def test_a_filtered_video_says_why_and_its_prompt_can_be_edited(
    server: Server, studio: Studio
) -> None:
    [video] = server.make("filtered", "A marble statue dances")

    studio.open("filtered")

    for text in (
        "Filtered by the model's safety rules",
        "Change the prompt",
        "You were not charged.",
    ):
        expect(studio.card(0)).to_contain_text(text)
    message = studio.card(0).get_by_text(str(video["error"]["message"]))
    expect(message).to_be_hidden()
    studio.card(0).get_by_text("Details").click()
    expect(message).to_be_visible()
    studio.button("Edit the prompt").click()
    expect(studio.prompt(0)).to_be_focused()
    studio.button("Dismiss").click()
    expect(studio.card(0)).to_have_count(0)
    expect(studio.prompt(0)).to_have_value("A marble statue dances")
    expect(studio.button("^Make 1 video")).to_be_enabled()


def test_a_video_that_waited_too_long_says_what_to_do(server: Server, studio: Studio) -> None:
    """The shortest limit is an hour, so the error of another failed video is replaced."""

    def overdue(route: Route) -> None:
        answer = route.fetch()
        data = answer.json()
        data["data"][0]["error"] = {"code": "queue_timeout", "message": "It waited for 24 hours."}
        route.fulfill(response=answer, json=data)

    server.make("overdue", "A marble statue waits")
    studio.context.route("**/v1/videos?*", overdue)

    studio.open("overdue")

    for text in ("it waited too long in line", "choose another model", "You were not charged."):
        expect(studio.card(0)).to_contain_text(text)


def test_a_failure_leaves_the_current_video_in_its_place(server: Server, studio: Studio) -> None:
    """The failing prompt is in the form when its card makes a new take, and asks which."""
    server.make("kept", "A calm lake")
    studio.open("kept")
    player = studio.player(0)
    player.watch()
    player.play()
    player.plays_beyond(0.1)

    studio.fill_prompts(["A volcano by a lake"])
    studio.regenerate(0)
    expect(studio.dialog).to_contain_text("A volcano by a lake")
    expect(studio.dialog).to_contain_text("As before · $1.60")
    studio.dialog.get_by_role("button", name="Make the take").click()

    expect(studio.card(0)).to_contain_text("The model failed")
    assert player.state()["breaks"] == []


def test_no_more_prompts_can_be_written_than_a_campaign_has_videos(
    server: Server, studio: Studio
) -> None:
    server.begin("too-many")
    studio.open("too-many")

    studio.fill_prompts(PROMPTS)

    expect(studio.form).to_contain_text("4 of 4")
    expect(studio.button("Add a prompt")).to_be_hidden()


@pytest.mark.parametrize("code", REFUSALS)
def test_a_refusal_says_what_to_do_in_words_of_the_studio_if_it_knows_the_code(
    server: Server, studio: Studio, code: str
) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=422, json={"code": code, "status": 422, "detail": "It costs $3.20."})

    studio.context.route("**/v1/campaigns/priced/videos", refuse)
    server.begin("priced")
    studio.open("priced")
    studio.fill_prompts(PROMPTS[:1])

    studio.make()

    alert = studio.form.get_by_role("alert")
    expect(alert).to_contain_text(REFUSALS[code])
    if code != "of_a_later_release":
        expect(alert).not_to_contain_text("$3.20")
    expect(studio.prompt(0)).to_have_value(PROMPTS[0])


def test_a_lost_request_is_sent_again_with_the_same_idempotency_key(
    server: Server, studio: Studio
) -> None:
    keys = []

    def lose_the_first(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            route.abort()
        else:
            route.continue_()

    studio.context.route("**/regenerate", lose_the_first)
    server.make("lost", "A kite over dunes")
    studio.open("lost")

    studio.regenerate(0)
    studio.wait_for_comparison(0)

    assert len(keys) == 2
    assert keys[0] == keys[1]


def test_the_studio_reports_an_unreachable_server_and_waits_for_it(
    browser: Browser, tmp_path: Path
) -> None:
    environment = {"STORAGE_URL": (tmp_path / "data").as_uri(), "SYNTHETIC_SECONDS": "4"}
    log = tmp_path / "stderr.log"
    with ExitStack() as running:
        server = running.enter_context(serving(log, environment))
        studio = running.enter_context(opened(browser, server))
        server.create("restarted", "A kite over dunes")
        studio.open("restarted")
        studio.progress(0).wait_for()
        notice = studio.page.get_by_text("The server does not respond")
        expect(notice).to_be_hidden()

        server.stop()
        expect(notice).to_be_visible()
        running.enter_context(serving(log, environment, port=server.port))

        expect(notice).to_be_hidden()
        studio.player(0).play()
        studio.player(0).plays_beyond(0.5)
