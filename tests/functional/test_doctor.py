"""`make doctor` names each thing that is missing, and nothing that is not."""

import json
import re
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from shared.adapters import google as adapters
from shared.settings import DEFAULT_MODEL, read_settings
from tests.cloud.discovery import DescribedVertex, unknown_in_question
from tests.cloud.loopback import only_loopback
from tests.configured import configured, run_tool
from tests.functional.cloud_place import CloudPlace
from tests.functional.google_project import REGION, GoogleProject
from tests.functional.showreel import serving
from tools.doctor.__main__ import cloud_findings
from tools.doctor.cloud import Cloud, Json, hosts_of
from tools.doctor.expected import FUNCTIONS, PERMISSIONS
from tools.doctor.findings import Finding, Level, is_well
from tools.doctor.functions import key_findings
from tools.emulated_cloud.bucket.signatures import ServiceAccount
from tools.emulated_cloud.processes import free_port
from tools.emulated_cloud.project import CloudProject, write_key_file
from tools.emulated_cloud.tokens import TokenServer
from tools.emulated_cloud.vertex.answers import error

API_KEYS = "/v1/projects/{}/secrets/showreel-api-keys/versions/latest"


class DescribedCloud(Cloud):
    """`unknown` has the questions, and what the stand-ins answer, that Google does not describe."""

    unknown: Sequence[str] = ()

    def read(self, service: str, path: str, body: Json | None = None) -> Json | None:
        found = super().read(service, path, body)
        if found is not None:
            name = service.partition("-")[0]
            self.unknown = [*self.unknown, *unknown_in_question(name, path, body, found)]
        return found


@dataclass(frozen=True, kw_only=True)
class World:
    """Everything that the doctor asks; each part can lose something."""

    cloud: CloudProject
    google: GoogleProject
    vertex: DescribedVertex
    tokens: TokenServer
    environment: Mapping[str, str]

    def examined(self) -> list[Finding]:
        with configured(self.environment):
            return [*cloud_findings(self.asked())]

    def asked(self) -> DescribedCloud:
        chosen = read_settings(self.environment)
        hosts = hosts_of(chosen, self.environment) | self.google.hosts
        return DescribedCloud(chosen, hosts, region=REGION)

    def pubsub(self, method: str, path: str, body: object = None) -> None:
        url = f"http://{self.cloud.pubsub_host}/v1/projects/{self.cloud.name}/{path}"
        send(method, url, body)

    def change_bucket(self, **settings: object) -> None:
        url = f"{self.cloud.storage.url}/storage/v1/b/{self.cloud.bucket_name}"
        send("PATCH", url, settings)


def send(method: str, url: str, body: object) -> None:
    headers = {"Content-Type": "application/json"}
    data = json.dumps(body or {}).encode()
    urlopen(Request(url, data=data, method=method, headers=headers)).close()


@pytest.fixture
def world(
    new_cloud: Callable[[], CloudPlace], signing_account: ServiceAccount, tmp_path: Path
) -> Iterator[World]:
    cloud = new_cloud().project
    with only_loopback() as refused, ExitStack() as stack:
        tokens = stack.enter_context(TokenServer())
        vertex = stack.enter_context(DescribedVertex())
        key_file = tmp_path / "key.json"
        write_key_file(signing_account, key_file, token_url=tokens.url)
        environment = {**cloud.environment(key_file), "VEO_BASE_URL": vertex.url}
        google = stack.enter_context(GoogleProject(cloud.name, environment))
        cloud.subscribe(dict.fromkeys(FUNCTIONS.values(), "http://127.0.0.1:9/"))
        stack.callback(cloud.storage.forget)
        stack.callback(cloud.unsubscribe)
        found = World(
            cloud=cloud, google=google, vertex=vertex, tokens=tokens, environment=environment
        )
        google.grant_all(found.asked())
        yield found
        assert vertex.unknown == []
        assert vertex.submissions == 0
        assert refused == []


def test_a_whole_installation_lacks_nothing(world: World) -> None:
    without_a_secret(world)
    world.google.resources[API_KEYS.format(world.cloud.name)] = {"state": "ENABLED"}
    before = len(world.cloud.storage.requests)

    with configured(world.environment):
        asked = world.asked()
        found = [*cloud_findings(asked)]

    assert asked.unknown == []
    assert {each.level for each in found} == {Level.OK, Level.NOTE}
    notes = {each.subject: each.detail for each in found if each.level is Level.NOTE}
    assert f"model {DEFAULT_MODEL}, the default" in notes
    assert all("it may stop answering" in each for each in notes.values())
    sent = world.cloud.storage.requests[before:]
    assert all(each.line.startswith("GET ") for each in sent)


def with_key(world: World, function: str, key: str, value: object) -> None:
    service = world.google.resources[world.google.function(function)]["serviceConfig"]
    service["environmentVariables"].pop(key, None)
    secret = {"key": key, "secret": value, "version": "latest"}
    service["secretEnvironmentVariables"] = [secret] if value else []


@pytest.mark.parametrize("use", [("SIGNING_KEY", "deliver_events"), ("PLAY_KEY", "record_plays")])
@pytest.mark.parametrize(
    ("keys", "level", "words"),
    [
        (("key", "key"), Level.OK, ""),
        ((None, None), Level.NOTE, "Not set for serve_api and {other}"),
        (("key", None), Level.PROBLEM, "{other} must have it"),
        ((None, "key"), Level.PROBLEM, "serve_api must have it"),
        (("key", "another"), Level.PROBLEM, "It differs"),
    ],
)
def test_webhooks_and_plays_need_one_key_in_both_of_their_functions(
    world: World,
    keys: tuple[str | None, str | None],
    level: Level,
    words: str,
    use: tuple[str, str],
) -> None:
    key, other = use
    for function, value in zip(("serve_api", other), keys, strict=True):
        with_key(world, function, key, value)

    with configured(world.environment):
        [found] = [each for each in key_findings(world.asked()) if key in each.subject]

    assert found.level is level
    assert words.format(other=other) in found.detail


def test_a_laptop_with_veo_needs_rights_and_models_alone(world: World, tmp_path: Path) -> None:
    laptop = {"STORAGE_URL": f"file://{tmp_path}", "VIDEO_GENERATOR": "veo"}

    found = replace(world, environment={**world.environment, **laptop}).examined()

    assert is_well(found)
    kinds = [each.subject.split(" ")[0] for each in found]
    assert [*dict.fromkeys(kinds)] == ["credentials", "rights", "model"]


def test_every_permission_that_an_adapter_names_is_asked_for() -> None:
    named = {
        permission
        for file in Path(adapters.__file__).parent.glob("*.py")
        for permission in re.findall(
            r'"((?:aiplatform|pubsub|storage)\.\w+\.\w+)"', file.read_text()
        )
    }

    assert named <= {each for some in PERMISSIONS.values() for each in some}
    assert named


def test_policies_that_cannot_be_read_are_not_taken_for_missing_rights(world: World) -> None:
    refusal = error(403, "PERMISSION_DENIED", "The caller may not read this policy.")
    world.google.resources[f"/v1/projects/{world.cloud.name}:getIamPolicy"] = refusal

    found = world.examined()

    [unknown] = [each for each in found if each.level is Level.UNKNOWN]
    assert unknown.subject == "rights of the functions"
    assert "roles/iam.securityReviewer" in unknown.detail
    assert not is_well(found)


def test_on_a_laptop_there_is_no_cloud_to_check(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data):
        told = run_tool("doctor.__main__", "--port", free_port(), STORAGE_URL=f"file://{data}")

    assert (told.returncode, told.stderr) == (0, "")
    assert "there is no cloud to check" in told.stdout
    assert told.stdout.endswith("\nNothing is missing.\n")


def test_a_damaged_database_and_an_occupied_port_are_named(tmp_path: Path) -> None:
    (tmp_path / ".records.db").write_bytes(b"This is no database. " * 1000)
    with socket.create_server(("127.0.0.1", 0)) as occupant:
        port = occupant.getsockname()[1]
        told = run_tool("doctor.__main__", "--port", port, STORAGE_URL=f"file://{tmp_path}")

    assert told.returncode == 1
    assert "It is damaged: file is not a database" in told.stdout
    assert f"note         port {port}" in told.stdout
    assert told.stdout.endswith("1 problem, 0 not checked.\n")


def test_wrong_settings_are_problems() -> None:
    told = run_tool("doctor.__main__", KEEP_HISTORICAL="many")

    assert told.returncode == 1
    assert "KEEP_HISTORICAL='many' is not a whole number." in told.stdout


def paused(world: World) -> None:
    world.google.resources[world.google.job] = {"state": "PAUSED"}


def without_an_index(world: World) -> None:
    path = f"{world.google.groups}/indexes"
    world.google.resources[path]["indexes"].pop()


def with_an_index_that_is_built(world: World) -> None:
    path = f"{world.google.groups}/indexes"
    world.google.resources[path]["indexes"][0]["state"] = "CREATING"


def without_a_field(world: World) -> None:
    path = f"{world.google.groups}/fields"
    fields = world.google.resources[path]["fields"]
    fields[:] = [each for each in fields if not each["name"].endswith("videos/fields/due_at")]


def without_a_ttl_policy(world: World) -> None:
    path = f"{world.google.groups}/fields"
    for each in world.google.resources[path]["fields"]:
        each.pop("ttlConfig", None)


def without_the_grant_of_vertex(world: World) -> None:
    policy = world.google.resources[f"/storage/v1/b/{world.cloud.bucket_name}/iam"]
    policy["bindings"] = [each for each in policy["bindings"] if "aiplatform" not in str(each)]


def with_a_setting_that_is_wrong(world: World) -> None:
    function = world.google.resources[world.google.function("serve_api")]
    function["serviceConfig"]["environmentVariables"]["KEEP_HISTORICAL"] = "many"


def with_another_bucket(world: World) -> None:
    function = world.google.resources[world.google.function("generate_video")]
    function["serviceConfig"]["environmentVariables"]["STORAGE_URL"] = "gs://another"


def without_a_secret(world: World) -> None:
    function = world.google.resources[world.google.function("serve_api")]
    secret = {"key": "API_KEYS", "secret": "showreel-api-keys", "version": "latest"}
    function["serviceConfig"]["secretEnvironmentVariables"] = [secret]


@pytest.mark.parametrize(
    ("fault", "subject", "words"),
    [
        (
            lambda w: w.pubsub("DELETE", "topics/request-videos"),
            "topic request-videos",
            "no such topic",
        ),
        (
            lambda w: w.pubsub("DELETE", "topics/video-events"),
            "topic video-events",
            "no such topic",
        ),
        (
            lambda w: w.pubsub(
                "POST", "subscriptions/generate-video:modifyPushConfig", {"pushConfig": {}}
            ),
            "topic generate-video",
            "No subscription pushes",
        ),
        (
            lambda w: w.pubsub("DELETE", "subscriptions/dead-letters"),
            "topic dead-letters",
            "keeps nothing",
        ),
        (lambda w: w.cloud.storage.forget(), "notification of new clips", "does not announce"),
        (
            lambda w: w.change_bucket(iamConfiguration={"publicAccessPrevention": "inherited"}),
            "bucket {bucket}",
            "access lists",
        ),
        (
            lambda w: w.change_bucket(
                lifecycle={"rule": [{"action": {"type": "Delete"}, "condition": {"age": 30}}]}
            ),
            "lifecycle of {bucket}",
            "videos are lost",
        ),
        (without_an_index, "indexes of the database (default)", "1 are missing"),
        (
            with_an_index_that_is_built,
            "indexes of the database (default)",
            "1 are missing or still built",
        ),
        (without_a_field, "indexes of the database (default)", "videos/due_at"),
        (without_a_ttl_policy, "indexes of the database (default)", "deliveries/expires_at"),
        (paused, "scheduler job maintain-campaigns", "PAUSED"),
        (
            lambda w: w.google.resources.pop(w.google.job),
            "scheduler job maintain-campaigns",
            "no such job",
        ),
        (
            lambda w: w.google.resources.pop(w.google.function("serve_api")),
            "function serve_api",
            "not deployed",
        ),
        (with_a_setting_that_is_wrong, "function serve_api", "KEEP_HISTORICAL='many'"),
        (with_another_bucket, "function generate_video", "STORAGE_URL is gs://another"),
        (without_a_secret, "function serve_api", "showreel-api-keys"),
        (without_the_grant_of_vertex, "rights of Vertex AI", "storage.objectUser on bucket"),
        (
            lambda w: w.google.permissions.discard("pubsub.topics.publish"),
            "rights of these credentials",
            "pubsub.topics.publish on generate-video",
        ),
        (
            lambda w: w.google.permissions.discard("aiplatform.interactions.create"),
            "rights of these credentials",
            "aiplatform.interactions.create",
        ),
        (
            lambda w: w.vertex.models.discard(DEFAULT_MODEL),
            f"model {DEFAULT_MODEL}, the default",
            "does not offer it",
        ),
        (lambda w: w.tokens.refusals.extend([400] * 9), "credentials", "could not be used"),
    ],
)
def test_what_is_missing_is_named_with_what_to_do(
    world: World, fault: Callable[[World], object], subject: str, words: str
) -> None:
    fault(world)

    [found] = [each for each in world.examined() if each.level is Level.PROBLEM]

    assert subject.format(bucket=world.cloud.bucket_name) == found.subject
    assert words in found.detail
    assert found.remedy
