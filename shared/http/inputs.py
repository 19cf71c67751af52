"""Handlers of inputs: the pictures that videos start from."""

from http import HTTPStatus

from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.wrappers import Response

from shared.domain.errors import InvalidRequestError
from shared.domain.identity import require_campaign_id
from shared.domain.inputs import MAX_INPUT_BYTES, StoredInput, input_id
from shared.http.calls import Call, json_response, list_response
from shared.http.content import is_served_by_bucket, redirect, serve
from shared.http.large_bodies import room_to_fetch
from shared.http.queries import PageQuery, read_query
from shared.http.request_bodies import FORM_BYTES, InputBody, read_body, read_file
from shared.http.resource_types import DeletedInput, InputResource
from shared.http.resources import epoch
from shared.use_cases import keep_inputs
from shared.use_cases.inputs import fetch


def add(call: Call, campaign_id: str) -> Response:
    """Answer 201 with a Location for a new input, 200 for one that the campaign has."""
    require_campaign_id(campaign_id)
    with room_to_fetch(0 if _is_form(call) else 1):
        stored, is_new = keep_inputs.add_input(call.ports, campaign_id, _content(call))
    resource = _resource(call, campaign_id, stored)
    location = {"Location": f"{call.base_url}v1/inputs/{resource['id']}"}
    status = HTTPStatus.CREATED if is_new else HTTPStatus.OK
    return json_response(resource, status=status, headers=location)


def list_all(call: Call, campaign_id: str) -> Response:
    query = read_query(call.request, PageQuery)
    inputs, has_more = keep_inputs.list_inputs(
        call.ports, require_campaign_id(campaign_id), after=query.after, limit=query.limit
    )
    resources = [_resource(call, campaign_id, each) for each in inputs]
    return list_response(resources, ids=[each["id"] for each in resources], has_more=has_more)


def read(call: Call, input_id: str) -> Response:
    return json_response(_resource(call, *keep_inputs.read_input(call.ports, input_id)))


def delete(call: Call, input_id: str) -> Response:
    keep_inputs.delete_input(call.ports, input_id)
    return json_response(DeletedInput(id=input_id, object="input.deleted", deleted=True))


def content(call: Call, input_id: str) -> Response:
    if is_served_by_bucket(call):
        return redirect(call, keep_inputs.locate_input(call.ports, input_id))
    return serve(call, lambda: keep_inputs.content_of_input(call.ports, input_id))


def _is_form(call: Call) -> bool:
    return call.request.mimetype == "multipart/form-data"


def _content(call: Call) -> bytes:
    """Return the bytes of the form's file, or those at the URL of a JSON body."""
    if _is_form(call):
        return read_file(call.request, "file", most_bytes=MAX_INPUT_BYTES + FORM_BYTES)
    if call.request.mimetype not in ("", "application/json"):
        raise UnsupportedMediaType("Send multipart/form-data with a file, or JSON with a url.")
    body = read_body(call.request, InputBody)
    if body.url is None:
        raise InvalidRequestError("Send a file, or the url of one.", param="url")
    try:
        return fetch(call.ports, body.url)
    except InvalidRequestError as error:
        error.param = "url"
        raise


def _resource(call: Call, campaign_id: str, stored: StoredInput) -> InputResource:
    picture = stored.picture
    name = input_id(campaign_id, picture)
    return {
        "id": name,
        "object": "input",
        "campaign_id": campaign_id,
        "created_at": epoch(stored.created_at),
        "media_type": picture.media_type,
        "size_bytes": picture.size_bytes,
        "width": picture.width,
        "height": picture.height,
        "duration_seconds": picture.duration_seconds,
        "sha256": picture.sha256,
        "content_url": f"{call.base_url}v1/inputs/{name}/content",
    }
