"""Budgets in the studio: invalid text never becomes "no limit"."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.briefs import PROMPTS
from tests.browser.server import Server, serving
from tests.browser.studio import Studio, opened

DEFAULT = {"CAMPAIGN_BUDGET_USD": "3", "SYNTHETIC_SECONDS": "1800"}


@pytest.fixture(scope="module")
def frugal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a default budget for campaigns."""
    folder = tmp_path_factory.mktemp("frugal")
    environment = {"STORAGE_URL": (folder / "data").as_uri(), **DEFAULT}
    with serving(folder / "stderr.log", environment) as server:
        yield server


def budget_of(server: Server, campaign_id: str) -> object:
    return server.get(f"/v1/campaigns/{campaign_id}")["budget"]["own_usd"]


def open_dialog(studio: Studio, campaign_id: str) -> None:
    studio.open(campaign_id)
    studio.figure("Budget left").get_by_role("button", name="Change the budget").click()


def enter(studio: Studio, text: str) -> None:
    """Type it, and press Enter."""
    field = studio.dialog.get_by_label("Limit in US dollars")
    field.fill(text)
    field.press("Enter")


def test_an_amount_is_taken_as_people_write_it(server: Server, studio: Studio) -> None:
    server.begin("thrifty")
    open_dialog(studio, "thrifty")
    enter(studio, "20")
    expect(studio.page.get_by_text("Budget is $20.00.")).to_be_visible()
    assert budget_of(server, "thrifty") == 20

    for text, dollars in [("12.50", 12.5), ("13,50", 13.5), (" $7 ", 7), ("0", 0)]:
        open_dialog(studio, "thrifty")
        enter(studio, text)
        expect(studio.figure("Budget left")).to_contain_text(f"of ${dollars:.2f}")
        assert budget_of(server, "thrifty") == dollars


def test_an_invalid_amount_is_refused_beside_its_field_and_sets_no_budget(
    server: Server, studio: Studio
) -> None:
    server.begin("careful")
    open_dialog(studio, "careful")
    enter(studio, "20")
    expect(studio.page.get_by_text("Budget is $20.00.")).to_be_visible()

    open_dialog(studio, "careful")
    for text in ["1e", "1e3", "-5", "0.001", "1,250", "1,250.00", "twenty", "", "NaN", "12.", "٢٠"]:
        enter(studio, text)
        expect(studio.dialog).to_contain_text("Enter an amount in dollars and cents")
        assert budget_of(server, "careful") == 20, text

    enter(studio, "21")
    expect(studio.page.get_by_text("Budget is $21.00.")).to_be_visible()
    sent = [each.post_data_json for each in studio.wire.requests if each.method == "PATCH"]
    assert sent == [{"budget_usd": 20}, {"budget_usd": 21}]


def test_no_limit_can_be_chosen(server: Server, studio: Studio) -> None:
    server.begin("generous")
    open_dialog(studio, "generous")
    enter(studio, "20")
    expect(studio.page.get_by_text("Budget is $20.00.")).to_be_visible()
    open_dialog(studio, "generous")
    expect(studio.dialog.get_by_label("Limit in US dollars")).to_have_value("20.00")

    studio.dialog.get_by_text("No limit").click()
    studio.dialog.get_by_role("button", name="Save").click()

    expect(studio.page.get_by_text("Budget has no limit.")).to_be_visible()
    assert budget_of(server, "generous") is None


@pytest.fixture
def strict_studio(browser: Browser, frugal: Server) -> Iterator[Studio]:
    with opened(browser, frugal) as studio:
        yield studio


def test_a_campaign_without_its_own_budget_has_the_default(
    frugal: Server, strict_studio: Studio
) -> None:
    studio = strict_studio
    frugal.begin("usual")
    open_dialog(studio, "usual")
    enter(studio, "20")
    expect(studio.page.get_by_text("Budget is $20.00.")).to_be_visible()

    open_dialog(studio, "usual")
    studio.dialog.get_by_text("Default: $3.00").click()
    expect(studio.dialog).not_to_contain_text("No limit")
    studio.dialog.get_by_role("button", name="Save").click()

    expect(studio.page.get_by_text("Budget is the default, $3.00.")).to_be_visible()
    expect(studio.figure("Budget left")).to_contain_text("of $3.00")
    assert budget_of(frugal, "usual") is None


def test_a_new_campaign_beyond_the_default_budget_can_be_given_another(
    frugal: Server,
    strict_studio: Studio,
) -> None:
    studio = strict_studio
    frugal.begin("beyond")
    studio.open("beyond")
    studio.fill_prompts(PROMPTS[:2])
    studio.choose_length(4)
    expect(studio.form.get_by_role("alert")).to_contain_text("It would exceed the budget.")

    studio.form.get_by_role("button", name="Change the budget").click()
    enter(studio, "6,40")

    expect(studio.form.get_by_role("button", name="Change the budget")).to_be_hidden()
    studio.make()
    expect(studio.figure("Reserved")).to_contain_text("$3.20")
