"""A project that infra/ has set up: what no emulator has of it, as far as it can be asked for."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from tools.doctor.cloud import Cloud
from tools.doctor.expected import (
    ALL_FUNCTIONS,
    GRANTS,
    INDEXES,
    PERMISSIONS,
    PLAY_INDEXES,
    TICK,
)
from tools.doctor.rights import Policies
from tools.emulated_cloud.http_front import Answer, HTTPFront, Request, answer_json
from tools.emulated_cloud.vertex.answers import error

REGION = "us-central1"
NUMBER = "123456789012"
AGENTS = {
    "Pub/Sub": f"service-{NUMBER}@gcp-sa-pubsub.iam.gserviceaccount.com",
    "Vertex AI": f"service-{NUMBER}@gcp-sa-aiplatform.iam.gserviceaccount.com",
    "Cloud Storage": f"service-{NUMBER}@gs-project-accounts.iam.gserviceaccount.com",
}
SERVICES = (
    *("cloudfunctions", "cloudresourcemanager", "cloudscheduler", "iam", "run", "secretmanager"),
    *("firestore-admin", "pubsub-iam", "storage-iam"),
)

Json = dict[str, Any]


class GoogleProject:
    """Serves at `url` inside a `with` block; a test takes away what it wants to be missing.

    `resources` are the answers by path, `permissions` those that the caller has.
    """

    def __init__(self, project: str, environment: Mapping[str, str]) -> None:
        self.project = project
        self.permissions = {each for some in PERMISSIONS.values() for each in some}
        self.resources: dict[str, Any] = {
            f"/v1/projects/{project}": {"projectNumber": NUMBER},
            f"/storage/v1/projects/{project}/serviceAccount": {
                "email_address": AGENTS["Cloud Storage"]
            },
            self.job: {"state": "ENABLED"},
            **{self.function(name): _function(environment) for name in ALL_FUNCTIONS},
            **_indexes(f"/v1/projects/{project}/databases/(default)", INDEXES),
            **_indexes(f"/v1/projects/{project}/databases/showreel-plays", PLAY_INDEXES),
        }
        self._http = HTTPFront(self._answer)
        self.url = self._http.url

    def __enter__(self) -> Self:
        self._http.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.stop()

    @property
    def hosts(self) -> dict[str, str]:
        return dict.fromkeys(SERVICES, self.url)

    @property
    def groups(self) -> str:
        """All collections of the records."""
        return f"/v1/projects/{self.project}/databases/(default)/collectionGroups/-"

    @property
    def job(self) -> str:
        return f"/v1/projects/{self.project}/locations/{REGION}/jobs/{TICK}"

    def function(self, name: str) -> str:
        service = name.replace("_", "-")
        return f"/v2/projects/{self.project}/locations/{REGION}/functions/{service}"

    def grant_all(self, cloud: Cloud) -> None:
        policies = Policies(cloud)
        policies.members = {who: self._member(who) for who, _, _ in GRANTS}
        for who, role, place in GRANTS:
            _, path = policies.place(place)
            policy = self.resources.setdefault(f"/{path}", {"bindings": []})
            members = [policies.members[who]]
            policy["bindings"].append({"role": policies.role(role), "members": members})

    def _member(self, who: str) -> str:
        account = f"showreel-{who.replace('_', '-')}@{self.project}.iam.gserviceaccount.com"
        return f"serviceAccount:{AGENTS.get(who, account)}"

    def _answer(self, request: Request) -> Answer:
        path = request.path
        if "estPermissions" in path or "estIamPermissions" in path:
            asked = json.loads(request.body or b"{}").get("permissions") or [
                each.partition("=")[2] for each in request.query.split("&")
            ]
            granted = [each for each in asked if each in self.permissions]
            return answer_json({"permissions": granted})
        found = self.resources.get(path)
        if found is None:
            return error(404, "NOT_FOUND", f"{path} was not found.")
        return found if isinstance(found, Answer) else answer_json(found)


def _function(environment: Mapping[str, str]) -> Json:
    return {"state": "ACTIVE", "serviceConfig": {"environmentVariables": dict(environment)}}


def _indexes(database: str, stated: Path) -> dict[str, Json]:
    """Return the indexes as Firestore lists them."""
    file = json.loads(stated.read_bytes())
    place = f"{database}/collectionGroups/"
    groups = f"{place}-"
    name = {"fieldPath": "__name__", "order": "ASCENDING"}
    indexes = [
        {
            "name": f"{place}{each['collectionGroup']}/indexes/{number}",
            "queryScope": each["queryScope"],
            "fields": [*each["fields"], name],
            "state": "READY",
        }
        for number, each in enumerate(file["indexes"])
    ]
    fields = [
        {
            "name": f"{place}{each['collectionGroup']}/fields/{each['fieldPath']}",
            "indexConfig": {
                "indexes": [_single(each["fieldPath"], one) for one in each["indexes"]]
            },
            **({"ttlConfig": {"state": "ACTIVE"}} if each.get("ttl") else {}),
        }
        for each in file["fieldOverrides"]
    ]
    return {f"{groups}/indexes": {"indexes": indexes}, f"{groups}/fields": {"fields": fields}}


def _single(path: str, index: Json) -> Json:
    fields = [{"fieldPath": path, "order": index["order"]}]
    return {"queryScope": index["queryScope"], "fields": fields, "state": "READY"}
