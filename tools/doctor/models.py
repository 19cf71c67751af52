"""Which models Google offers: their descriptions are read, and nothing is submitted."""

from collections.abc import Iterator
from datetime import date

from shared.domain.model_registry import MODELS, Model
from tools.doctor.cloud import Cloud, NotCheckedError
from tools.doctor.findings import Finding, note, ok, problem, unknown


def model_findings(cloud: Cloud, today: date) -> Iterator[Finding]:
    """Yield one for each model that is not retired: Showreel refuses the retired ones."""
    for model in MODELS.values():
        if model.retired_on is None or model.retired_on > today:
            yield _finding(cloud, model, today)


def _finding(cloud: Cloud, model: Model, today: date) -> Finding:
    is_default = model.model_id == cloud.settings.default_model
    subject = f"model {model.model_id}{', the default' if is_default else ''}"
    location = cloud.settings.location_of(model.family)
    try:
        offered = cloud.read_model(model.model_id) is not None
    except NotCheckedError as error:
        return unknown(subject, str(error))
    if not offered:
        tell = problem if is_default else note
        return tell(
            subject,
            f"Google does not offer it in {location}.",
            _instead(model, is_default=is_default),
        )
    if model.guaranteed_until is not None and model.guaranteed_until < today:
        over = f"Google guaranteed it until {model.guaranteed_until}: it may stop answering."
        return note(
            subject,
            f"Google offers it in {location}. {over}",
            _instead(model, is_default=is_default),
        )
    return ok(subject, f"Google offers it in {location}.")


def _instead(model: Model, *, is_default: bool) -> str:
    if model.successor is None:
        return "Use another model: GET /v1/models lists them."
    setting = f", and set DEFAULT_MODEL={model.successor}" if is_default else ""
    return f"Use {model.successor}{setting}."
