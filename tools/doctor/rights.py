"""Rights: of these credentials, of the functions, and of Google's own service agents."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property

from tools.doctor.cloud import Cloud, Json
from tools.doctor.expected import ALL_FUNCTIONS, GRANTS, PERMISSIONS, PLAYS, RECORDS, VIDEOS
from tools.doctor.findings import Finding, ok, problem
from tools.doctor.resources import deploy

_EVERYTHING = ("roles/owner", "roles/editor")
# Roles that include another one.
_WIDER = {
    "datastore.user": ("datastore.owner",),
    "storage.objectUser": ("storage.objectAdmin", "storage.admin"),
    "pubsub.publisher": ("pubsub.editor", "pubsub.admin"),
    "pubsub.subscriber": ("pubsub.editor", "pubsub.admin"),
    "aiplatform.user": ("aiplatform.admin",),
    "showreelRecorder": ("datastore.user", "datastore.owner"),
    "showreelSigner": ("iam.serviceAccountTokenCreator",),
    "iam.serviceAccountOpenIdTokenCreator": ("iam.serviceAccountTokenCreator",),
}


def own_findings(cloud: Cloud) -> Iterator[Finding]:
    """Ask for the rights of the credentials themselves, with which `make run` and tools work."""
    subject = "rights of these credentials"
    missing = [*_missing_permissions(cloud)]
    if missing:
        who = cloud.account or "your account"
        yield problem(subject, f"Missing: {', '.join(missing)}.", f"Grant them to {who}.")
    else:
        yield ok(subject, cloud.account)


def _missing_permissions(cloud: Cloud) -> Iterator[str]:
    if not cloud.settings.simulated:
        asked = PERMISSIONS["aiplatform"]
        path = f"v1/projects/{cloud.project}:testIamPermissions"
        found = cloud.read("cloudresourcemanager", path, {"permissions": asked})
        yield from _not_granted(found, asked)
    if cloud.settings.bucket:
        asked = PERMISSIONS["storage"]
        query = "&".join(f"permissions={each}" for each in asked)
        path = f"storage/v1/b/{cloud.settings.bucket}/iam/testPermissions?{query}"
        yield from _not_granted(cloud.read("storage-iam", path), asked)
        yield from _missing_on_topics(cloud)


def _missing_on_topics(cloud: Cloud) -> Iterator[str]:
    asked = PERMISSIONS["pubsub"]
    settings = cloud.settings
    for topic in (settings.generate_topic, settings.request_topic, settings.delivery_topic):
        path = f"v1/projects/{cloud.project}/topics/{topic}:testIamPermissions"
        found = cloud.read("pubsub-iam", path, {"permissions": asked})
        yield from (f"{each} on {topic}" for each in _not_granted(found, asked))


def _not_granted(answer: Json | None, asked: Collection[str]) -> Iterator[str]:
    granted = (answer or {}).get("permissions", ())
    yield from (each for each in asked if each not in granted)


def grant_findings(cloud: Cloud) -> Iterator[Finding]:
    """Read the policies: no other account's rights can be asked for."""
    policies = Policies(cloud)
    missing: dict[str, list[str]] = defaultdict(list)
    for who, role, place in GRANTS:
        missing[who] += [] if policies.grant(who, role, place) else [f"{role} on {place}"]
    for who, roles in missing.items():
        subject = f"rights of {who}"
        if roles:
            yield problem(subject, f"Missing: {'; '.join(roles)}.", deploy(cloud))
        else:
            yield ok(subject, policies.members[who])


class Policies:
    """The policies of a project and of its resources, each read once."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._read: dict[tuple[str, str], Mapping[str, set[str]] | None] = {}

    def grant(self, who: str, role: str, place: str) -> bool:
        """Whether the resource or its project grants the role, or one that includes it.

        What does not exist grants everything: that it is missing is said once, elsewhere.
        """
        roles = {self.role(each) for each in (role, *_WIDER.get(role, ()))} | {*_EVERYTHING}
        policies = {self.place(place), self.place("project")}
        granted = [self._roles(each, self.members[who]) for each in policies]
        return any(each is None or roles & each for each in granted)

    @cached_property
    def members(self) -> Mapping[str, str]:
        """The account of each that is granted something."""
        agent = f"service-{self._cloud.number}@gcp-sa"
        storage = self._cloud.read(
            "storage-iam", f"storage/v1/projects/{self._cloud.project}/serviceAccount"
        )
        accounts = {
            **{name: self._account(name) for name in ALL_FUNCTIONS},
            "push": self._conventional("push"),
            "Pub/Sub": f"{agent}-pubsub.iam.gserviceaccount.com",
            "Vertex AI": f"{agent}-aiplatform.iam.gserviceaccount.com",
            "Cloud Storage": str((storage or {}).get("email_address", "")),
        }
        return {name: f"serviceAccount:{email}" for name, email in accounts.items()}

    def _account(self, function: str) -> str:
        service = (self._cloud.functions[function] or {}).get("serviceConfig", {})
        return str(service.get("serviceAccountEmail") or self._conventional(function))

    def _conventional(self, name: str) -> str:
        account = f"showreel-{name.replace('_', '-')}"
        return f"{account}@{self._cloud.project}.iam.gserviceaccount.com"

    def role(self, role: str) -> str:
        return (
            f"projects/{self._cloud.project}/roles/{role}" if "." not in role else f"roles/{role}"
        )

    def place(self, place: str) -> tuple[str, str]:
        """Return the service and the path of a policy."""
        project = f"projects/{self._cloud.project}"
        kind, _, name = place.partition(" ")
        if place in (PLAYS, RECORDS, "project"):
            return "cloudresourcemanager", f"v1/{project}:getIamPolicy"
        if place == VIDEOS:
            return "storage-iam", f"storage/v1/b/{self._cloud.settings.bucket}/iam"
        if kind == "account":
            email = self.members[name].removeprefix("serviceAccount:")
            return "iam", f"v1/{project}/serviceAccounts/{email}:getIamPolicy"
        if kind == "service":
            place = f"{project}/locations/{self._cloud.region}"
            return "run", f"v2/{place}/services/{name}:getIamPolicy"
        return "pubsub-iam", f"v1/{project}/{kind}s/{name}:getIamPolicy"

    def _roles(self, place: tuple[str, str], member: str) -> set[str] | None:
        """Return what a policy grants to a member; None if its resource does not exist."""
        if place not in self._read:
            self._read[place] = self._fetched(place)
        found = self._read[place]
        return None if found is None else found.get(member, set())

    def _fetched(self, place: tuple[str, str]) -> Mapping[str, set[str]] | None:
        service, path = place
        # Policies of version 3 have conditions.
        version = {"options": {"requestedPolicyVersion": 3}}
        body = {"cloudresourcemanager": version, "iam": {}}.get(service)
        roles: dict[str, set[str]] = defaultdict(set)
        policy = self._cloud.read(service, path, body)
        if policy is None:
            return None
        for binding in policy.get("bindings", ()):
            for member in binding.get("members", ()):
                roles[member].add(binding["role"])
        return roles
