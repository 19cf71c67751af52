"""Batches as their callers meet them: a file of many requests, its progress and its results."""

import json
from threading import Barrier

import pytest

from shared import bootstrap
from shared.domain.batch import Totals
from tests.eventually import eventually
from tests.functional.places import ONLY_LOCAL
from tests.functional.showreel import KITE, Answer, Json, Showreel

JSON_LINES = {"Content-Type": "application/x-ndjson"}
CSV = {"Content-Type": "text/csv"}


def lines(*requests: Json) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in requests)


def a_line(number: int, **fields: object) -> Json:
    return {"campaign_id": f"c{number}", "prompt": f"{KITE} {number}", "seconds": 4, **fields}


def send(
    service: Showreel,
    content: bytes,
    headers: dict[str, str] = JSON_LINES,
    *,
    path: str = "/v1/batches",
    query: str = "",
) -> Answer:
    return service.send("POST", f"{path}{query}", data=content, headers=headers)


def over(service: Showreel, batch: Json) -> Json:
    """Wait until the batch is completed or cancelled."""

    def found() -> Json | None:
        latest: Json = service.get(f"/v1/batches/{batch['id']}").json
        return latest if latest["status"] in ("completed", "cancelled") else None

    return eventually(found)


def results(service: Showreel, batch: Json, query: str = "") -> list[Json]:
    answer = service.get(f"/v1/batches/{batch['id']}/results{query}")
    assert (answer.status_code, answer.mimetype) == (200, "application/x-ndjson")
    return [json.loads(line) for line in answer.text.splitlines()]


def two_results(service: Showreel, batch: Json) -> list[Json]:
    """Wait until two lines are done."""

    def found() -> list[Json] | None:
        latest = results(service, batch)
        return latest if len(latest) == 2 else None

    return eventually(found)


def test_each_line_of_a_batch_creates_its_videos(showreel: Showreel) -> None:
    content = lines(
        a_line(0), {"campaign_id": "spring", "prompts": ["A boat", "A leaf"], "seconds": 4}
    )

    answer = send(showreel, content)
    batch = answer.json

    assert answer.status_code == 202
    assert answer.headers["Location"].endswith(f"/v1/batches/{batch['id']}")
    assert (batch["object"], batch["total"], batch["priority"]) == ("batch", 2, "bulk")
    assert batch["cost_usd"] == {"estimated": 4.8, "actual": 0}
    ended = over(showreel, batch)
    assert (ended["status"], ended["videos"]["completed"]) == ("completed", 3)
    assert ended["lines"] == {"done": 2, "refused": 0}
    assert ended["cost_usd"] == {"estimated": 4.8, "actual": 4.8}
    first, second = results(showreel, batch)
    assert (first["line"], first["campaign_id"], first["error"]) == (1, "c0", None)
    (made,) = first["videos"]
    assert (made["outcome"], made["video"]["status"]) == ("created", "completed")
    assert showreel.video(made) == made["video"]
    assert [each["video"]["index"] for each in second["videos"]] == [0, 1]
    assert {each["video"]["priority"] for each in second["videos"]} == {"bulk"}


def test_an_estimate_checks_the_file_and_starts_nothing(api: Showreel) -> None:
    api.create("c0", f"{KITE} 0", seconds=4)
    two = {"campaign_id": "c1", "prompts": ["A boat", "A leaf"], "seconds": 4}

    answer = send(api, lines(a_line(0), two), path="/v1/batches/estimate")
    refused = send(api, lines(two, a_line(2, seconds=5)), path="/v1/batches/estimate")

    assert (answer.status_code, answer.json) == (
        200,
        {
            "object": "batch.estimate",
            "total": 2,
            "videos": {"created": 2, "cached": 0, "attached": 1},
            "cost_usd": 3.2,
        },
    )
    assert (refused.status_code, [each["line"] for each in refused.json["lines"]]) == (400, [2])
    assert api.get("/v1/batches").json["data"] == []
    assert api.get("/v1/campaigns/c1").status_code == 404


@ONLY_LOCAL
def test_csv_has_the_names_of_fields_in_its_header(showreel: Showreel) -> None:
    content = (
        b"\xef\xbb\xbfcampaign_id,prompt,seconds,tags,business_context[tone],metadata\r\n"
        b'spring,"A kite,\r\nred",4,"launch, kites",warm,"{""order"": ""17""}"\r\n'
        b"\r\n"
        b"autumn,A leaf,4,,,\r\n"
    )

    batch = send(showreel, content, CSV).json
    over(showreel, batch)

    first, second = results(showreel, batch)
    (kite,), (leaf,) = ([each["video"] for each in line["videos"]] for line in (first, second))
    assert (first["line"], second["line"]) == (2, 5)
    assert kite["prompt"] == "A kite,\r\nred"
    assert kite["tags"] == ["launch", "kites"]
    assert kite["business_context"] == {"tone": "warm"}
    assert kite["metadata"] == {"order": "17"}
    assert (leaf["campaign_id"], leaf["tags"], leaf["metadata"]) == ("autumn", [], {})


@ONLY_LOCAL
def test_the_same_bytes_are_the_same_batch(showreel: Showreel) -> None:
    batch = send(showreel, lines(a_line(0))).json
    over(showreel, batch)

    again = send(showreel, lines(a_line(0)))

    assert (again.status_code, again.json["id"]) == (200, batch["id"])
    assert again.json["status"] == "completed"
    assert len(showreel.get("/v1/videos").json["data"]) == 1


def test_a_key_makes_the_same_bytes_another_batch(api: Showreel) -> None:
    first = send(api, lines(a_line(0))).json
    keyed = send(api, lines(a_line(0)), {**JSON_LINES, "Idempotency-Key": "tonight"})
    again = send(api, lines(a_line(0)), {**JSON_LINES, "Idempotency-Key": "tonight"})

    assert keyed.json["id"] != first["id"]
    assert (again.status_code, again.json) == (202, keyed.json)
    assert again.headers["Idempotency-Replayed"] == "true"
    ids = [each["id"] for each in api.get("/v1/batches").json["data"]]
    assert sorted(ids) == sorted([first["id"], keyed.json["id"]])


@ONLY_LOCAL
@pytest.mark.parametrize(
    ("content", "query"), [(lines(a_line(1)), ""), (lines(a_line(0)), "?priority=interactive")]
)
def test_a_key_belongs_to_one_file_and_query(api: Showreel, content: bytes, query: str) -> None:
    headers = {**JSON_LINES, "Idempotency-Key": "tonight"}
    send(api, lines(a_line(0)), headers)

    refused = send(api, content, headers, query=query)

    assert (refused.status_code, refused.json["code"]) == (422, "idempotency_key_reused")


@ONLY_LOCAL
def test_a_line_may_override_the_priority_of_its_batch(endless: Showreel) -> None:
    content = lines(a_line(0), a_line(1, priority="bulk"))

    batch = send(endless, content, query="?priority=interactive").json

    assert batch["priority"] == "interactive"
    found = two_results(endless, batch)
    assert [line["videos"][0]["video"]["priority"] for line in found] == ["interactive", "bulk"]


def test_a_cancelled_batch_creates_no_more_videos(api: Showreel) -> None:
    batch = send(api, lines(a_line(0))).json

    first = api.post(f"/v1/batches/{batch['id']}/cancel")
    again = api.post(f"/v1/batches/{batch['id']}/cancel")

    assert (first.status_code, first.json["status"]) == (200, "cancelling")
    assert (again.status_code, again.json["cancelled_at"]) == (200, first.json["cancelled_at"])


def test_a_batch_in_progress_has_the_results_of_its_first_lines(endless: Showreel) -> None:
    batch = send(endless, lines(a_line(0), a_line(1))).json

    found = two_results(endless, batch)

    assert {line["videos"][0]["video"]["status"] for line in found} <= {"queued", "in_progress"}
    latest = endless.get(f"/v1/batches/{batch['id']}")
    assert latest.json["status"] == "in_progress"
    assert latest.json["expected_done_at"] is not None
    assert latest.headers["Retry-After"]


def test_results_may_have_signed_urls(showreel: Showreel) -> None:
    batch = send(showreel, lines(a_line(0))).json
    over(showreel, batch)

    (line,) = results(showreel, batch, "?include=signed_url")

    signed = line["videos"][0]["video"]["signed_url"]["url"]
    assert showreel.get(signed.removeprefix("http://localhost")).status_code == 200


def test_the_result_of_a_deleted_video_says_deleted(showreel: Showreel) -> None:
    batch = send(showreel, lines(a_line(0))).json
    over(showreel, batch)
    ((made,),) = (line["videos"] for line in results(showreel, batch))
    assert showreel.delete(f"/v1/videos/{made['id']}?purge=true").status_code == 200

    ((left,),) = (line["videos"] for line in results(showreel, batch))
    assert left == {"id": made["id"], "outcome": "created", "video": None}


def test_batches_are_listed_the_newest_first(api: Showreel) -> None:
    ids = [send(api, lines(a_line(number))).json["id"] for number in range(3)]

    first = api.get("/v1/batches?limit=2").json
    rest = api.get(f"/v1/batches?limit=2&after={first['last_id']}").json

    listed = [each["id"] for each in (*first["data"], *rest["data"])]
    assert sorted(listed) == sorted(ids)
    assert (first["has_more"], rest["has_more"]) == (True, False)


def test_listed_batches_are_counted_at_the_same_time(
    api: Showreel, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(2):
        send(api, lines(a_line(number)))
    batches = bootstrap.ports().batches
    totals, both = batches.totals, Barrier(2, timeout=20)

    def counted(batch_id: str) -> Totals:
        both.wait()
        return totals(batch_id)

    monkeypatch.setattr(batches, "totals", counted)

    assert len(api.get("/v1/batches").json["data"]) == 2


@ONLY_LOCAL
@pytest.mark.parametrize(
    ("content", "headers", "code", "named"),
    [
        (b"", JSON_LINES, "invalid_request", None),
        (b"\n \n", JSON_LINES, "invalid_request", None),
        (b"", CSV, "invalid_request", None),
        (b"campaign_id,prompt\n", CSV, "invalid_request", None),
        (b"campaign_id,colour\na,red\n", CSV, "invalid_request", None),
        (b"campaign_id;prompt\na;Kite\n", CSV, "invalid_request", None),
        (b"campaign_id,prompt,prompt\na,b,c\n", CSV, "invalid_request", None),
        (b'campaign_id,prompt\na,"Kite\n', CSV, "invalid_request", None),
        (b"campaign_id,prompt\na,Kite\xff\n", CSV, "invalid_request", None),
        (lines(a_line(0)).decode().encode("utf-16"), JSON_LINES, "invalid_request", None),
        (b"campaign_id,prompt\na,Kite\nb\nc,Boat\n", CSV, "invalid_batch", [3]),
        (b"campaign_id,prompts\na,Kite\n", CSV, "invalid_batch", [2]),
        (b"campaign_id,prompt,metadata\na,Kite,{\n", CSV, "invalid_batch", [2]),
        (b'campaign_id,prompt,metadata\na,Kite,"{""k"": ""1"", ""k"": ""2""}"\n', CSV,
         "invalid_batch", [2]),
        (b'campaign_id,prompt,metadata,metadata[k]\na,Kite,"{""k"": ""1""}",2\n', CSV,
         "invalid_batch", [2]),
        (b'{"campaign_id": "c", "prompt": "Kite", "prompt": "Boat"}\n', JSON_LINES,
         "invalid_batch", [1]),
        (lines(a_line(0)) + b'{"campaign_id": "c1"\n' + lines(a_line(2)), JSON_LINES,
         "invalid_batch", [2]),
        (b"\n\xff\n", JSON_LINES, "invalid_batch", [2]),
        (lines(a_line(0), a_line(1, model="veo-2.0-generate-001")), JSON_LINES,
         "invalid_batch", [2]),
        (lines(a_line(0, index=0), a_line(0, index=0, prompt="A boat")), JSON_LINES,
         "invalid_batch", [2]),
        (lines({"campaign_id": "c", "prompts": ["A boat"], "n": 2}), JSON_LINES,
         "invalid_batch", [1]),
        (b"[]\n", JSON_LINES, "invalid_batch", [1]),
    ],
)  # fmt: skip
def test_bad_files_are_refused_with_their_lines(
    api: Showreel, content: bytes, headers: dict[str, str], code: str, named: list[int] | None
) -> None:
    answer = send(api, content, headers)

    assert (answer.status_code, answer.json["code"]) == (400, code)
    if named is not None:
        assert [each["line"] for each in answer.json["lines"]] == named
        assert all(each["message"] for each in answer.json["lines"])
    assert api.get("/v1/batches").json["data"] == []
    assert not any("batches" in path for path in api.files())


@ONLY_LOCAL
def test_a_row_with_more_or_fewer_cells_than_the_header_says_how_many(api: Showreel) -> None:
    answer = send(api, b"campaign_id,prompt\na\na,Kite,8\n", CSV)

    assert [each["message"] for each in answer.json["lines"]] == [
        "The row has 1 cell, but the header has 2.",
        "The row has 3 cells, but the header has 2.",
    ]


@ONLY_LOCAL
def test_a_line_names_the_field_that_was_sent(api: Showreel) -> None:
    size = {"size": "3840x2160", "seconds": 8, "model": "veo-3.1-fast-generate-001"}
    reference = {"input_reference": "input_c.0123456789abcdef"}

    answer = send(api, lines(a_line(0, **size), a_line(0, **reference)), JSON_LINES)

    assert [each["param"] for each in answer.json["lines"]] == ["size", "input_reference"]


@ONLY_LOCAL
def test_a_file_of_too_many_lines_is_refused(api: Showreel) -> None:
    answer = send(api, b"{}\n" * 10_001)

    assert (answer.status_code, answer.json["code"]) == (400, "invalid_request")
    assert "10,001" in answer.json["detail"]


@ONLY_LOCAL
def test_a_file_of_too_many_bytes_is_refused(api: Showreel) -> None:
    answer = send(api, b" " * 11_000_000)

    assert answer.status_code == 413
    assert "10,000,000" in answer.json["detail"]


@ONLY_LOCAL
def test_a_file_of_ten_thousand_lines_and_ten_megabytes_is_accepted(api: Showreel) -> None:
    content = lines(*[a_line(number, prompt=f"{number} " + "x" * 900) for number in range(10_000)])
    assert 9_500_000 < len(content) < 10_000_000

    answer = send(api, content)

    assert (answer.status_code, answer.json["total"]) == (202, 10_000)


@ONLY_LOCAL
@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
def test_other_content_types_are_refused(api: Showreel, content_type: str) -> None:
    answer = send(api, lines(a_line(0)), {"Content-Type": content_type})

    assert answer.status_code == 415
    assert "text/csv" in answer.json["detail"]


@ONLY_LOCAL
@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("?max_cost_usd=1.59", 422, "max_cost_exceeded"),
        ("?max_cost_usd=-1", 400, "invalid_request"),
        ("?priority=soon", 400, "invalid_request"),
        ("?colour=red", 400, "invalid_request"),
    ],
)
def test_bad_queries_are_refused(api: Showreel, query: str, status: int, code: str) -> None:
    answer = send(api, lines(a_line(0)), query=query)

    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert api.get("/v1/batches").json["data"] == []


@ONLY_LOCAL
@pytest.mark.parametrize("path", ["", "/results", "/cancel"])
@pytest.mark.parametrize("batch_id", ["batch_0123456789abcdef", "batch_1", "..%2fx"])
def test_an_unknown_batch_is_not_found(api: Showreel, batch_id: str, path: str) -> None:
    method = "POST" if path == "/cancel" else "GET"
    answer = api.send(method, f"/v1/batches/{batch_id}{path}")

    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
