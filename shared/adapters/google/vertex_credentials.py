"""Who pays for Veo."""

import google.auth
from google.auth.credentials import Credentials

from shared.adapters.google.credential_errors import credential_errors

_SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)


def vertex_credentials() -> Credentials:
    """Return what the environment gives: a key file, a person's login, the function's account."""
    with credential_errors("Vertex AI", permission="aiplatform.endpoints.predict"):
        credentials, _ = google.auth.default(scopes=_SCOPES)
    return credentials
