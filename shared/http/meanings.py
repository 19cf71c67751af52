"""What each error means to a client: its status, OpenAI's type, and whether to retry."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus

from msgspec import Struct

from shared.domain import errors


class Meaning(Struct, frozen=True, kw_only=True):
    """How an error is answered. `retry_after_seconds` is set where a retry may succeed."""

    status: HTTPStatus
    error_type: str
    retry_after_seconds: int | None = None


_INVALID = "invalid_request_error"

_MEANINGS: dict[type[errors.ShowreelError], Meaning] = {
    errors.UnsupportedParameterError: Meaning(
        status=HTTPStatus.UNPROCESSABLE_ENTITY, error_type=_INVALID
    ),
    errors.ModelNotFoundError: Meaning(status=HTTPStatus.NOT_FOUND, error_type=_INVALID),
    errors.ModelRetiredError: Meaning(status=HTTPStatus.NOT_FOUND, error_type=_INVALID),
    errors.IdempotencyKeyReusedError: Meaning(
        status=HTTPStatus.UNPROCESSABLE_ENTITY, error_type=_INVALID
    ),
    errors.InvalidRequestError: Meaning(status=HTTPStatus.BAD_REQUEST, error_type=_INVALID),
    errors.NotFoundError: Meaning(status=HTTPStatus.NOT_FOUND, error_type="not_found_error"),
    # Not 409: OpenAI's clients retry 409.
    errors.LimitError: Meaning(status=HTTPStatus.UNPROCESSABLE_ENTITY, error_type=_INVALID),
    errors.SlotBusyError: Meaning(
        status=HTTPStatus.CONFLICT, error_type="conflict_error", retry_after_seconds=5
    ),
    errors.RejectedError: Meaning(status=HTTPStatus.CONFLICT, error_type="conflict_error"),
    errors.HostNotAllowedError: Meaning(status=HTTPStatus.MISDIRECTED_REQUEST, error_type=_INVALID),
    errors.CrossSiteRequestError: Meaning(
        status=HTTPStatus.FORBIDDEN, error_type="permission_error"
    ),
    # As OpenAI does.
    errors.InvalidApiKeyError: Meaning(status=HTTPStatus.UNAUTHORIZED, error_type=_INVALID),
    errors.InvalidSignatureError: Meaning(
        status=HTTPStatus.FORBIDDEN, error_type="permission_error"
    ),
    errors.ConflictError: Meaning(
        status=HTTPStatus.SERVICE_UNAVAILABLE, error_type="server_error", retry_after_seconds=1
    ),
    errors.UnavailableError: Meaning(
        status=HTTPStatus.SERVICE_UNAVAILABLE, error_type="server_error", retry_after_seconds=5
    ),
    errors.StorageFullError: Meaning(
        status=HTTPStatus.SERVICE_UNAVAILABLE, error_type="server_error", retry_after_seconds=60
    ),
    errors.StorageError: Meaning(
        status=HTTPStatus.INTERNAL_SERVER_ERROR, error_type="server_error"
    ),
}
HTTP_CODES = {
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE: "range_not_satisfiable",
}
INTERNAL = Meaning(status=HTTPStatus.INTERNAL_SERVER_ERROR, error_type="server_error")

OWN_CODES = {
    **{
        code: Meaning(status=status, error_type="invalid_request_error")
        for status, code in HTTP_CODES.items()
    },
    "internal": INTERNAL,
}
"""The problems that do not come from an error of `shared.domain.errors`, by their codes."""


def meaning_of(kind: type[errors.ShowreelError]) -> Meaning:
    """Return the meaning of an error class: its own, or that of its nearest listed base."""
    for base in kind.__mro__:
        if base in _MEANINGS:
            return _MEANINGS[base]
    return INTERNAL


def meanings_of_codes() -> Mapping[str, Meaning]:
    """Return the meaning of each code: where subclasses share one, that of their base."""
    found = dict(OWN_CODES)
    for kind in _kinds(errors.ShowreelError):
        found.setdefault(kind.code, meaning_of(kind))
    return found


def _kinds(base: type[errors.ShowreelError]) -> Iterator[type[errors.ShowreelError]]:
    yield base
    for kind in base.__subclasses__():
        yield from _kinds(kind)
