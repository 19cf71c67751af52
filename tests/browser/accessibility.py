"""What axe holds against a page."""

from importlib.resources import files

from playwright.sync_api import Page

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
RUN = "options => axe.run(options)"
OPTIONS = {
    "resultTypes": ["violations"],
    # It is off by default, and people have thumbs.
    "rules": {"target-size": {"enabled": True}},
}


def violations(page: Page) -> list[str]:
    """Return each with the element that it is about."""
    page.evaluate(AXE)
    found = page.evaluate(RUN, OPTIONS)["violations"]
    return [
        f"{each['id']} at {node['target']}: {node['failureSummary']}"
        for each in found
        for node in each["nodes"]
    ]
