"""Behind Cloud Run's front end: it ends TLS, and its address is not loopback."""

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from types import MappingProxyType
from typing import Any

import pytest

from tools.emulated_cloud.function_process import FunctionProcess

# gunicorn trusts X-Forwarded-Proto from 127.0.0.1 and ::1, so this one stands for any other.
FRONT_END = "127.0.0.2"
A_VIDEO = {"prompt": "A red kite over dunes", "campaign_id": "spring", "seconds": 4}

Json = dict[str, Any]
Served = dict[str, FunctionProcess]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The API over one folder, as Cloud Run starts it and as a laptop does."""
    folder = tmp_path_factory.mktemp("front-end")
    settings = {"STORAGE_URL": f"file://{folder}/data", "SYNTHETIC_SECONDS": "1800"}
    hosts = {"ALLOWED_HOSTS": "laptop.example,serve-api-1.run.app"}
    homes = {name: folder / name for name in ("cloud", "laptop")}
    for home in homes.values():
        home.mkdir()
    with (
        FunctionProcess(
            "serve_api", environment={**settings, "K_SERVICE": "serve-api"}, home=homes["cloud"]
        ) as cloud,
        FunctionProcess("serve_api", environment=settings | hosts, home=homes["laptop"]) as laptop,
    ):
        assert cloud.wait_until_ready()
        assert laptop.wait_until_ready()
        yield {"cloud": cloud, "laptop": laptop}


def ask(
    function: FunctionProcess,
    path: str,
    body: Json | None = None,
    *,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(
        "127.0.0.1", function.port, timeout=60, source_address=(FRONT_END, 0)
    )
    sent = {"Host": "serve-api-1.run.app", "Content-Type": "application/json", **headers}
    with closing(connection):
        connection.request(
            "GET" if body is None else "POST",
            path,
            None if body is None else json.dumps(body),
            sent,
        )
        answer = connection.getresponse()
        return answer, answer.read()


def urls_of(answer: http.client.HTTPResponse, content: bytes) -> list[str]:
    video = json.loads(content)
    return [answer.headers["Location"], video["content_url"], video["thumbnail_url"]]


def all_begin_with(base_url: str, urls: list[str]) -> bool:
    return all(url.startswith(base_url) for url in urls)


def test_every_url_is_https_and_a_replayed_one_too(served: Served) -> None:
    https = {"X-Forwarded-Proto": "https", "Idempotency-Key": "order-17"}

    created = ask(served["cloud"], "/v1/videos", A_VIDEO, headers=https)
    again = ask(served["cloud"], "/v1/videos", A_VIDEO, headers=https)
    described = ask(served["cloud"], "/v1/openapi.json", headers=https)

    assert all_begin_with("https://serve-api-1.run.app/v1/videos/", urls_of(*created))
    assert again[0].headers["Idempotency-Replayed"] == "true"
    assert created[1] == again[1]
    assert created[0].headers["Location"] == again[0].headers["Location"]
    assert json.loads(described[1])["servers"] == [{"url": "https://serve-api-1.run.app"}]


def test_a_replayed_answer_has_the_urls_of_the_repeated_request(served: Served) -> None:
    key = {"Idempotency-Key": "order-18"}
    here = {"Host": "laptop.example", **key}
    there = {"X-Forwarded-Proto": "https", **key}
    body = {**A_VIDEO, "prompt": "http://laptop.example/v1/videos/x", "campaign_id": "replayed"}

    first = ask(served["laptop"], "/v1/videos", body, headers=here)
    again = ask(served["cloud"], "/v1/videos", body, headers=there)

    assert all_begin_with("http://laptop.example/v1/videos/", urls_of(*first))
    assert all_begin_with("https://serve-api-1.run.app/v1/videos/", urls_of(*again))
    told, repeated = json.loads(first[1]), json.loads(again[1])
    differs = {name for name in told if told[name] != repeated[name]}
    assert differs == {"content_url", "thumbnail_url"}
    assert list(told) == list(repeated)


def test_outside_cloud_run_forwarded_headers_are_ignored(served: Served) -> None:
    created = ask(served["laptop"], "/v1/videos", A_VIDEO, headers={"X-Forwarded-Proto": "https"})

    assert all_begin_with("http://", urls_of(*created))


def test_the_first_forwarded_scheme_counts(served: Served) -> None:
    created = ask(
        served["cloud"], "/v1/videos", A_VIDEO, headers={"X-Forwarded-Proto": "https, http"}
    )

    assert all_begin_with("https://serve-api-1.run.app/", urls_of(*created))


@pytest.mark.parametrize("scheme", ["javascript", ", https", ""])
def test_an_invalid_forwarded_scheme_is_ignored(served: Served, scheme: str) -> None:
    created = ask(served["cloud"], "/v1/videos", A_VIDEO, headers={"X-Forwarded-Proto": scheme})

    assert all_begin_with("http://serve-api-1.run.app/", urls_of(*created))
