"""What the service says of itself."""

from werkzeug.wrappers import Response

from shared.domain.errors import UnavailableError
from shared.domain.models import MODELS, Model
from shared.http.calls import Call, json_response, list_response
from shared.http.resource_types import HealthResource, ModelResource


def health(call: Call) -> Response:
    """Touch the store of records: a service that cannot read them is not well.

    Nor is one in which videos wait because their clips could not be kept.
    """
    call.ports.campaigns.list_campaigns(after=None, limit=1)
    if trouble := call.ports.place.trouble:
        raise UnavailableError(trouble)
    return json_response(HealthResource(status="ok"))


def models(call: Call) -> Response:
    default = call.ports.policy.default_model
    return list_response(
        [_model_resource(model, default=default) for model in MODELS.values()], ids=list(MODELS)
    )


def description(call: Call) -> Response:
    # Nobody pays for it but who asks for it.
    from shared.http.openapi import describe

    return json_response(
        describe(base_url=call.base_url, needs_key=bool(call.ports.policy.api_keys))
    )


def _model_resource(model: Model, *, default: str) -> ModelResource:
    return {
        "id": model.model_id,
        "object": "model",
        "owned_by": "google",
        "stage": model.stage,
        "default": model.model_id == default,
        "seconds": model.durations,
        "resolutions": model.resolutions,
        "audio": model.audio,
        "usd_per_second": {
            resolution: {"with_audio": with_audio, "silent": silent}
            for resolution, (with_audio, silent) in model.prices.items()
        },
        "guaranteed_until": model.guaranteed_until,
        "retired_on": model.retired_on,
        "successor": model.successor,
    }
