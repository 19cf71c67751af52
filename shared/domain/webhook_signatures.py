"""The secrets of webhooks, and the signatures of Standard Webhooks 1.0."""

import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime

_PREFIX = "whsec_"


def secret_of(key: bytes, webhook_id: str, generation: int) -> str:
    """Return a webhook's secret, which is derived from the installation's key and never stored.

    A new generation is a new secret. The label keeps the secret apart from other uses of the key.
    """
    derived = _digest(key, f"webhook secret\n{webhook_id}\n{generation}".encode())
    return _PREFIX + b64encode(derived).decode()


def signed_headers(
    event_id: str, body: bytes, secrets: Sequence[str], *, at: datetime
) -> Mapping[str, str]:
    """Return the headers with which a receiver that has any of the secrets verifies the body."""
    timestamp = str(int(at.timestamp()))
    content = f"{event_id}.{timestamp}.".encode() + body
    keys = (b64decode(secret.removeprefix(_PREFIX)) for secret in secrets)
    return {
        "webhook-id": event_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(
            f"v1,{b64encode(_digest(k, content)).decode()}" for k in keys
        ),
    }


def _digest(key: bytes, content: bytes) -> bytes:
    return hmac.new(key, content, hashlib.sha256).digest()
