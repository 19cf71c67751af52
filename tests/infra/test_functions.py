"""The functions: those of main.py, with the settings that shared/settings reads."""

import ast
import tomllib
from itertools import chain
from pathlib import Path

import pytest

from shared.settings import Settings, read_settings
from tests.infra.installation import (
    EVERYTHING,
    PROJECT,
    Installation,
    changes,
    install,
)
from tests.infra.terraform import ROOT, Terraform

LONGEST_SECONDS = 540
FRAMEWORK_SETTINGS = {"THREADS", "MALLOC_MMAP_THRESHOLD_"}

# What has no meaning in a cloud, would make it a stand-in of itself, or is the platform's to set.
LOCAL_SETTINGS = {
    "K_SERVICE",
    "STORAGE_EMULATOR_HOST",
    "SYNTHETIC_FAULTS",
    "SYNTHETIC_SECONDS",
    "VEO_BASE_URL",
}

# What no state of Terraform may hold: it is given by `secrets`.
SECRET_SETTINGS = {"API_KEYS", "PLAY_KEY", "SIGNING_KEY"}


def targets() -> list[str]:
    """Return what main.py exports, without running it."""
    tree = ast.parse((ROOT / "main.py").read_text("utf-8"))
    (names,) = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    return sorted(ast.literal_eval(names))


def environment(installation: Installation, target: str) -> dict[str, str]:
    return dict(installation.service(target)["environment_variables"])


def test_each_function_of_main_is_deployed_under_its_own_name(installation: Installation) -> None:
    assert targets() == sorted(installation.functions)
    for target, function in installation.functions.items():
        (build,) = function["build_config"]
        assert target == build["entry_point"]
        assert target.replace("_", "-") == function["name"]


def test_no_function_runs_for_longer_than_an_event_may_take(installation: Installation) -> None:
    for target in installation.functions:
        assert installation.service(target)["timeout_seconds"] <= LONGEST_SECONDS, target


def test_each_function_runs_as_an_account_of_its_own(installation: Installation) -> None:
    emails = {
        target: account["email"]
        for target, account in installation.all("google_service_account.function").items()
    }

    assert len(targets()) == len(set(emails.values()))
    for target, email in emails.items():
        assert email == installation.service(target)["service_account_email"]


def test_every_setting_that_has_a_meaning_in_a_cloud_can_be_given(
    installation: Installation,
) -> None:
    meant = {name.upper() for name in Settings.__struct_fields__} - LOCAL_SETTINGS - SECRET_SETTINGS

    for target in installation.functions:
        assert meant == environment(installation, target).keys() - FRAMEWORK_SETTINGS


def test_the_settings_match_the_variables(installation: Installation) -> None:
    for target in installation.functions:
        settings = read_settings(environment(installation, target))

        assert settings.google_cloud_project == PROJECT
        assert installation.one("google_storage_bucket.videos")["name"] == settings.bucket
        database = installation.one("google_firestore_database.records")
        assert database["name"] == settings.firestore_database
        topics = installation.all("google_pubsub_topic.function")
        assert topics["generate_video"]["name"] == settings.generate_topic
        assert topics["request_videos"]["name"] == settings.request_topic
        assert topics["deliver_events"]["name"] == settings.delivery_topic
        assert installation.one("google_pubsub_topic.events")["name"] == settings.event_topic
        assert installation.one("google_pubsub_topic.plays")["name"] == settings.plays_topic
        plays = installation.one("google_firestore_database.plays")
        assert plays["name"] == settings.plays_database
        for name in ("campaign_budget_usd", "daily_budget_usd", "filtered_retries", "trash_days"):
            assert EVERYTHING[name] == getattr(settings, name), name
        for name in ("event_days", "keep_failed_days", "keep_historical", "queue_limit_hours"):
            assert EVERYTHING[name] == getattr(settings, name), name
        assert EVERYTHING["model_rates"].items() <= settings.rates.items()


def test_required_settings_are_derived(plain_installation: Installation) -> None:
    for target in plain_installation.functions:
        settings = read_settings(environment(plain_installation, target))

        assert Settings().default_model == settings.default_model
        assert (settings.campaign_budget_usd, settings.daily_budget_usd) == (None, None)
        assert not settings.simulated


def test_the_urls_in_events_are_those_of_the_api(
    installation: Installation, plain_installation: Installation
) -> None:
    place = f"{plain_installation.project_number}.us-central1.run.app"

    for found, url in (
        (installation, EVERYTHING["public_url"]),
        (plain_installation, f"https://serve-api-{place}"),
    ):
        assert url == environment(found, "deliver_events")["PUBLIC_URL"]
    assert "PUBLIC_URL" not in environment(plain_installation, "serve_api")


def test_plays_are_reported_to_their_own_function_and_exported_only_if_chosen(
    plain_installation: Installation,
) -> None:
    place = f"{plain_installation.project_number}.us-central1.run.app"
    found = environment(plain_installation, "serve_api")

    assert f"https://record-plays-{place}/v1/plays" == found["PLAYS_URL"]
    assert "PLAYS_TOPIC" not in found


def test_a_function_answers_as_many_requests_at_once_as_it_has_threads(
    installation: Installation,
) -> None:
    for target in installation.functions:
        at_once = installation.service(target)["max_instance_request_concurrency"]
        assert str(at_once) == environment(installation, target)["THREADS"]


def test_functions_that_pubsub_calls_cannot_be_reached_from_outside(
    installation: Installation,
) -> None:
    reached = {target: installation.service(target)["ingress_settings"] for target in targets()}

    assert "ALLOW_ALL" == reached.pop("serve_api") == reached.pop("record_plays")
    assert set(reached.values()) == {"ALLOW_INTERNAL_ONLY"}


def test_ticks_do_not_overtake_each_other(installation: Installation) -> None:
    service = installation.service("maintain_campaigns")

    assert service["max_instance_count"] == 1
    assert service["max_instance_request_concurrency"] == 1


def test_no_instance_runs_without_requests(installation: Installation) -> None:
    for target in targets():
        assert installation.service(target)["min_instance_count"] == 0


def test_a_secret_is_given_to_the_functions_that_are_named_and_to_no_other(
    installation: Installation,
) -> None:
    given = {
        target: installation.service(target)["secret_environment_variables"] for target in targets()
    }
    readers = installation.all("google_secret_manager_secret_iam_member.function").values()

    assert [
        tuple(secret[name] for name in ("key", "secret", "version"))
        for secret in given.pop("serve_api")
    ] == [("PLAY_KEY", "play-key", "latest"), ("SIGNING_KEY", "signing-key", "latest")]
    assert [secret["key"] for secret in given.pop("record_plays")] == ["PLAY_KEY"]
    assert list(chain.from_iterable(given.values())) == []
    assert {
        ("signing-key", installation.account("serve_api")),
        ("play-key", installation.account("serve_api")),
        ("play-key", installation.account("record_plays")),
    } == {(reader["secret_id"], reader["member"]) for reader in readers}


def test_the_runtime_is_a_python_that_the_code_supports(installation: Installation) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    oldest = project["requires-python"].removeprefix(">=3.")

    for function in installation.functions.values():
        (build,) = function["build_config"]
        assert int(build["runtime"].removeprefix("python3")) >= int(oldest)


def test_the_source_is_the_archive_and_the_images_are_our_own(installation: Installation) -> None:
    archive = installation.one("google_storage_bucket_object.source")
    images = installation.one("google_artifact_registry_repository.images")
    builder = installation.one("google_service_account.build")

    for function in installation.functions.values():
        (build,) = function["build_config"]
        (source,) = build["source"]
        (stored,) = source["storage_source"]
        assert (archive["bucket"], archive["name"]) == (stored["bucket"], stored["object"])
        assert images["id"] == build["docker_repository"]
        assert builder["id"] == build["service_account"]


@pytest.fixture(scope="module")
def applied(terraform: Terraform, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the state of an installation."""
    folder = tmp_path_factory.mktemp("applied")
    install(terraform, folder)
    return folder


def test_a_second_apply_changes_nothing(terraform: Terraform, applied: Path) -> None:
    assert changes(terraform, applied) == {}


def test_another_archive_replaces_the_functions_and_nothing_else(
    terraform: Terraform, applied: Path
) -> None:
    newer = applied / "newer.zip"
    newer.write_bytes(b"Another archive.")

    changed = changes(terraform, applied, source_archive=str(newer))

    functions = {f'google_cloudfunctions2_function.function["{target}"]' for target in targets()}
    assert functions | {"google_storage_bucket_object.source"} == changed.keys()
