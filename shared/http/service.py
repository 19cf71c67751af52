"""What the service says of itself."""

from werkzeug.wrappers import Response

from shared.domain.models import MODELS
from shared.http.calls import Call, json_response, list_response
from shared.http.resources import model_resource


def index(call: Call) -> Response:
    return json_response(
        {
            "object": "service",
            "name": "showreel",
            "create": f"{call.base_url}v1/campaigns/{{campaign_id}}/videos",
            "videos": f"{call.base_url}v1/videos",
            "models": f"{call.base_url}v1/models",
            "health": f"{call.base_url}healthz",
        }
    )


def health(call: Call) -> Response:
    """Touch the store of records: a service that cannot read them is not well."""
    call.ports.campaigns.list_campaigns(after=None, limit=1)
    return json_response({"status": "ok"})


def models(call: Call) -> Response:
    default = call.ports.policy.default_model
    return list_response([model_resource(model, default=default) for model in MODELS.values()])
