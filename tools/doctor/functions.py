"""The deployed functions: their state, settings and secrets."""

from collections.abc import Iterator

from shared.settings import InvalidSettingsError, Settings, read_settings
from tools.doctor.cloud import Cloud, Json
from tools.doctor.findings import Finding, ok, problem
from tools.doctor.resources import deploy

_PLACES = ("storage_url", "google_cloud_project", "firestore_database", "plays_database")


def function_findings(cloud: Cloud) -> Iterator[Finding]:
    for name, function in cloud.functions.items():
        subject = f"function {name}"
        if function is None:
            yield problem(subject, f"It is not deployed in {cloud.region}.", deploy(cloud))
            continue
        service = function.get("serviceConfig", {})
        found = [*_state_problems(function), *_setting_problems(cloud.settings, service)]
        found += _secret_problems(cloud, service)
        if found:
            yield problem(subject, " ".join(found), deploy(cloud))
        else:
            yield ok(subject)


def _state_problems(function: Json) -> Iterator[str]:
    if function.get("state") != "ACTIVE":
        yield f"Its state is {function.get('state')}."


def _setting_problems(ours: Settings, service: Json) -> Iterator[str]:
    """Yield what the function would say at its start, and where it works on another place."""
    try:
        theirs = read_settings(service.get("environmentVariables", {}))
    except InvalidSettingsError as error:
        yield str(error).replace("\n", " ")
        return
    for name in _PLACES:
        if getattr(theirs, name) != getattr(ours, name):
            yield f"Its {name.upper()} is {getattr(theirs, name)}, not {getattr(ours, name)}."


def _secret_problems(cloud: Cloud, service: Json) -> Iterator[str]:
    for each in service.get("secretEnvironmentVariables", ()):
        path = f"projects/{cloud.project}/secrets/{each['secret']}/versions/{each['version']}"
        version = cloud.read("secretmanager", f"v1/{path}")
        if version is None or version.get("state") != "ENABLED":
            yield f"The secret {each['secret']} of {each['key']} has no version {each['version']}."
