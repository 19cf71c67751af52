"""What the state of an interaction with Gemini Omni means, as docs/generator-answers.md shows.

The forms are those of the SDK's types and of recordings that other projects publish: Google
documents neither a refusal, which is a completed interaction with text alone, nor all statuses.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from google.genai.interactions import Interaction

from shared.adapters.google.generator_answers import Rule, Then, anything
from shared.adapters.google.veo_filters import is_about_policy
from shared.domain.model_registry import MODELS
from shared.ports.video_generator import CANCELLED, FILTERED

_RUNNING = ("queued", "in_progress")
_COMPLETED = "completed"
_CANCELLED = "cancelled"
# The API may add statuses. One that does not say that the interaction ended is asked again.
_ENDED = re.compile(
    r"fail|error|cancel|expire|incomplete|budget_exceeded|requires_action", re.IGNORECASE
)
_LONGEST_QUOTE = 500


def output(interaction: Interaction, kind: str) -> Iterator[Any]:
    """Yield the model's output of a kind. An echo of the input is left out."""
    for step in interaction.steps or ():
        if getattr(step, "type", None) == "model_output":
            for content in getattr(step, "content", None) or ():
                if getattr(content, "type", None) == kind:
                    yield content


def output_text(interaction: Interaction) -> str:
    return " ".join(str(each.text) for each in output(interaction, "text")).strip()


def failure_words(interaction: Interaction) -> str:
    """Return Google's sentences of a failure. Some answers have `error`, which no type declares."""
    given = [*(interaction.errors or ()), getattr(interaction, "error", None)]
    return " ".join(filter(None, map(_words, given)))


def failure_message(interaction: Interaction) -> str:
    """Say why an interaction ended without a clip."""
    text = output_text(interaction)[:_LONGEST_QUOTE]
    if interaction.status == _CANCELLED:
        return "The interaction with Gemini Omni was cancelled."
    if interaction.status != _COMPLETED:
        words = failure_words(interaction)[:_LONGEST_QUOTE] or "Google gives no reason."
        return f"The interaction with Gemini Omni ended as {interaction.status}: {words}"
    if is_paid_without_clip(interaction):
        return "Gemini Omni counts tokens of a video, but its answer has none."
    if not text:
        return (
            "Gemini Omni made nothing, and gives no reason. Rephrase the prompt. Google may also "
            "refuse to edit and to extend videos for users in the EEA, Switzerland and the UK."
        )
    return f"Gemini Omni made no clip. Rephrase the prompt. The model says: {text}"


def is_paid_without_clip(interaction: Interaction) -> bool:
    """Whether the bill has a video that the answer does not have."""
    return _is_completed(interaction) and _video_tokens(interaction) > 0 and not _clip(interaction)


def usd_of(interaction: Interaction) -> Decimal | None:
    """Return the cost of a clip, or None if the answer does not count its tokens."""
    usage, video = interaction.usage, _video_tokens(interaction)
    model = MODELS.get(str(interaction.model).rpartition("/")[2])
    if usage is None or not video or model is None or model.token_prices is None:
        return None
    written = (usage.total_output_tokens or video) - video + (usage.total_thought_tokens or 0)
    return model.token_prices.cost(
        inputs=usage.total_input_tokens or 0, text=max(written, 0), video=video
    )


def _words(error: Any) -> str:  # noqa: ANN401  # A typed error, or JSON that no type declares.
    given = error.get("message") if isinstance(error, dict) else getattr(error, "message", None)
    return str(given or "")


def _clip(interaction: Interaction) -> bool:
    return any(each.uri or each.data for each in output(interaction, "video"))


def _video_tokens(interaction: Interaction) -> int:
    by_modality = (interaction.usage and interaction.usage.output_tokens_by_modality) or ()
    return sum(each.tokens or 0 for each in by_modality if each.modality == "video")


def _is(*statuses: str) -> Callable[[Interaction], bool]:
    return lambda interaction: interaction.status in statuses


_is_completed = _is(_COMPLETED)


def _ended(interaction: Interaction) -> bool:
    return _ENDED.search(str(interaction.status)) is not None


def _ended_about_policy(interaction: Interaction) -> bool:
    return _ended(interaction) and is_about_policy(failure_words(interaction))


def _made_nothing(interaction: Interaction) -> bool:
    """An answer without a count proves nothing."""
    usage = interaction.usage
    return _is_completed(interaction) and usage is not None and usage.total_output_tokens == 0


INTERACTION_ANSWERS: Sequence[Rule[Interaction]] = (
    Rule("queued, in_progress", _is(*_RUNNING), Then.WAIT),
    Rule(
        "completed, with a clip, as URI or bytes",
        lambda interaction: _is_completed(interaction) and _clip(interaction),
        Then.STORE,
    ),
    Rule(
        "completed, with tokens of a video, but no clip",
        is_paid_without_clip,
        Then.FAIL_HELD,
        code="provider_error",
    ),
    Rule(
        "completed, with a text alone",
        lambda interaction: _is_completed(interaction) and bool(output_text(interaction)),
        Then.FAIL,
        code=FILTERED,
    ),
    Rule(
        "completed, with nothing, and no output tokens are counted",
        _made_nothing,
        Then.FAIL,
        code=FILTERED,
    ),
    Rule("completed, with nothing", _is_completed, Then.LOOK_FOR_CLIP),
    Rule("cancelled", _is(_CANCELLED), Then.FAIL_HELD, code=CANCELLED),
    Rule(
        "failed, about Google's policies",
        _ended_about_policy,
        Then.FAIL_HELD,
        code=FILTERED,
    ),
    Rule(
        "failed, incomplete, budget_exceeded, requires_action, or another end",
        _ended,
        Then.FAIL_HELD,
        code="provider_error",
    ),
    Rule("any other status", anything, Then.WAIT),
)
