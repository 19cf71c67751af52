"""What may be asked, and the prompt that is sent: the caller's own, and what the business adds."""

import re
from collections.abc import Mapping

from shared.domain.errors import InvalidRequestError

MAX_PROMPT_CHARACTERS = 5_000
MAX_CONTEXT_ENTRIES = 16
MAX_CONTEXT_CHARACTERS = 500

# Unicode's categories Cc and Cs without line breaks and tabs.
_CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")

_LABELS = {
    "brand": "Brand",
    "product": "Product",
    "audience": "Audience",
    "tone": "Tone",
    "style": "Visual style",
    "call_to_action": "Closing moment that leads to",
}


def require_prompt(text: str, *, param: str = "prompt") -> str:
    """Return `text` without the white space around it."""
    stripped = _require_text(text, param).strip()
    if not stripped:
        raise InvalidRequestError("A prompt must not be empty.", param=param)
    if len(stripped) > MAX_PROMPT_CHARACTERS:
        raise InvalidRequestError(
            f"A prompt has at most {MAX_PROMPT_CHARACTERS} characters; this one has "
            f"{len(stripped)}.",
            param=param,
        )
    return stripped


def require_negative_prompt(text: str | None) -> str | None:
    """The same for what must not be seen, which need not be said."""
    if text is None or not text.strip():
        return None
    return require_prompt(text, param="negative_prompt")


def require_business_context(context: Mapping[str, str]) -> dict[str, str]:
    """Return the entries that say something, without the white space around them."""
    if len(context) > MAX_CONTEXT_ENTRIES:
        raise InvalidRequestError(
            f"A business_context has at most {MAX_CONTEXT_ENTRIES} entries.",
            param="business_context",
        )
    entries = {
        _require_entry(key).strip(): _require_entry(value).strip() for key, value in context.items()
    }
    return {key: value for key, value in entries.items() if key and value}


def enhance(prompt: str, context: Mapping[str, str]) -> str:
    """Compose the prompt that is sent: the caller's words first, then one line an entry."""
    ordered = [key for key in _LABELS if key in context]
    ordered += sorted(key for key in context if key not in _LABELS)
    lines = [f"{_label(key)}: {context[key]}" for key in ordered]
    return "\n".join([prompt, "", *lines]) if lines else prompt


def _label(key: str) -> str:
    return _LABELS.get(key) or key.replace("_", " ").capitalize()


def _require_entry(text: str) -> str:
    if len(text) > MAX_CONTEXT_CHARACTERS:
        raise InvalidRequestError(
            f"An entry of business_context has at most {MAX_CONTEXT_CHARACTERS} characters.",
            param="business_context",
        )
    return _require_text(text, "business_context")


def _require_text(text: str, param: str) -> str:
    if _CONTROL_CHARACTER.search(text):
        raise InvalidRequestError(
            f"{param} contains control characters. Send plain text.", param=param
        )
    return text
