"""Topics, pushes, dead letters and the tick, joined up."""

from shared.domain.schedule import DEADLINE
from tests.infra.installation import Installation
from tools.doctor.expected import DEAD_LETTERS, FUNCTIONS, TICK

LONGEST_ACK_SECONDS = 600


def seconds(duration: str) -> float:
    return float(duration.removesuffix("s"))


def test_each_function_without_a_url_for_callers_has_a_topic_that_pushes_to_it(
    installation: Installation,
) -> None:
    topics = installation.all("google_pubsub_topic.function")
    subscriptions = installation.all("google_pubsub_subscription.function")

    pushed = installation.functions.keys() - {"record_plays", "serve_api"}
    assert pushed == topics.keys() == subscriptions.keys()
    for target, subscription in subscriptions.items():
        assert topics[target]["id"] == subscription["topic"]
        assert target.replace("_", "-") == topics[target]["name"] == subscription["name"]
    assert {topic["name"]: target for target, topic in topics.items()} == FUNCTIONS


def test_a_push_authenticates_to_its_function_alone(
    installation: Installation,
) -> None:
    pusher = installation.one("google_service_account.push")

    for target, subscription in installation.all("google_pubsub_subscription.function").items():
        (push,) = subscription["push_config"]
        (token,) = push["oidc_token"]
        uri = installation.service(target)["uri"]
        assert (uri, uri) == (push["push_endpoint"], token["audience"]), target
        assert pusher["email"] == token["service_account_email"]


def test_no_message_is_redelivered_within_the_time_limit_of_its_function(
    installation: Installation,
) -> None:
    for target, subscription in installation.all("google_pubsub_subscription.function").items():
        longest = installation.service(target)["timeout_seconds"]
        assert longest <= subscription["ack_deadline_seconds"] <= LONGEST_ACK_SECONDS, target


def test_a_message_is_delivered_until_the_deadline_of_its_video(installation: Installation) -> None:
    for subscription in installation.all("google_pubsub_subscription.function").values():
        (retry,) = subscription["retry_policy"]
        (dead,) = subscription["dead_letter_policy"]
        first, longest = seconds(retry["minimum_backoff"]), seconds(retry["maximum_backoff"])
        waits = [
            min(first * 2**number, longest) for number in range(dead["max_delivery_attempts"] - 1)
        ]
        assert sum(waits) > DEADLINE.total_seconds()


def test_undeliverable_messages_are_kept(installation: Installation) -> None:
    topic = installation.one("google_pubsub_topic.dead_letters")
    kept = installation.one("google_pubsub_subscription.dead_letters")

    for subscription in installation.all("google_pubsub_subscription.function").values():
        (dead,) = subscription["dead_letter_policy"]
        assert topic["id"] == dead["dead_letter_topic"]
    assert topic["id"] == kept["topic"]
    assert topic["name"] == DEAD_LETTERS
    assert seconds(kept["message_retention_duration"]) >= 7 * 24 * 60 * 60


def test_no_subscription_expires_when_idle(installation: Installation) -> None:
    for subscription in installation.of_types({"google_pubsub_subscription"}):
        (policy,) = subscription["expiration_policy"]
        assert policy["ttl"] == ""


def test_a_tick_comes_each_minute(installation: Installation) -> None:
    job = installation.one("google_cloud_scheduler_job.tick")
    (target,) = job["pubsub_target"]

    assert job["schedule"] == "* * * * *"
    topic = installation.all("google_pubsub_topic.function")["maintain_campaigns"]
    assert topic["id"] == target["topic_name"]
    assert TICK == job["name"] == topic["name"]


def test_unprocessed_ticks_expire(installation: Installation) -> None:
    ticks = installation.all("google_pubsub_subscription.function")["maintain_campaigns"]

    assert seconds(ticks["message_retention_duration"]) <= 15 * 60
