"""A campaign is reviewed by a link: on the page of reviewers, and in the studio."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import HTTPError

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.player import Player
from tests.browser.server import Json, Server
from tests.browser.studio import Studio
from tests.eventually import eventually

MARKUP = "<img src=x onerror=\"document.title = 'taken over'\">"
GO_ON = "() => document.dispatchEvent(new Event('visibilitychange'))"


@pytest.fixture(scope="module")
def videos(server: Server) -> list[Json]:
    return server.make("reviewed", "A bell rings", "A bell is silent")


@pytest.fixture
def review(server: Server, videos: list[Json]) -> Json:
    return server.post("/v1/campaigns/reviewed/reviews", {"title": "First cut"})


def link_of(review: Json) -> str:
    return f"/v1/reviews/{review['url'].partition('#')[2]}"


def said_in(server: Server, review: Json) -> Json:
    return server.get(f"/v1/campaigns/reviewed/reviews/{review['id']}")


@contextmanager
def reviewer(browser: Browser, url: str) -> Iterator[Page]:
    """Somebody who has the link, and whose browser knows nothing else of the service."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(url)
    yield page
    context.close()


def give_name(page: Page, name: str) -> None:
    page.get_by_label("Your name").fill(name)
    page.keyboard.press("Enter")


def test_two_reviewers_speak_of_moments_and_decide(
    browser: Browser, server: Server, review: Json, videos: list[Json]
) -> None:
    token = review["url"].partition("#")[2]
    referers: list[str] = []
    server.post(
        f"{link_of(review)}/comments",
        {"video_id": videos[0]["id"], "name": "Ann", "text": MARKUP, "seconds": 1.5},
    )

    with reviewer(browser, review["url"]) as page:
        page.on("request", lambda request: referers.append(str(request.all_headers())))
        first = page.get_by_role("article", name="Video 1")
        expect(first.get_by_role("listitem")).to_contain_text("<img src=x")
        first.get_by_role("button", name="Go to 0:01").click()
        player = Player(first.locator("video"))
        eventually(lambda: player.state()["position"] == 1.5)
        first.get_by_label("Your comment on video 1").fill("Here it is too dark.")
        first.get_by_role("button", name="Comment at 0:01").click()
        give_name(page, "Bob")
        expect(first.get_by_role("listitem")).to_have_count(2)
        expect(first.get_by_label("Your comment")).to_have_value("")
        # The name is asked for once.
        first.get_by_role("button", name="Ask for changes").press("Enter")
        expect(first).to_contain_text("Bob asks for changes")
        expect(first.get_by_role("button", name="Ask for changes")).to_have_attribute(
            "aria-pressed", "true"
        )
        first.get_by_role("button", name="Approve").click()
        expect(first).to_contain_text("Approved by Bob")
        expect(page).to_have_title("First cut · Showreel")

        server.put(
            f"{link_of(review)}/decisions/{videos[1]['id']}",
            {"name": "Ann", "decision": "approved"},
        )
        page.evaluate(GO_ON)
        expect(page.get_by_role("article", name="Video 2")).to_contain_text("Approved by Ann")

    said = said_in(server, review)
    assert [(each["name"], each["seconds"]) for each in said["comments"]] == [
        ("Ann", 1.5),
        ("Bob", 1.5),
    ]
    assert {each["decision"] for each in said["decisions"]} == {"approved"}
    assert referers
    assert not [each for each in referers if "referer" in each and token in each]


def test_words_that_the_server_did_not_get_are_kept_and_sent_once(
    browser: Browser, server: Server, review: Json
) -> None:
    with reviewer(browser, review["url"]) as page:
        first = page.get_by_role("article", name="Video 1")
        words = first.get_by_label("Your comment on video 1")
        words.fill("Slower, please.")

        def lose_the_answer(route: Route) -> None:
            route.fetch()
            route.abort()

        page.route("**/comments", lose_the_answer, times=1)
        first.get_by_role("button", name="Comment").click()
        give_name(page, "Ann")
        expect(first.get_by_role("alert")).to_contain_text("Your words are still here")
        expect(words).to_have_value("Slower, please.")
        first.get_by_role("button", name="Comment").click()
        expect(words).to_have_value("")

    assert [each["text"] for each in said_in(server, review)["comments"]] == ["Slower, please."]


def test_an_expired_url_of_a_clip_is_renewed(browser: Browser, review: Json) -> None:
    with reviewer(browser, review["url"]) as page:
        page.route("**/*.mp4?*", lambda route: route.fulfill(status=403), times=1)
        video = page.get_by_role("article", name="Video 1").locator("video")
        with page.expect_response(lambda answer: answer.status == 403):
            video.evaluate("media => { media.muted = true; media.play().catch(() => {}); }")

        Player(video).wait_until_ready()


def test_a_review_that_is_closed_shows_nothing_but_keeps_what_is_being_written(
    browser: Browser, server: Server, review: Json
) -> None:
    with reviewer(browser, review["url"]) as page:
        words = page.get_by_label("Your comment on video 2")
        words.fill("One more thing")
        server.post(f"/v1/campaigns/reviewed/reviews/{review['id']}/close")

        page.evaluate(GO_ON)

        expect(page.get_by_text("This review has ended")).to_be_visible()
        expect(words).to_have_value("One more thing")
        page.get_by_role("button", name="Comment").last.click()
        # Once the comment is refused, the page reads the review again.
        with page.expect_event("requestfinished", lambda sent: sent.url.endswith(link_of(review))):
            give_name(page, "Ann")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(words).to_have_value("One more thing")
        expect(page.get_by_text("no longer available")).to_have_count(0)
        page.reload()
        expect(page.get_by_role("heading")).to_have_text("This link does not work")


def test_the_studio_creates_a_link_and_shows_what_reviewers_say(
    server: Server, studio: Studio
) -> None:
    studio.context.grant_permissions(["clipboard-read", "clipboard-write"])
    (video,) = server.make("spoken-of", "A bell rings")
    studio.open("spoken-of")
    dialog = studio.page.get_by_role("dialog", name="Reviews")
    studio.button("Ask for a review").click()
    studio.dialog.get_by_label("What reviewers see").fill("First cut")
    studio.dialog.get_by_label("The link works for").select_option("30 days")
    studio.button("Create a link").click()
    expect(studio.dialog.get_by_role("status")).to_have_text("Copied.")
    expect(studio.button("Create another link")).to_be_visible()
    url = str(studio.page.evaluate("() => navigator.clipboard.readText()"))
    item = dialog.get_by_role("listitem").filter(has_text="First cut")
    expect(item).to_contain_text("Open until")

    link = f"/v1/reviews/{url.partition('#')[2]}"
    said = {"video_id": video["id"], "name": "Ann", "text": MARKUP, "seconds": 1.5}
    server.post(f"{link}/comments", said)
    server.put(f"{link}/decisions/{video['id']}", {"name": "Ann", "decision": "approved"})
    studio.button("Done").click()

    card = studio.card(0)
    expect(card).to_contain_text("Approved by Ann")
    card.get_by_text("1 comment").click()
    expect(card.get_by_role("listitem").first).to_contain_text("<img src=x")
    card.get_by_role("button", name="Go to 0:01").click()
    eventually(lambda: studio.player(0).state()["position"] == 1.5)

    # What was said goes with its version.
    server.regenerate(video)
    studio.page.reload()
    expect(card.get_by_text("Other takes (1)")).to_be_visible()
    expect(card.get_by_text("1 comment")).to_be_hidden()
    card.get_by_text("Other takes (1)").click()
    expect(card).to_contain_text("Approved by Ann")

    studio.button("Share… video 1").click()
    studio.dialog.get_by_role("button", name="Ask for a review").click()
    dialog.get_by_role("button", name=re.compile("Revoke link ?: First cut")).click()
    asks = studio.page.get_by_role("dialog", name="Revoke this link?")
    expect(asks).to_contain_text("cannot be restored")
    assert server.get(link)["title"] == "First cut"
    asks.get_by_role("button", name="Revoke link").click()
    expect(item).to_contain_text("Revoked · 1 comment, 1 decision")
    with pytest.raises(HTTPError, match="404"):
        server.get(link)
    dialog.get_by_role("button", name=re.compile("Delete ?: First cut")).click()
    studio.page.get_by_role("dialog", name="Delete this review?").get_by_role(
        "button", name="Delete"
    ).click()
    expect(dialog.get_by_text("There are none yet.")).to_be_visible()


def undated(route: Route) -> None:
    """Answer without the time of the server, which a page believes more than its own clock."""
    answer = route.fetch()
    headers = {name: text for name, text in answer.headers.items() if name != "date"}
    route.fulfill(response=answer, headers=headers)


def test_what_reviewers_say_appears_on_an_open_page_and_is_marked_as_new(
    server: Server, studio: Studio
) -> None:
    """Within seconds, and at once when the page is seen again."""
    (video,) = server.make("overheard", "A bell rings")
    review = server.post("/v1/campaigns/overheard/reviews", {})
    said = {"video_id": video["id"], "name": "Ann", "text": "Before"}
    server.post(f"{link_of(review)}/comments", said)
    studio.page.clock.install()
    studio.context.route("**/v1/campaigns/overheard**", undated)
    studio.open("overheard")
    card = studio.card(0)
    expect(card).to_contain_text("1 comment")
    news = card.get_by_text("New", exact=True)
    expect(news).to_be_hidden()

    server.post(f"{link_of(review)}/comments", {**said, "text": "Louder"})
    studio.page.clock.fast_forward(16_000)

    expect(news).to_be_visible()
    card.get_by_text("2 comments").click()
    expect(card).to_contain_text("Louder")
    expect(news).to_be_hidden()
    studio.hide()
    server.put(
        f"{link_of(review)}/decisions/{video['id']}", {"name": "Ann", "decision": "approved"}
    )
    studio.show()
    expect(card).to_contain_text("Approved by Ann")
    expect(news).to_be_visible()
