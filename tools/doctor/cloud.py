"""Reads from a project of Google Cloud: no request of it changes, makes or costs anything."""

import json
import re
from collections.abc import Mapping
from functools import cached_property
from http import HTTPStatus
from typing import Any

from shared.domain.model_registry import MODELS, Family
from shared.settings import Settings
from tools.doctor.expected import ALL_FUNCTIONS

Json = Mapping[str, Any]

_REGION = re.compile(r"[a-z]+-[a-z]+[1-9][0-9]?")
_LONGEST_QUOTE = 300


class NotCheckedError(Exception):
    """Says why Google did not answer the question."""


class NotEmulatedError(Exception):
    """The emulated cloud has no such service."""


class Cloud:
    """`hosts` are the URLs of services that are not Google's own.

    An emulator has a part of its service: IAM and the indexes are `storage-iam`, `pubsub-iam` and
    `firestore-admin`.
    """

    def __init__(self, chosen: Settings, hosts: Mapping[str, str], *, region: str = "") -> None:
        self.settings = chosen
        self.project = chosen.google_cloud_project
        self._hosts = hosts
        self._region = region

    def read(self, service: str, path: str, body: Json | None = None) -> Json | None:
        """Return the answer, or None if there is no such thing. `body` is that of a question.

        Raise NotCheckedError or NotEmulatedError.
        """
        return self._ask(f"{self._host(service)}/{path}", body)

    def read_model(self, model_id: str) -> Json | None:
        """Return Google's description of a model; None for one that it does not offer."""
        family = MODELS[model_id].family
        return self._ask(f"{self._vertex(family)}/v1/publishers/google/models/{model_id}", None)

    @cached_property
    def account(self) -> str:
        """The e-mail address of the service account, if these are credentials of one."""
        return str(getattr(self._found, "service_account_email", ""))

    @cached_property
    def bucket(self) -> Json | None:
        return self.read("storage", f"storage/v1/b/{self.settings.bucket}")

    @cached_property
    def region(self) -> str:
        """The region of the functions: infra/ puts them where the bucket is."""
        if self._region:
            return self._region
        location = str((self.bucket or {}).get("location", "")).lower()
        return location if _REGION.fullmatch(location) else "us-central1"

    @cached_property
    def number(self) -> str:
        found = self.read("cloudresourcemanager", f"v1/projects/{self.project}")
        return str((found or {}).get("projectNumber", ""))

    @cached_property
    def functions(self) -> Mapping[str, Json | None]:
        place = f"v2/projects/{self.project}/locations/{self.region}/functions"
        return {
            name: self.read("cloudfunctions", f"{place}/{name.replace('_', '-')}")
            for name in ALL_FUNCTIONS
        }

    def renew_token(self) -> None:
        """Raise UnavailableError if the credentials are missing or refused."""
        from shared.adapters.google.credential_errors import credential_errors

        with credential_errors("Google Cloud", permission="iam.serviceAccounts.getAccessToken"):
            self._credentials.refresh(self._transport)

    @cached_property
    def _found(self) -> Any:  # noqa: ANN401  # google-auth has no types.
        from shared.adapters.google.credentials import found_credentials

        return found_credentials("Google Cloud", permission="")

    @cached_property
    def _credentials(self) -> Any:  # noqa: ANN401  # google-auth has no types.
        from shared.adapters.google.credentials import TimelyCredentials

        return TimelyCredentials(self._found)

    @cached_property
    def _transport(self) -> Any:  # noqa: ANN401  # google-auth has no types.
        from google.auth.transport.requests import Request

        return Request()

    def _ask(self, url: str, body: Json | None) -> Json | None:
        from google.auth.exceptions import GoogleAuthError

        from shared.adapters.google.credentials import TimelyRequest

        method, data = ("GET", None) if body is None else ("POST", json.dumps(body).encode())
        headers = {"Content-Type": "application/json"}
        try:
            self._credentials.before_request(self._transport, method, url, headers)
            answer = TimelyRequest(self._transport)(url, method, data, headers)
            content = json.loads(answer.data or b"{}")
        except (GoogleAuthError, ValueError) as error:
            raise NotCheckedError(f"Google did not answer ({type(error).__name__}).") from None
        if answer.status == HTTPStatus.NOT_FOUND:
            return None
        if answer.status != HTTPStatus.OK:
            raise NotCheckedError(_refusal(answer.status, content))
        found: Json = content
        return found

    def _host(self, service: str) -> str:
        if service in self._hosts:
            return self._hosts[service]
        if self.settings.storage_emulator_host:
            raise NotEmulatedError
        return f"https://{service.partition('-')[0]}.googleapis.com"

    def _vertex(self, family: Family) -> str:
        if self.settings.veo_base_url:
            return self.settings.veo_base_url
        if self.settings.storage_emulator_host:
            raise NotEmulatedError
        from shared.adapters.google.vertex_calls import vertex_url

        return vertex_url(self.settings.location_of(family))


def hosts_of(chosen: Settings, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the URLs of the emulators that Google's own clients would use."""
    given = {
        "storage": chosen.storage_emulator_host.rstrip("/"),
        "pubsub": environment.get("PUBSUB_EMULATOR_HOST", ""),
        "firestore": environment.get("FIRESTORE_EMULATOR_HOST", ""),
    }
    return {
        service: host if "://" in host else f"http://{host}"
        for service, host in given.items()
        if host
    }


def _refusal(status: int, content: Any) -> str:  # noqa: ANN401  # It is JSON.
    error = content.get("error", {}) if isinstance(content, dict) else {}
    words = str(error.get("message", "") if isinstance(error, dict) else error)[:_LONGEST_QUOTE]
    advice = (
        " Grant roles/viewer and roles/iam.securityReviewer."
        if status == HTTPStatus.FORBIDDEN
        else ""
    )
    return f"Google answers {status}: {words}{advice}"
