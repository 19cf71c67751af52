"""The API key of a request: sent as a bearer token, or kept by a browser for the studio."""

from shared.domain.api_keys import api_keys, session_of
from shared.domain.errors import InvalidApiKeyError
from shared.http.calls import Call

SESSION_COOKIE = "showreel_session"


def holder_of_key(call: Call) -> str:
    """Return the name of the key that the request carries. Raise InvalidApiKeyError."""
    keys = api_keys(call.ports.policy.api_keys)
    scheme, _, key = call.request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and (holder := keys.holder_of(key.strip())):
        return holder
    session = call.request.cookies.get(SESSION_COOKIE)
    if session and (holder := keys.holder_of_session(session)):
        return holder
    raise InvalidApiKeyError(
        "This service needs an API key. Send one of its keys as Authorization: Bearer …."
    )


def session_for(call: Call, key: str) -> str:
    """Return what a browser may keep instead of the key. Raise InvalidApiKeyError."""
    if api_keys(call.ports.policy.api_keys).holder_of(key) is None:
        raise InvalidApiKeyError("This is not an API key of this service.")
    return session_of(key)
