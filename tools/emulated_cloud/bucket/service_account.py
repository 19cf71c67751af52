"""Service accounts for tests."""

from functools import cached_property

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


class ServiceAccount:
    """`key` is its RSA key; the bucket is to trust its public part."""

    def __init__(self, name: str) -> None:
        self.email = f"{name}@showreel-emulated.iam.gserviceaccount.com"
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @cached_property
    def key_file(self) -> dict[str, str]:
        """What the JSON file holds that GOOGLE_APPLICATION_CREDENTIALS names."""
        private_key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return {
            "type": "service_account",
            "project_id": "showreel-emulated",
            "private_key_id": "0",
            "private_key": private_key.decode(),
            "client_email": self.email,
            "client_id": "0",
            "token_uri": "http://127.0.0.1:9/token",
        }
