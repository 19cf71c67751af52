"""Private by default; the API and the counting of plays are public by two settings each."""

from pathlib import Path

from tests.infra.installation import Installation, foresee, refusal
from tests.infra.terraform import Terraform
from tools.doctor.expected import PUBLIC_ACCESS_PREVENTION

EVERYBODY = {"allAuthenticatedUsers", "allUsers"}


def public_grants(installation: Installation) -> list[tuple[str, str]]:
    """Return who may do what without being known, by address and role."""
    return [
        (f"{each['type']}.{each['name']}", each["values"]["role"])
        for each in installation.resources
        if each["values"].get("member") in EVERYBODY
        or EVERYBODY & set(each["values"].get("members") or [])
    ]


def test_without_callers_every_call_is_refused(plain_installation: Installation) -> None:
    assert plain_installation.all("google_cloud_run_v2_service_iam_member.invoker") == {}
    assert plain_installation.all("google_cloud_run_v2_service_iam_member.viewer") == {}
    assert plain_installation.all("google_pubsub_topic_iam_member.publisher") == {}
    assert public_grants(plain_installation) == []


def test_only_the_named_callers_may_call(installation: Installation) -> None:
    assert public_grants(installation) == []


def test_everybody_is_refused_without_the_second_setting(
    terraform: Terraform, tmp_path: Path
) -> None:
    for member in EVERYBODY:
        said = refusal(terraform, tmp_path, invokers=[member], plays_invokers=[member])
        assert "If you want that, also set allow_public = true." in said
        assert "If you want that, also set plays_public = true." in said


def test_the_second_settings_alone_open_nothing(terraform: Terraform, tmp_path: Path) -> None:
    opened = foresee(terraform, tmp_path, allow_public=True, plays_public=True)

    assert public_grants(opened) == []


def test_both_settings_open_the_api_and_nothing_else(terraform: Terraform, tmp_path: Path) -> None:
    opened = foresee(terraform, tmp_path, allow_public=True, invokers=["allUsers"])

    assert public_grants(opened) == [
        ("google_cloud_run_v2_service_iam_member.invoker", "roles/run.invoker")
    ]
    (invoker,) = opened.all("google_cloud_run_v2_service_iam_member.invoker").values()
    assert invoker["name"] == "serve-api"


def test_two_settings_open_the_counting_of_plays_and_not_the_api(
    terraform: Terraform, tmp_path: Path
) -> None:
    opened = foresee(terraform, tmp_path, plays_public=True, plays_invokers=["allUsers"])

    assert public_grants(opened) == [
        ("google_cloud_run_v2_service_iam_member.viewer", "roles/run.invoker")
    ]
    (viewer,) = opened.all("google_cloud_run_v2_service_iam_member.viewer").values()
    assert viewer["name"] == "record-plays"


def test_only_known_publishers_may_publish(terraform: Terraform, tmp_path: Path) -> None:
    said = refusal(terraform, tmp_path, publishers=["allUsers"], allow_public=True)

    assert "never allUsers" in said


def test_no_bucket_can_be_opened_to_everybody(installation: Installation) -> None:
    buckets = installation.of_types({"google_storage_bucket"})

    assert {
        (each["public_access_prevention"], each["uniform_bucket_level_access"]) for each in buckets
    } == {(PUBLIC_ACCESS_PREVENTION, True)}
