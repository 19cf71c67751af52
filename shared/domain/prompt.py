"""Validates prompts, and composes what is sent: the prompt and its business context."""

from collections.abc import Mapping

from shared.domain.errors import InvalidRequestError
from shared.domain.text import canonical, is_visible, require_plain

MAX_PROMPT_CHARACTERS = 5_000
MAX_CONTEXT_ENTRIES = 16
MAX_CONTEXT_CHARACTERS = 500

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
    stripped = require_plain(text, param).strip()
    if not is_visible(stripped):
        raise InvalidRequestError(
            "A prompt must not be empty: it needs a letter, a digit or a symbol.", param=param
        )
    if len(stripped) > MAX_PROMPT_CHARACTERS:
        raise InvalidRequestError(
            f"A prompt has at most {MAX_PROMPT_CHARACTERS} characters; this one has "
            f"{len(stripped)}.",
            param=param,
        )
    return stripped


def require_negative_prompt(text: str | None) -> str | None:
    """The same for a negative prompt, which may be empty or missing."""
    if text is None or not is_visible(require_plain(text, "negative_prompt")):
        return None
    return require_prompt(text, param="negative_prompt")


def require_business_context(context: Mapping[str, str]) -> dict[str, str]:
    """Return the entries with a value, without the white space around it.

    Raise InvalidRequestError also for two keys that are spellings of the same one.
    """
    if len(context) > MAX_CONTEXT_ENTRIES:
        raise InvalidRequestError(
            f"A business_context has at most {MAX_CONTEXT_ENTRIES} entries.",
            param="business_context",
        )
    texts = [*context, *context.values()]
    if any(len(text) > MAX_CONTEXT_CHARACTERS for text in texts):
        raise InvalidRequestError(
            f"An entry of business_context has at most {MAX_CONTEXT_CHARACTERS} characters.",
            param="business_context",
        )
    require_plain("\n".join(texts), "business_context")
    entries: dict[str, str] = {}
    spellings: dict[str, str] = {}
    for key, value in context.items():
        if not is_visible(key) or not is_visible(value):
            continue
        if (known := spellings.setdefault(canonical(key), key)) is not key:
            raise InvalidRequestError(
                f"business_context has {known.strip()!a} twice. Send each entry once.",
                param="business_context",
            )
        entries[key.strip()] = value.strip()
    return entries


def lines_of(context: Mapping[str, str]) -> str:
    """Return what follows a prompt where it is composed: one line for each entry."""
    ordered = [key for key in _LABELS if key in context]
    ordered += sorted(key for key in context if key not in _LABELS)
    lines = [f"{_label(key)}: {context[key]}" for key in ordered]
    return "\n".join(["\n", *lines]) if lines else ""


def canonical_context(context: Mapping[str, str]) -> dict[str, str]:
    """Return the context in the form in which it is compared."""
    return {canonical(key): canonical(value) for key, value in context.items()}


def _label(key: str) -> str:
    return _LABELS.get(key) or key.replace("_", " ").capitalize()
