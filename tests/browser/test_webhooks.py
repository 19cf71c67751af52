"""Webhooks: one is added, tested and shown with its deliveries, and its secret is shown once."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from standardwebhooks import Webhook as Verifier

from tests.browser.server import Json, Server
from tests.browser.studio import Studio
from tests.eventually import eventually
from tests.receiver import Receiver

ANSWER = "<img src=x onerror=\"document.title = 'taken over'\">"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver(ANSWER) as found:
        yield found


def test_a_webhook_is_added_tested_followed_paused_and_deleted(
    server: Server, studio: Studio, receiver: Receiver
) -> None:
    studio.context.grant_permissions(["clipboard-read", "clipboard-write"])
    studio.open()
    studio.page.get_by_role("link", name="Webhooks").click()
    expect(studio.page).to_have_title("Webhooks · Showreel")
    studio.page.get_by_label("URL").fill("http://192.168.0.1/hook")
    studio.button("Add a webhook").click()
    expect(studio.page.get_by_label("URL")).to_have_attribute("aria-invalid", "true")

    studio.page.get_by_label("URL").fill(receiver.url)
    studio.page.get_by_label("Campaign", exact=True).fill("told")
    studio.button("Add a webhook").click()
    card = studio.page.get_by_role("article", name=receiver.url)
    expect(card).to_be_focused()
    card.get_by_role("button", name="Copy the secret").click()
    expect(studio.page.get_by_text("Secret copied.")).to_be_visible()
    secret = str(studio.page.evaluate("() => navigator.clipboard.readText()"))

    card.get_by_role("button", name="Send a test").click()
    expect(studio.page.get_by_text("The receiver accepted the test.")).to_be_visible()
    ((headers, body, _),) = receiver.got
    assert Verifier(secret).verify(body, headers)["type"] == "webhook.test"

    receiver.status = 500
    (video,) = server.make("told", "A bell rings")
    # Its second try is five seconds later at the earliest, and the list is read once when opened.
    refused = f"/v1/webhooks/{hook(server, receiver)['id']}/deliveries?status=pending"
    eventually(lambda: [each for each in server.get(refused)["data"] if each["response_status"]])
    card.get_by_text("Deliveries").click()
    item = card.get_by_role("listitem").filter(has_text=f"video.completed {video['id']}")
    expect(item).to_contain_text("answer 500")
    expect(item).to_contain_text("<img src=x")
    receiver.status = 200
    item.get_by_role("button", name="Send again").click()
    expect(item).to_contain_text("Delivered")
    assert eventually(
        lambda: [each for each in receiver.events if each["type"] == "video.completed"]
    )

    card.get_by_role("button", name="Pause").click()
    expect(card).to_contain_text("Its events wait")
    assert hook(server, receiver)["status"] == "paused"
    card.get_by_role("button", name="Resume").click()
    expect(card).to_contain_text("Active")
    card.get_by_role("button", name="Replace the secret").click()
    studio.dialog.get_by_role("button", name="Replace the secret").click()
    expect(card).to_contain_text("The previous secret also signs until")
    assert secret != card.get_by_role("group", name="Secret").inner_text()

    card.get_by_role("button", name="Delete").click()
    studio.dialog.get_by_role("button", name="Back").click()
    card.get_by_role("button", name="Delete").click()
    expect(studio.dialog).to_be_visible()
    assert hook(server, receiver)
    studio.dialog.get_by_role("button", name="Delete").click()
    expect(card).to_be_hidden()
    assert receiver.url not in [each["url"] for each in server.get("/v1/webhooks")["data"]]


def hook(server: Server, receiver: Receiver) -> Json:
    (found,) = [each for each in server.get("/v1/webhooks")["data"] if each["url"] == receiver.url]
    return dict(found)
