"""Bucket, notification, topics, database, indexes and scheduler: what of infra/ is missing."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from shared.domain.storage_layout import ATTEMPTS, BATCHES, REQUESTS
from tools.doctor.cloud import Cloud, Json
from tools.doctor.expected import (
    DEAD_LETTERS,
    INDEXES,
    PLAY_INDEXES,
    PUBLIC_ACCESS_PREVENTION,
    TICK,
)
from tools.doctor.findings import Finding, ok, problem

_TRANSIENT = tuple(f"{each}/" for each in (ATTEMPTS, BATCHES, REQUESTS))


def deploy(cloud: Cloud) -> str:
    return f"make deploy PROJECT={cloud.project} creates what is missing."


def bucket_findings(cloud: Cloud) -> Iterator[Finding]:
    subject = f"bucket {cloud.settings.bucket}"
    bucket = cloud.bucket
    if bucket is None:
        yield problem(subject, "There is no such bucket.", deploy(cloud))
        return
    access = bucket.get("iamConfiguration", {})
    if not access.get("uniformBucketLevelAccess", {}).get("enabled"):
        yield problem(subject, "Single objects can have access lists.", deploy(cloud))
    elif access.get("publicAccessPrevention") != PUBLIC_ACCESS_PREVENTION:
        yield problem(subject, "Its objects can be made public.", deploy(cloud))
    else:
        yield ok(subject)
    yield _lifecycle_finding(cloud, bucket)


def _lifecycle_finding(cloud: Cloud, bucket: Json) -> Finding:
    subject = f"lifecycle of {cloud.settings.bucket}"
    removed: set[str] = set()
    for rule in bucket.get("lifecycle", {}).get("rule", ()):
        if rule["action"]["type"] == "Delete":
            prefixes = rule["condition"].get("matchesPrefix", [""])
            if not all(prefix.startswith(_TRANSIENT) for prefix in prefixes):
                detail = f"A rule deletes {', '.join(prefixes) or 'everything'}: videos are lost."
                return problem(subject, detail, "Remove the rule: the records decide what is kept.")
            removed.update(prefixes)
    if missing := [each for each in _TRANSIENT if each not in removed]:
        detail = f"Nothing removes old objects of {', '.join(missing)}."
        return problem(subject, detail, deploy(cloud))
    return ok(subject)


def notification_findings(cloud: Cloud) -> Iterator[Finding]:
    subject = "notification of new clips"
    topic = f"projects/{cloud.project}/topics/{cloud.settings.generate_topic}"
    path = f"storage/v1/b/{cloud.settings.bucket}/notificationConfigs"
    configs = (cloud.read("storage", path) or {}).get("items", ())
    if any(_announces_clips(each, topic) for each in configs):
        yield ok(subject)
    else:
        detail = f"The bucket does not announce {ATTEMPTS}/ to {topic}: clips are stored late."
        yield problem(subject, detail, deploy(cloud))


def _announces_clips(config: Json, topic: str) -> bool:
    events = config.get("event_types") or ["OBJECT_FINALIZE"]
    return (
        str(config["topic"]).endswith(topic)
        and config.get("payload_format") == "JSON_API_V1"
        and f"{ATTEMPTS}/".startswith(config.get("object_name_prefix", ""))
        and "OBJECT_FINALIZE" in events
    )


def topic_findings(cloud: Cloud) -> Iterator[Finding]:
    settings = cloud.settings
    for topic in (settings.generate_topic, settings.request_topic, settings.delivery_topic, TICK):
        yield _topic_finding(cloud, topic)
    # It needs no subscription: it is for others.
    yield _kept_finding(cloud, settings.event_topic, needs_subscription=False)
    yield _kept_finding(cloud, DEAD_LETTERS)
    if settings.plays_topic:
        yield _kept_finding(cloud, settings.plays_topic)


def _kept_finding(cloud: Cloud, topic: str, *, needs_subscription: bool = True) -> Finding:
    subject = f"topic {topic}"
    subscriptions = _subscriptions(cloud, topic)
    if subscriptions is None:
        return problem(subject, "There is no such topic.", deploy(cloud))
    if needs_subscription and not subscriptions:
        return problem(subject, "Without a subscription it keeps nothing.", deploy(cloud))
    return ok(subject)


def _topic_finding(cloud: Cloud, topic: str) -> Finding:
    subject = f"topic {topic}"
    subscriptions = _subscriptions(cloud, topic)
    if subscriptions is None:
        return problem(subject, "There is no such topic.", deploy(cloud))
    pushes = [each for each in subscriptions if each.get("pushConfig", {}).get("pushEndpoint")]
    if not pushes:
        return problem(subject, "No subscription pushes its messages to a function.", deploy(cloud))
    if not all("deadLetterPolicy" in each for each in pushes):
        return problem(subject, "Its subscription has no dead-letter topic.", deploy(cloud))
    return ok(subject, f"pushes to {pushes[0]['pushConfig']['pushEndpoint']}")


def _subscriptions(cloud: Cloud, topic: str) -> list[Json] | None:
    """Return those of a topic; None without the topic."""
    path = f"v1/projects/{cloud.project}/topics/{topic}"
    if cloud.read("pubsub", path) is None:
        return None
    names = (cloud.read("pubsub", f"{path}/subscriptions") or {}).get("subscriptions", ())
    return [found for name in names if (found := cloud.read("pubsub", f"v1/{name}"))]


def database_findings(cloud: Cloud) -> Iterator[Finding]:
    for database, collection in (
        (cloud.settings.firestore_database, "campaigns"),
        (cloud.settings.plays_database, "play_counts"),
    ):
        subject = f"database {database}"
        documents = f"v1/projects/{cloud.project}/databases/{database}/documents"
        if cloud.read("firestore", f"{documents}/{collection}?pageSize=1") is None:
            yield problem(subject, "There is no such database.", deploy(cloud))
        else:
            yield ok(subject)


def index_findings(cloud: Cloud) -> Iterator[Finding]:
    """Queries need the composite indexes, and single-field indexes that Firestore does not make.

    Events and views are removed by TTL policies.
    """
    yield _index_finding(cloud, cloud.settings.firestore_database, INDEXES)
    yield _index_finding(cloud, cloud.settings.plays_database, PLAY_INDEXES)


def _index_finding(cloud: Cloud, database: str, file: Path) -> Finding:
    subject = f"indexes of the database {database}"
    place = f"v1/projects/{cloud.project}/databases/{database}"
    groups = f"{place}/collectionGroups/-"
    composite = (cloud.read("firestore-admin", f"{groups}/indexes?pageSize=1000") or {}).get(
        "indexes", ()
    )
    overrides = f"{groups}/fields?pageSize=1000&filter=indexConfig.usesAncestorConfig:false"
    fields = (cloud.read("firestore-admin", overrides) or {}).get("fields", ())
    expected = json.loads(file.read_bytes())
    ready = {_composite(each, _group(each)) for each in composite if each["state"] == "READY"}
    wanted = {_composite(each, each["collectionGroup"]) for each in expected["indexes"]}
    kept = {index for each in fields for index in _single(each["indexConfig"], _path(each))}
    single = {
        index
        for each in expected["fieldOverrides"]
        for index in _single(each, f"{each['collectionGroup']}/{each['fieldPath']}")
    }
    kept |= {_policy(_path(each)) for each in fields if _is_active(each.get("ttlConfig"))}
    single |= {
        _policy(f"{each['collectionGroup']}/{each['fieldPath']}")
        for each in expected["fieldOverrides"]
        if each.get("ttl")
    }
    missing = sorted((wanted - ready) | (single - kept))
    if missing:
        detail = f"{len(missing)} are missing or still built, such as {missing[0]}."
        return problem(subject, detail, deploy(cloud))
    return ok(subject, f"{len(wanted) + len(single)} are ready")


def _composite(index: Mapping[str, Any], group: str) -> str:
    # Firestore adds the name of the document to the fields.
    fields = [each for each in index["fields"] if each["fieldPath"] != "__name__"]
    orders = [f"{each['fieldPath']} {each.get('order') or each['arrayConfig']}" for each in fields]
    return f"{group} ({index['queryScope']}): {', '.join(orders)}"


def _single(config: Mapping[str, Any], path: str) -> Iterator[str]:
    """Yield the single-field indexes. Firestore repeats the field in each of them."""
    for each in config.get("indexes", ()):
        [field] = each.get("fields", [each])
        yield f"{path} ({each['queryScope']}): {field.get('order') or field.get('arrayConfig')}"


def _is_active(policy: Json | None) -> bool:
    return policy is not None and policy["state"] == "ACTIVE"


def _policy(path: str) -> str:
    return f"{path} (TTL policy)"


def _group(resource: Json) -> str:
    return str(resource["name"]).split("/collectionGroups/")[1].split("/")[0]


def _path(field: Json) -> str:
    return f"{_group(field)}/{str(field['name']).rpartition('/')[2]}"


def scheduler_findings(cloud: Cloud) -> Iterator[Finding]:
    subject = f"scheduler job {TICK}"
    place = f"projects/{cloud.project}/locations/{cloud.region}"
    job = cloud.read("cloudscheduler", f"v1/{place}/jobs/{TICK}")
    if job is None:
        detail = f"There is no such job in {cloud.region}: nothing wakes what is due."
        yield problem(subject, detail, deploy(cloud))
    elif job.get("state") != "ENABLED":
        resume = f"gcloud scheduler jobs resume {TICK} --location={cloud.region}"
        yield problem(subject, f"Its state is {job.get('state')}.", resume)
    else:
        yield ok(subject)
