"""Log lines, as Cloud Logging documents the fields that it takes out of them."""

import json
import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared import logs
from shared.domain.errors import StorageFullError
from shared.logs import JsonFormatter

TRACE = "06796866738c859f2f19b7cfb3214824"
LINKED = f"projects/my-project/traces/{TRACE}"


@pytest.fixture(autouse=True)
def no_request() -> Iterator[None]:
    yield
    logs.begin_request({})


def line(*, project: str = "my-project", **extra: object) -> dict[str, Any]:
    record = logging.makeLogRecord({"levelname": "INFO", "msg": "video.completed", **extra})
    return dict(json.loads(JsonFormatter(project=project).format(record)))


def traced(**headers: str) -> dict[str, Any]:
    logs.begin_request({f"HTTP_{name.upper()}": value for name, value in headers.items()})
    prefix = "logging.googleapis.com/"
    return {key.removeprefix(prefix): each for key, each in line().items() if prefix in key}


def test_the_time_is_rfc_3339_with_fractions_of_a_second() -> None:
    time = line()["time"]

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", time)
    assert datetime.now(UTC) - datetime.fromisoformat(time) < timedelta(minutes=1)


def test_a_whole_second_has_its_fraction_too() -> None:
    assert line(created=1_795_900_000.0)["time"] == "2026-11-28T21:06:40.000000Z"


def test_a_line_is_linked_to_its_trace_by_cloud_runs_header() -> None:
    assert traced(X_Cloud_Trace_Context=f"{TRACE}/74;o=1") == {
        "trace": LINKED,
        "spanId": "000000000000004a",
        "trace_sampled": True,
    }


def test_a_line_is_linked_to_its_trace_by_the_header_of_the_w3c() -> None:
    other = f"{'0' * 31}1/1;o=0"

    assert traced(traceparent=f"00-{TRACE}-00f067aa0ba902b7-00", X_Cloud_Trace_Context=other) == {
        "trace": LINKED,
        "spanId": "00f067aa0ba902b7",
        "trace_sampled": False,
    }


@pytest.mark.parametrize("header", ["", "x", f"{TRACE}", f"{TRACE}/x;o=1", f"../{TRACE}/1;o=1"])
def test_an_invalid_trace_header_is_ignored(header: str) -> None:
    assert traced(X_Cloud_Trace_Context=header, traceparent=header) == {}


def test_without_a_project_no_trace_is_linked() -> None:
    traced(X_Cloud_Trace_Context=f"{TRACE}/74;o=1")

    assert not any("googleapis" in key for key in line(project=""))


def test_the_caller_is_named_until_the_next_request() -> None:
    logs.requested_by.set("shop")
    assert line()["requested_by"] == "shop"

    logs.begin_request({})

    assert "requested_by" not in line()


def logged(error: Exception) -> dict[str, Any]:
    error.__cause__ = OSError(28, "No space left on device")
    return line(exc_info=(type(error), error, None))


def test_an_expected_error_is_logged_with_its_code_and_cause_and_without_a_stack_trace() -> None:
    entry = logged(StorageFullError("The disk is full."))

    assert (entry["code"], entry["detail"]) == ("storage_full", "The disk is full.")
    assert entry["cause"] == "OSError(28, 'No space left on device')"
    assert "exception" not in entry


def test_an_unexpected_error_is_logged_with_its_stack_trace() -> None:
    assert "ValueError: a bug" in logged(ValueError("a bug"))["exception"]
