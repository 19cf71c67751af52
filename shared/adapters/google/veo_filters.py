"""Why Veo's safety filters blocked a clip."""

import re
from collections.abc import Iterable, Mapping

# As documented by Google, 2026.
SUPPORT_CODES: Mapping[str, tuple[str, ...]] = {
    "child": ("58061214", "17301594"),
    "celebrity": ("29310472", "15236754"),
    "video safety": ("64151117", "42237218"),
    "dangerous content": ("62263041",),
    "hate": ("57734940", "22137204"),
    "other": ("74803281", "29578790", "42876398"),
    "prohibited content": ("89371032", "49114662", "63429089", "72817394", "60599140"),
    "third-party content": ("35561574", "35561575"),
    "sexual": ("90789179", "43188360"),
    "toxic": ("78610348",),
    "violence": ("61493863", "56562880"),
    "vulgar": ("32635315",),
}

_CATEGORIES = {code: category for category, codes in SUPPORT_CODES.items() for code in codes}
_SUPPORT_CODES = re.compile(r"support codes?:\s*([\d, ]+)", re.IGNORECASE)
# From Google's documentation and users' reports. None matches an error about a request's form.
_POLICY = re.compile(
    r"support codes?:"
    r"|violat\w* (?:our|the|google|vertex)"
    r"|usage (?:guidelines|policies|policy)|content polic|responsible ai|safety (?:filter|polic)"
    r"|could not (?:generate|create) (?:\d+ )?videos? based on"
    r"|(?:will not|won't|have not|haven't) be(?:en)? charged"
    r"|issue with the audio",
    re.IGNORECASE,
)
_AUDIO = re.compile(r"\baudio\b", re.IGNORECASE)


def is_about_policy(text: str) -> bool:
    return _POLICY.search(text.replace("\u2019", "'")) is not None


def explain(reasons: Iterable[str]) -> str:
    """Return a sentence that names the categories of Google's `reasons`, and quotes these."""
    text = " ".join(reasons)
    categories = ", ".join(_categories(text)) or "a category that Veo does not name"
    advice = "Rephrase the prompt."
    if "audio" in categories:
        advice = "This filter is often wrong: try again, or ask for generate_audio=false."
    quoted = f" Google says: {text}" if text else ""
    return f"Veo's safety filters held the clip back: {categories}. {advice}{quoted}"


def _categories(text: str) -> tuple[str, ...]:
    codes = re.findall(r"\d+", " ".join(_SUPPORT_CODES.findall(text)))
    found = [_CATEGORIES.get(code, f"support code {code}") for code in codes]
    if not found and _AUDIO.search(text):
        found = ["audio"]
    return tuple(dict.fromkeys(found))
