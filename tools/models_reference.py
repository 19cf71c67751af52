"""Write the table of docs/models.md, which shows the model registry."""

import re
from collections.abc import Iterator
from pathlib import Path

from shared.domain.model_registry import LOCATIONS, MODELS, Model, seconds_in_words
from shared.domain.tasks import Task

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "models.md"
_TABLE = re.compile(r"(?<=<!-- models -->\n).*(?=<!-- /models -->)", re.DOTALL)
_COLUMNS = ("model", "location", "tasks", "seconds", "USD a second, silent", "cancels", "until")


def main() -> None:
    DOCUMENT.write_text(with_table(DOCUMENT.read_text()))


def with_table(document: str) -> str:
    """Return the document with the registry between its two marks."""
    table = "".join(f"| {' | '.join(cells)} |\n" for cells in _rows())
    return _TABLE.sub(lambda _: table, document)


def _rows() -> Iterator[tuple[str, ...]]:
    yield _COLUMNS
    yield ("---",) * len(_COLUMNS)
    for model in MODELS.values():
        yield (
            f"`{model.model_id}`",
            LOCATIONS[model.family],
            ", ".join(_task(model, task) for task in model.tasks),
            seconds_in_words(model.durations),
            "; ".join(_price(model, resolution) for resolution in model.resolutions),
            "yes" if model.can_cancel else "no",
            _until(model),
        )


def _task(model: Model, task: Task) -> str:
    if task in model.clip_limits:
        clips = model.clip_limits[task]
        adds = f", adds {seconds_in_words(clips.adds)} s" if clips.adds else ""
        return f"{task} (of {clips.shortest} to {clips.longest} s{adds})"
    limits = []
    if task is Task.REFERENCES:
        limits.append(f"1 to {model.most_references} pictures")
    if model.seconds_of(task) != model.durations:
        limits.append(f"{seconds_in_words(model.seconds_of(task))} s only")
    return f"{task} ({', '.join(limits)})" if limits else task


def _price(model: Model, resolution: str) -> str:
    with_audio, silent = model.prices[resolution]
    longest = f" ({max(model.durations)} s only)" if resolution in model.longest_only else ""
    return f"{resolution}: {with_audio}{f', {silent}' if silent else ''}{longest}"


def _until(model: Model) -> str:
    successor = f"; then `{model.successor}`" if model.successor else ""
    if model.retired_on:
        return f"retired on {model.retired_on}{successor}"
    if model.guaranteed_until:
        return f"guaranteed to {model.guaranteed_until}{successor}"
    return ""


if __name__ == "__main__":
    main()
