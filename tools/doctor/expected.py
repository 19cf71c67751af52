"""What an installation consists of. The tests of infra/ compare Terraform's plan with it."""

from collections.abc import Collection, Mapping
from pathlib import Path

_INFRA = Path(__file__).resolve().parents[2] / "infra"

INDEXES = _INFRA / "firestore.indexes.json"
"""Terraform and the tests of the queries read the same file."""

PLAY_INDEXES = _INFRA / "firestore.plays.json"

FUNCTIONS = {
    "generate-video": "generate_video",
    "request-videos": "request_videos",
    "maintain-campaigns": "maintain_campaigns",
    "deliver-events": "deliver_events",
}
"""Each topic, and the function to which its subscription pushes."""

ALL_FUNCTIONS = ("serve_api", "record_plays", *FUNCTIONS.values())

TICK = "maintain-campaigns"
"""The scheduler's job, and its topic."""

DEAD_LETTERS = "dead-letters"

EVENT_TOPIC = "video-events"
"""For subscribers of the installation; no function takes its messages."""

PUBLIC_ACCESS_PREVENTION = "enforced"

Grant = tuple[str, str, str]
"""Who, which role, and on what."""

RECORDS = "Firestore, the database of the records"
PLAYS = "Firestore, the database of plays"
VIDEOS = "bucket of the videos"
STEPS = "topic generate-video"
REQUESTS = "topic request-videos"
DELIVERIES = "topic deliver-events"
EVENTS = f"topic {EVENT_TOPIC}"

GRANTS: Collection[Grant] = (
    ("serve_api", "datastore.user", RECORDS),
    ("serve_api", "storage.objectUser", VIDEOS),
    ("serve_api", "pubsub.publisher", STEPS),
    ("serve_api", "pubsub.publisher", REQUESTS),
    ("serve_api", "showreelSigner", "account serve_api"),
    ("serve_api", "datastore.user", PLAYS),
    ("record_plays", "showreelRecorder", PLAYS),
    ("request_videos", "datastore.user", RECORDS),
    ("request_videos", "storage.objectUser", VIDEOS),
    ("request_videos", "pubsub.publisher", STEPS),
    ("request_videos", "pubsub.publisher", REQUESTS),
    ("generate_video", "datastore.user", RECORDS),
    ("generate_video", "storage.objectUser", VIDEOS),
    ("generate_video", "pubsub.publisher", STEPS),
    ("generate_video", "aiplatform.user", "project"),
    ("maintain_campaigns", "datastore.user", RECORDS),
    ("maintain_campaigns", "datastore.user", PLAYS),
    ("maintain_campaigns", "storage.objectUser", VIDEOS),
    ("maintain_campaigns", "pubsub.publisher", STEPS),
    ("maintain_campaigns", "pubsub.publisher", REQUESTS),
    ("deliver_events", "datastore.user", RECORDS),
    ("deliver_events", "pubsub.publisher", EVENTS),
    ("serve_api", "pubsub.publisher", DELIVERIES),
    ("request_videos", "pubsub.publisher", DELIVERIES),
    ("generate_video", "pubsub.publisher", DELIVERIES),
    ("maintain_campaigns", "pubsub.publisher", DELIVERIES),
    ("deliver_events", "pubsub.publisher", DELIVERIES),
    ("push", "run.invoker", "service deliver-events"),
    ("push", "run.invoker", "service generate-video"),
    ("push", "run.invoker", "service maintain-campaigns"),
    ("push", "run.invoker", "service request-videos"),
    ("Pub/Sub", "iam.serviceAccountOpenIdTokenCreator", "account push"),
    ("Pub/Sub", "pubsub.publisher", "topic dead-letters"),
    ("Pub/Sub", "pubsub.subscriber", "subscription deliver-events"),
    ("Pub/Sub", "pubsub.subscriber", "subscription generate-video"),
    ("Pub/Sub", "pubsub.subscriber", "subscription maintain-campaigns"),
    ("Pub/Sub", "pubsub.subscriber", "subscription request-videos"),
    ("Vertex AI", "aiplatform.serviceAgent", "project"),
    ("Vertex AI", "storage.objectUser", VIDEOS),
    ("Cloud Storage", "pubsub.publisher", STEPS),
)
"""What the functions and Google's own service agents need while Showreel runs."""

PERMISSIONS: Mapping[str, Collection[str]] = {
    "storage": (
        "storage.objects.create",
        "storage.objects.delete",
        "storage.objects.get",
        "storage.objects.list",
        "storage.objects.move",
        "storage.objects.update",
    ),
    "pubsub": ("pubsub.topics.publish",),
    "aiplatform": (
        "aiplatform.endpoints.predict",
        "aiplatform.interactions.create",
        "aiplatform.interactions.get",
    ),
}
"""What a process that serves Showreel, or a tool, needs. A database cannot be asked for rights."""
