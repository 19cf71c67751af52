"""What VeoVideoGenerator sends, and to whom."""

import logging
import subprocess
import sys
import traceback
from pathlib import Path

import pytest

from shared.domain.errors import GeneratorBusyError, ShowreelError, UnavailableError
from shared.domain.values import replace
from tests.cloud.loopback import only_loopback
from tests.cloud.veo import BUCKET, LOCATION, MODEL, PROJECT, MakeVeo, Veo, a_submission
from tests.contract.video_generator_contract import ended
from tools.emulated_cloud.http_front import Answer
from tools.emulated_cloud.vertex.answers import (
    DROPPED_AFTER,
    INTERNAL,
    NOT_JSON,
    UNAUTHENTICATED,
    Fault,
)
from tools.emulated_cloud.vertex.server import POLL, SUBMIT

ROOT = Path(__file__).resolve().parents[2]
RESOURCE = f"projects/{PROJECT}/locations/{LOCATION}/publishers/google/models/{MODEL}"
MISLEADING = {
    "GEMINI_API_KEY": "a-key",
    "GOOGLE_API_KEY": "a-key",
    "GOOGLE_API_USE_MTLS_ENDPOINT": "always",
    "GOOGLE_CLOUD_LOCATION": "europe-west4",
    "GOOGLE_CLOUD_PROJECT": "another-project",
    "GOOGLE_GEMINI_BASE_URL": "http://gemini.invalid",
    "GOOGLE_GENAI_API_VERSION": "v9",
    "GOOGLE_GENAI_CLIENT_MODE": "replay",
    "GOOGLE_GENAI_USE_ENTERPRISE": "false",
    "GOOGLE_GENAI_USE_VERTEXAI": "false",
    "GOOGLE_VERTEX_BASE_URL": "http://vertex.invalid",
}
# As much of aiohttp as the SDK needs to take it for installed.
AIOHTTP = """
class ClientConnectorError(Exception): ...
class ClientOSError(Exception): ...
class ServerDisconnectedError(Exception): ...
class ClientResponse: ...
class ClientSession:
    def __init__(self, *args, **options):
        raise SystemExit("aiohttp was used")
    def _request(self, *, ssl=True): ...
"""
SUBMIT_ONCE = """
import sys
from google.genai._api_client import has_aiohttp
from shared.domain.errors import SubmissionUnknownError
from tests.cloud.veo import a_generator, a_submission
assert has_aiohttp
try:
    a_generator(sys.argv[1]).submit(a_submission())
except SubmissionUnknownError as error:
    print(error)
"""


def test_a_submission_requests_one_clip_with_the_chosen_parameters(veo: Veo) -> None:
    submission = a_submission(
        resolution="720p",
        aspect_ratio="9:16",
        generate_audio=False,
        seed=7,
        negative_prompt="rain",
        person_generation="dont_allow",
    )

    veo.generator.submit(submission)

    [request] = veo.vertex.requests
    assert request.path == f"/v1/{RESOURCE}{SUBMIT}"
    assert request.headers["authorization"] == "Bearer token-1"
    assert request.body == {
        "instances": [{"prompt": submission.enhanced_prompt}],
        "parameters": {
            "sampleCount": 1,
            "storageUri": f"gs://{BUCKET}/{submission.output_prefix}",
            "durationSeconds": 4,
            "aspectRatio": "9:16",
            "resolution": "720p",
            "generateAudio": False,
            "seed": 7,
            "negativePrompt": "rain",
            "personGeneration": "dont_allow",
        },
        "labels": {
            "application": "showreel",
            "campaign": "spring_2026",
            "video": "0123456789abcdef",
            "attempt": "1",
        },
    }


def test_unset_parameters_are_not_sent(veo: Veo) -> None:
    veo.generator.submit(a_submission())

    [request] = veo.vertex.requests
    assert not {"seed", "negativePrompt", "personGeneration"} & request.body["parameters"].keys()


def test_without_a_bucket_no_storage_uri_is_sent(inline_veo: Veo) -> None:
    inline_veo.generator.submit(a_submission())

    [request] = inline_veo.vertex.requests
    assert "storageUri" not in request.body["parameters"]


def test_google_gives_up_when_showreel_does(veo: Veo, make_veo: MakeVeo) -> None:
    make_veo(veo.vertex.url).submit(a_submission())

    [request] = veo.vertex.requests
    assert request.headers["x-server-timeout"] == "60"


def test_the_longest_campaign_id_makes_a_valid_label(veo: Veo) -> None:
    veo.generator.submit(replace(a_submission(), campaign_id="A" * 64))

    assert veo.vertex.requests[0].body["labels"]["campaign"] == "a" * 63


def test_another_process_checks_an_operation_by_its_name(veo: Veo, make_veo: MakeVeo) -> None:
    operation = veo.generator.submit(a_submission()).operation
    elsewhere = make_veo(veo.vertex.url, project="other", location="europe-west4")

    ended(elsewhere, operation)

    [request, *_] = veo.vertex.asked(POLL)
    assert request.path == f"/v1/{RESOURCE}{POLL}"
    assert request.body == {"operationName": operation}


@pytest.mark.parametrize("names", [*([name] for name in MISLEADING), list(MISLEADING)])
def test_the_environment_does_not_lead_requests_elsewhere(
    veo: Veo, monkeypatch: pytest.MonkeyPatch, names: list[str], make_veo: MakeVeo
) -> None:
    for name in names:
        monkeypatch.setenv(name, MISLEADING[name])
    generator = make_veo(veo.vertex.url)

    generator.check(generator.submit(a_submission()).operation)

    assert [request.path for request in veo.vertex.requests] == [
        f"/v1/{RESOURCE}{SUBMIT}",
        f"/v1/{RESOURCE}{POLL}",
    ]
    assert {request.headers["authorization"] for request in veo.vertex.requests} == {
        "Bearer token-1"
    }


@pytest.mark.parametrize(
    ("location", "host"),
    [
        ("us-central1", "us-central1-aiplatform.googleapis.com"),
        ("europe-west4", "europe-west4-aiplatform.googleapis.com"),
        ("global", "aiplatform.googleapis.com"),
        ("eu", "aiplatform.eu.rep.googleapis.com"),
    ],
)
def test_each_location_has_its_host(location: str, host: str, make_veo: MakeVeo) -> None:
    with only_loopback() as refused, pytest.raises(GeneratorBusyError):
        make_veo("", location=location).submit(a_submission())

    assert [host] == refused


def test_an_operation_is_polled_in_its_own_location(make_veo: MakeVeo) -> None:
    """The configured location may have changed since it was submitted."""
    operation = f"{RESOURCE}/operations/1".replace(LOCATION, "asia-east1")

    with only_loopback() as refused, pytest.raises(UnavailableError):
        make_veo("", location="global").check(operation)

    assert set(refused) == {"asia-east1-aiplatform.googleapis.com"}


def test_a_redirect_is_not_followed(veo: Veo) -> None:
    """It would take a paid submission, and the token, to another host."""
    moved = Answer(status=307, body=b"", headers={"Location": f"{veo.vertex.url}/elsewhere"})
    veo.vertex.fail(SUBMIT, Fault(answer=moved))

    with pytest.raises(ShowreelError):
        veo.generator.submit(a_submission())

    assert len(veo.vertex.requests) == 1


def test_no_token_appears_in_logs_or_errors(veo: Veo, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    told: list[str] = []
    for fault in (UNAUTHENTICATED, INTERNAL, NOT_JSON):
        veo.vertex.fail(SUBMIT, fault)
        with pytest.raises(ShowreelError) as raised:
            veo.generator.submit(a_submission())
        told += traceback.format_exception(raised.value)
    ended(veo.generator, veo.generator.submit(a_submission()).operation)

    assert "generator.submission" in caplog.text
    assert "token-" not in caplog.text + "".join(told)


def test_an_installed_aiohttp_submits_nothing_a_second_time(veo: Veo, tmp_path: Path) -> None:
    """The SDK's asynchronous client would use it, and send a lost submission again."""
    Path(tmp_path, "aiohttp.py").write_text(AIOHTTP)
    veo.vertex.fail(SUBMIT, DROPPED_AFTER)

    found = subprocess.run(
        [sys.executable, "-c", SUBMIT_ONCE, veo.vertex.url],
        cwd=ROOT,
        env={"PYTHONPATH": f"{tmp_path}:{ROOT}", "NO_PROXY": "*"},
        check=True,
        capture_output=True,
        text=True,
    )

    assert "not known" in found.stdout
    assert veo.vertex.submissions == 1
