"""What every refusal has in common."""

from tests.functional.showreel import Answer

INVALID = (400, "invalid_request")


def assert_refused(answer: Answer, status: int, code: str) -> None:
    """The answer is a whole problem, for clients of both kinds, that no client tries again."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    problem = answer.json
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["type"] == f"urn:showreel:error:{code}"
    assert problem["title"]
    assert problem["detail"].endswith(".")
    assert problem["instance"].startswith("/")
    assert problem["retryable"] is False
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    assert problem["error"]["code"] == code
    assert problem["error"]["message"] == problem["detail"]
    assert problem["error"]["type"].endswith("_error")
    assert answer.headers["X-Should-Retry"] == "false"
    assert answer.headers["Cache-Control"] == "no-store"
