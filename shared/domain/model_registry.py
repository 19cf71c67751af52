"""The model registry: what each model can do, its price per second, and when it is retired.

Capabilities and dates: Google's model pages on Vertex AI; prices of Veo with audio: Google's price
list, silent prices: third-party registries. Gemini Omni is billed by tokens; its prices a second
are LiteLLM's, and agree with Google's token rates. All as read on `PRICED_ON`.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from msgspec import Struct, field

from shared.domain.tasks import ClipLimits, Task

PRICED_ON = date(2026, 11, 7)


_OF_VEO = (Task.TEXT, Task.IMAGE, Task.FRAMES, Task.REFERENCES, Task.EXTENSION)
_VEO_CLIPS = {Task.EXTENSION: ClipLimits(shortest=1, longest=30, adds=(7,))}

# The models of a family are called in the same way, where Google serves them.
Family = Literal["veo", "omni"]
LOCATIONS: Mapping[Family, str] = {"veo": "us-central1", "omni": "global"}


class TokenPrices(Struct, frozen=True):
    """In USD for a million tokens. `text` is also the price of thoughts."""

    inputs: Decimal
    text: Decimal
    video: Decimal

    def cost(self, *, inputs: int, text: int, video: int) -> Decimal:
        """Return whole millionths of a dollar, in which databases store a cost."""
        used = inputs * self.inputs + text * self.text + video * self.video
        return used.quantize(Decimal(1)) / 1_000_000


class Model(Struct, frozen=True, kw_only=True):
    """`prices` maps a resolution to USD per second: with audio, and silent where it can be.

    `durations` are whole seconds; resolutions in `longest_only` are made only in the longest.
    `task_seconds` has the tasks for which only some of the durations are allowed.
    `most_references` limits the reference images of one video. `clip_limits` has the limits of the
    tasks that take a clip.
    A model with `token_prices` is billed by tokens, and its price a second is what a clip takes.
    `options` are the optional parameters that the model takes. `can_cancel` says whether Google
    stops an accepted submission.
    `guaranteed_until` is the day up to which Google promises the model; it may answer for longer.
    `retired_on` is the day since when it does not. `successor` is the model to use after either
    day: Google's or, where Google names none, one without a known end.
    `rate_per_minute` is how many submissions a minute Google gives a project by default.
    """

    model_id: str
    family: Family = "veo"
    stage: str = "ga"
    tasks: tuple[Task, ...] = _OF_VEO
    clip_limits: Mapping[Task, ClipLimits] = field(default_factory=lambda: _VEO_CLIPS)
    durations: Sequence[int] = (4, 6, 8)
    task_seconds: Mapping[Task, Sequence[int]] = field(
        default_factory=lambda: {Task.REFERENCES: (8,)}
    )
    most_references: int = 3
    prices: Mapping[str, tuple[Decimal, Decimal | None]]
    token_prices: TokenPrices | None = None
    longest_only: tuple[str, ...] = ("1080p", "4k")
    audio: bool = True
    options: tuple[str, ...] = ("generate_audio", "negative_prompt", "person_generation", "seed")
    can_cancel: bool = False
    guaranteed_until: date | None = None
    retired_on: date | None = None
    successor: str | None = None
    rate_per_minute: int = 50

    @property
    def resolutions(self) -> tuple[str, ...]:
        return tuple(self.prices)

    def seconds_of(self, task: Task) -> Sequence[int]:
        """Return the allowed seconds; of an extension the added ones, of an edit none."""
        if task in self.clip_limits:
            return self.clip_limits[task].adds
        return self.task_seconds.get(task, self.durations)


def seconds_in_words(seconds: Sequence[int]) -> str:
    """Return `4, 6, 8`, or `3 to 15` for a range."""
    if isinstance(seconds, range):
        return f"{min(seconds)} to {max(seconds)}"
    return ", ".join(map(str, seconds))


def _usd(with_audio: str, silent: str | None = None) -> tuple[Decimal, Decimal | None]:
    return Decimal(with_audio), None if silent is None else Decimal(silent)


def _omni(
    model_id: str,
    *,
    longest: int,
    usd: Mapping[str, str],
    usd_of_video: str,
    extends_not_in: tuple[str, ...] = (),
    **more: Any,  # noqa: ANN401  # Fields of Model.
) -> Model:
    """Return a row of Gemini Omni, whose models differ in little.

    An extension of theirs makes the extended clip again, too. A longer one would lose its start.
    """
    return Model(
        model_id=model_id,
        family="omni",
        tasks=tuple(Task),
        clip_limits={
            Task.EXTENSION: ClipLimits(
                shortest=1, longest=30, adds=range(3, 11), is_remade=True, not_in=extends_not_in
            ),
            Task.EDIT: ClipLimits(shortest=3, longest=longest),
        },
        durations=range(3, longest + 1),
        task_seconds={Task.FRAMES: range(3, 11)},
        most_references=10,
        prices={resolution: _usd(price) for resolution, price in usd.items()},
        token_prices=TokenPrices(Decimal("1.50"), Decimal("9.00"), Decimal(usd_of_video)),
        longest_only=(),
        options=("seed",),
        can_cancel=True,
        rate_per_minute=10,
        **more,
    )


_RETIRED = date(2026, 6, 30)
_STANDARD = {"720p": _usd("0.40", "0.20"), "1080p": _usd("0.40", "0.20")}
_FAST = {"720p": _usd("0.10", "0.08"), "1080p": _usd("0.12", "0.10")}

MODELS: Mapping[str, Model] = {
    model.model_id: model
    for model in (
        Model(
            model_id="veo-3.1-generate-001",
            prices={**_STANDARD, "4k": _usd("0.60", "0.40")},
            guaranteed_until=date(2026, 11, 17),
            successor="gemini-omni-1.2-flash",
        ),
        Model(
            model_id="veo-3.1-fast-generate-001",
            prices=_FAST,
            guaranteed_until=date(2026, 11, 17),
            successor="gemini-omni-1.2-flash",
        ),
        Model(
            model_id="veo-3.1-lite-generate-001",
            stage="preview",
            prices={"720p": _usd("0.05", "0.03"), "1080p": _usd("0.08", "0.05")},
            tasks=(Task.TEXT, Task.IMAGE, Task.FRAMES, Task.EXTENSION),
        ),
        _omni(
            "gemini-omni-1.2-flash",
            longest=15,
            usd={"720p": "0.070", "360p": "0.023", "1080p": "0.104", "4k": "0.209"},
            usd_of_video="12.00",
        ),
        # The end is that of the model's name on the Gemini API; Vertex AI has published none.
        _omni(
            "gemini-omni-1.1-flash-preview",
            longest=10,
            usd={"720p": "0.101", "360p": "0.034", "1080p": "0.152", "4k": "0.304"},
            usd_of_video="17.50",
            # In 4k, its extensions run for minutes and end with an internal error.
            extends_not_in=("4k",),
            stage="preview",
            guaranteed_until=date(2026, 12, 3),
            successor="gemini-omni-1.2-flash",
        ),
        Model(
            model_id="veo-3.0-generate-001",
            stage="retired",
            prices=_STANDARD,
            retired_on=_RETIRED,
            successor="veo-3.1-generate-001",
        ),
        Model(
            model_id="veo-3.0-fast-generate-001",
            stage="retired",
            prices=_FAST,
            retired_on=_RETIRED,
            successor="veo-3.1-fast-generate-001",
        ),
        Model(
            model_id="veo-2.0-generate-001",
            stage="retired",
            durations=(5, 6, 7, 8),
            prices={"720p": _usd("0.50", "0.50")},
            audio=False,
            retired_on=_RETIRED,
            successor="veo-3.1-generate-001",
        ),
    )
}
