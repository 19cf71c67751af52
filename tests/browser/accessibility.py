"""Accessibility violations, found by axe."""

from collections.abc import Mapping, Sequence
from importlib.resources import files

from playwright.sync_api import Page

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
HAS_AXE = "() => 'axe' in window"
RUN = "options => axe.run(options)"
OPTIONS: Mapping[str, object] = {
    "resultTypes": ["violations"],
    # Off by default. Touch needs large targets.
    "rules": {"target-size": {"enabled": True}},
}


def violations(page: Page, *, only: Sequence[str] = ()) -> list[str]:
    """Return each violation of a rule, or of the rules `only`, with its element."""
    if not page.evaluate(HAS_AXE):
        page.evaluate(AXE)
    options = {**OPTIONS, "runOnly": {"type": "rule", "values": only}} if only else OPTIONS
    found = page.evaluate(RUN, options)["violations"]
    return [
        f"{each['id']} at {node['target']}: {node['failureSummary']}"
        for each in found
        for node in each["nodes"]
    ]
