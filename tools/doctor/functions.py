"""The deployed functions: their state, settings and secrets."""

from collections.abc import Iterator, Sequence

from shared.settings import InvalidSettingsError, Settings, read_settings
from tools.doctor.cloud import Cloud, Json
from tools.doctor.findings import Finding, note, ok, problem
from tools.doctor.resources import deploy

_KEYS = {
    "SIGNING_KEY": ("webhooks", ("serve_api", "deliver_events")),
    "PLAY_KEY": ("plays", ("serve_api", "record_plays")),
}
_SETTING_KEYS = "Create the secret, and list it in secrets: infra/README.md#call-it."
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


def key_findings(cloud: Cloud) -> Iterator[Finding]:
    """Check the optional keys, which are secrets that several functions share."""
    for key, (purpose, names) in _KEYS.items():
        yield _key_finding(cloud, f"{key}, for {purpose}", key, names)


def _key_finding(cloud: Cloud, subject: str, key: str, names: Sequence[str]) -> Finding:
    # That a function is not deployed is said once.
    deployed = {name: found for name in names if (found := cloud.functions[name])}
    values = {name: _value(found, key) for name, found in deployed.items()}
    missing = [name for name, value in values.items() if value is None]
    if len(missing) == len(values):
        return note(subject, f"Not set for {' and '.join(names)}.", _SETTING_KEYS)
    if missing:
        return problem(subject, f"{' and '.join(missing)} must have it, too.", _SETTING_KEYS)
    if len({*values.values()}) > 1:
        return problem(subject, f"It differs between {' and '.join(names)}.", _SETTING_KEYS)
    return ok(subject)


def _value(function: Json, key: str) -> object:
    """Return the value of a variable, or the secret that has it; None without either."""
    service = function.get("serviceConfig", {})
    for each in service.get("secretEnvironmentVariables", ()):
        if each["key"] == key:
            return each["secret"], each["version"]
    return service.get("environmentVariables", {}).get(key)


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
