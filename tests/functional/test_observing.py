"""What an operator sees of each answer: a line in the log, and counts for Prometheus."""

import logging
from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.functional.places import ONLY_LOCAL
from tests.functional.showreel import GALLERY, KITE, Showreel, function

LOG = "shared.http.api"


class Lines(logging.Handler):
    """Keeps what was logged about answers."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[dict[str, object]] = []

    def emit(self, record: logging.LogRecord) -> None:
        names = ("levelname", "msg", "method", "path", "status", "milliseconds")
        self.entries.append({name: getattr(record, name) for name in names})


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler = Lines()
    logger = logging.getLogger(LOG)
    logger.addHandler(handler)
    yield handler
    logger.removeHandler(handler)


def samples(service: Showreel) -> dict[str, dict[tuple[str, ...], float]]:
    """Return the value of each sample, by its name and the values of its labels."""
    answer = service.get("/metrics")
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


def test_every_answer_is_one_line_with_its_path_as_a_template(
    gallery: Showreel, family: str, lines: Lines
) -> None:
    video = gallery.campaign(GALLERY)["slots"][0]["current"]["id"]
    gallery.asked("GET", f"/v1/videos/{video}/content?variant=thumbnail")
    gallery.post("/v1/videos", {"prompt": ""})
    gallery.get("/nowhere/secret")

    assert [(each["method"], each["path"], each["status"]) for each in lines.entries] == [
        ("GET", "/v1/campaigns/{campaign_id}", 200),
        ("GET", "/v1/videos/{video_id}/content", 302 if family == "emulated" else 200),
        ("POST", "/v1/videos", 400),
        ("GET", "unmatched", 404),
    ]
    for each in lines.entries:
        assert (each["levelname"], each["msg"]) == ("INFO", "request.answered")
        assert isinstance(each["milliseconds"], float)


@ONLY_LOCAL
def test_prometheus_reads_requests_videos_and_dollars(gallery: Showreel) -> None:
    before = samples(gallery)["showreel_request_duration_seconds_count"]

    gallery.get("/v1/models")
    gallery.send("FOO", "/v1/models")
    gallery.get(f"/v1/campaigns/{GALLERY}")
    for _ in range(2):
        gallery.create(GALLERY, KITE)
    found = samples(gallery)

    kind = ("GET", "/v1/models", "200")
    assert found["showreel_request_duration_seconds_count"][kind] == before.get(kind, 0) + 1
    assert found["showreel_request_duration_seconds_sum"][kind] > 0
    buckets = found["showreel_request_duration_seconds_bucket"]
    assert buckets[*kind, "+Inf"] == found["showreel_request_duration_seconds_count"][kind]
    assert buckets[*kind, "0.005"] <= buckets[*kind, "10.0"] <= buckets[*kind, "+Inf"]
    assert ("other", "unmatched", "405") in found["showreel_request_duration_seconds_count"]
    assert found["showreel_videos"] == {("done",): 3}
    assert found["showreel_dollars"] == {
        ("reserved",): 0,
        ("spent",): 4.8,
        ("simulated",): 4.8,
        ("possibly_spent",): 0,
        ("saved",): 3.2,
    }
    assert gallery.campaign(GALLERY)["money"]["saved"] == 3.2


@ONLY_LOCAL
def test_the_videos_of_every_campaign_are_counted(endless: Showreel) -> None:
    for campaign_id in ("spring", "summer"):
        endless.create(campaign_id, KITE)

    assert sum(samples(endless)["showreel_videos"].values()) == 2


@pytest.mark.parametrize("family", ["emulated"], indirect=True)
def test_the_metrics_of_a_cloud_are_elsewhere(showreel: Showreel) -> None:
    answer = showreel.get("/metrics")

    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert "Cloud Monitoring" in answer.json["detail"]


@ONLY_LOCAL
@pytest.mark.parametrize("path", ["/robots.txt", "/v1/%0a", "/v1/videos/a%0Ab", "/v1/%0d%0a"])
def test_the_frameworks_refusals_are_problems(showreel: Showreel, path: str) -> None:
    answer = showreel.get(path)

    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    assert answer.json["code"] == "not_found"


@ONLY_LOCAL
def test_other_functions_refuse_with_problems_too(showreel: Showreel) -> None:
    client = function("generate_video").test_client()

    for path, status, code in [("/", 405, "method_not_allowed"), ("/robots.txt", 404, "not_found")]:
        answer = client.get(path)

        assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
        assert answer.get_json()["code"] == code


@ONLY_LOCAL
def test_favicon_ico_is_served(showreel: Showreel) -> None:
    answer = showreel.get("/favicon.ico")

    assert (answer.status_code, answer.content_type) == (200, "image/svg+xml")
    assert answer.data == showreel.get("/studio/icon.svg").data
    assert showreel.send("POST", "/favicon.ico").json["code"] == "method_not_allowed"
