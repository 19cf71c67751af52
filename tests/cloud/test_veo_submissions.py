"""Every answer to a submission, through the real SDK: what it means, and what it costs."""

import traceback
from dataclasses import dataclass
from datetime import timedelta

import pytest
from google.auth.exceptions import RefreshError

from shared.adapters.google.generator_answers import SUBMISSION_ANSWERS
from shared.domain.errors import (
    GenerationRefusedError,
    GeneratorBusyError,
    SubmissionError,
    SubmissionUnknownError,
)
from shared.domain.model_registry import MODELS
from tests.cloud.veo import MODEL, TODAY, CountedToken, MakeVeo, Veo, a_submission
from tools.emulated_cloud.http_front import Answer, answer_json
from tools.emulated_cloud.processes import free_port
from tools.emulated_cloud.vertex.answers import (
    DROPPED_AFTER,
    DROPPED_BEFORE,
    LATE,
    NO_QUOTA,
    NOT_JSON,
    UNAUTHENTICATED,
    UNAVAILABLE,
    Fault,
    error,
    invalid_argument,
    model_not_found,
    no_quota,
    object_not_found,
    page,
    permission_denied,
)
from tools.emulated_cloud.vertex.server import SUBMIT

RESOURCE = f"projects/p/locations/us-central1/publishers/google/models/{MODEL}"
FILTERED_AT_ONCE = invalid_argument(
    "The prompt could not be submitted. It violates Vertex AI's usage guidelines. "
    "Support codes: 58061214, 99999999"
)
FILTERED = "400 with support codes or a code such as SAFETY, or about Google's policies"
NO_OBJECT = "404 about an object of Cloud Storage"
NO_MODEL = "any other 404"
UNCLEAR = "408, 409, 499"
INVALID = "400, and any other 4xx"
NO_OPERATION: list[object] = [{}, [], None, "done", {"name": 5}, {"name": "operations/short"}]
ELSE = SUBMISSION_ANSWERS[-1].answer
TESTED_ALONE = {
    "404, and the model is past its date in Showreel's registry",
    "no connection: refused, unknown host, TLS, proxy",
    "no credentials, or no token for them",
}


@dataclass(frozen=True, kw_only=True)
class Case:
    """`rule` is the documented answer that `fault` is an example of; `paid` counts operations."""

    rule: str
    fault: Fault
    raises: type[SubmissionError]
    code: str
    paid: int = 0


def refused(rule: str, given: Answer, code: str) -> Case:
    return Case(rule=rule, fault=Fault(answer=given), raises=GenerationRefusedError, code=code)


def busy(rule: str, fault: Fault) -> Case:
    return Case(rule=rule, fault=fault, raises=GeneratorBusyError, code="provider_quota")


def unknown(rule: str, fault: Fault) -> Case:
    code, paid = "outcome_unknown", int(fault.accepted)
    return Case(rule=rule, fault=fault, raises=SubmissionUnknownError, code=code, paid=paid)


def status(code: int, name: str = "ANY") -> Answer:
    return error(code, name, f"This is a {code}.")


def accepted(content: object) -> Fault:
    return Fault(answer=answer_json(content), accepted=True)


CASES = [
    refused(FILTERED, FILTERED_AT_ONCE, "content_filtered"),
    busy("401", UNAUTHENTICATED),
    refused("403", permission_denied(RESOURCE), "permission_denied"),
    refused(NO_OBJECT, object_not_found("gs://bucket/cup.png"), "input_missing"),
    refused(NO_MODEL, model_not_found(RESOURCE), "model_not_found"),
    refused(NO_MODEL, page(404, "<html>Not found</html>"), "model_not_found"),
    busy("429", NO_QUOTA),
    busy("429", Fault(answer=page(429, "<html>Slow down</html>"))),
    *(unknown(UNCLEAR, Fault(answer=status(code))) for code in (408, 409, 499)),
    refused(INVALID, status(400, "INVALID_ARGUMENT"), "invalid_request"),
    refused(INVALID, status(400, "FAILED_PRECONDITION"), "invalid_request"),
    refused(INVALID, page(413, "<html>Too large</html>"), "invalid_request"),
    *(unknown(ELSE, Fault(answer=status(code))) for code in (302, 500, 502, 504)),
    unknown(ELSE, UNAVAILABLE),
    unknown(ELSE, Fault(answer=status(500), accepted=True)),
    unknown(ELSE, LATE),
    unknown(ELSE, DROPPED_BEFORE),
    unknown(ELSE, DROPPED_AFTER),
    unknown(ELSE, NOT_JSON),
    *(unknown(ELSE, accepted(content)) for content in NO_OPERATION),
]


class NoToken(CountedToken):
    """Credentials that were taken away."""

    def __init__(self) -> None:
        super().__init__()
        self.token = None

    def refresh(self, request: object) -> None:
        raise RefreshError("Not accepted: ya29.secret")  # type: ignore[no-untyped-call]


def test_every_documented_answer_is_tested() -> None:
    documented = {rule.answer for rule in SUBMISSION_ANSWERS}

    assert documented == {case.rule for case in CASES} | TESTED_ALONE


@pytest.mark.parametrize("case", CASES)
def test_a_submission_is_sent_once_whatever_is_answered(
    veo: Veo, case: Case, make_veo: MakeVeo
) -> None:
    veo.vertex.fail(SUBMIT, case.fault)
    patience = timedelta(seconds=0.3 if case.fault is LATE else 10)
    generator = make_veo(veo.vertex.url, submit_timeout=patience)

    with pytest.raises(case.raises) as raised:
        generator.submit(a_submission())

    assert (case.code, 1, case.paid) == (
        raised.value.code,
        len(veo.vertex.asked(SUBMIT)),
        veo.vertex.submissions,
    )
    assert raised.value.message


def test_the_submission_after_a_busy_answer_is_accepted(veo: Veo) -> None:
    veo.vertex.fail(SUBMIT, NO_QUOTA)
    with pytest.raises(GeneratorBusyError):
        veo.generator.submit(a_submission())

    veo.generator.submit(a_submission())

    assert veo.vertex.submissions == 1


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        (no_quota(), 17),
        (error(429, "RESOURCE_EXHAUSTED", "Slow.", headers={"Retry-After": "33"}), 33),
        (error(429, "RESOURCE_EXHAUSTED", "Slow."), 60),
        (error(429, "RESOURCE_EXHAUSTED", "Slow.", headers={"Retry-After": "soon"}), 60),
        (error(429, "RESOURCE_EXHAUSTED", "Slow.", details=({"retryDelay": "0.2s"},)), 1),
        (error(429, "RESOURCE_EXHAUSTED", "Slow.", details=({"retryDelay": "86400s"},)), 600),
        (error(429, "RESOURCE_EXHAUSTED", "Slow.", details=({"retryDelay": None},)), 60),
    ],
)
def test_a_busy_veo_says_how_long_to_wait(veo: Veo, given: Answer, seconds: int) -> None:
    veo.vertex.fail(SUBMIT, Fault(answer=given))

    with pytest.raises(GeneratorBusyError) as raised:
        veo.generator.submit(a_submission())

    assert timedelta(seconds=seconds) == raised.value.retry_after


def test_nothing_is_submitted_if_the_connection_is_refused(make_veo: MakeVeo) -> None:
    generator = make_veo(f"http://127.0.0.1:{free_port()}")

    with pytest.raises(GeneratorBusyError, match="could not be reached"):
        generator.submit(a_submission())


def test_nothing_was_submitted_without_a_token(veo: Veo, make_veo: MakeVeo) -> None:
    generator = make_veo(veo.vertex.url, credentials=NoToken())

    with pytest.raises(GeneratorBusyError, match="credentials for Vertex AI") as raised:
        generator.submit(a_submission())

    assert "ya29" not in "".join(traceback.format_exception(raised.value))
    assert veo.vertex.requests == []


def test_a_token_that_is_not_accepted_is_renewed(veo: Veo) -> None:
    veo.vertex.fail(SUBMIT, UNAUTHENTICATED)
    with pytest.raises(GeneratorBusyError):
        veo.generator.submit(a_submission())

    veo.generator.submit(a_submission())

    sent = [request.headers["authorization"] for request in veo.vertex.asked(SUBMIT)]
    assert sent == ["Bearer token-1", "Bearer token-2"]


@pytest.mark.parametrize("model", ["veo-2.0-generate-001", MODEL])
def test_a_model_not_found_after_its_retirement_date_is_retired(
    veo: Veo, model: str, make_veo: MakeVeo
) -> None:
    veo.vertex.models.clear()
    generator = make_veo(veo.vertex.url, now=lambda: TODAY + timedelta(days=30))

    with pytest.raises(GenerationRefusedError, match=model) as raised:
        generator.submit(a_submission(model=model))

    assert raised.value.code == "model_retired"
    assert raised.value.message.endswith(f"Use {MODELS[model].successor}.")


def test_a_refusal_names_the_permission_that_is_missing(veo: Veo) -> None:
    veo.vertex.fail(SUBMIT, Fault(answer=permission_denied(RESOURCE)))

    with pytest.raises(GenerationRefusedError, match=r"aiplatform\.endpoints\.predict"):
        veo.generator.submit(a_submission())


def test_a_refusal_quotes_what_google_calls_invalid(veo: Veo) -> None:
    with pytest.raises(GenerationRefusedError, match="`durationSeconds` is out of bound"):
        veo.generator.submit(a_submission(duration_seconds=5))


def test_a_prompt_that_is_filtered_at_once_says_why(veo: Veo) -> None:
    veo.vertex.fail(SUBMIT, Fault(answer=FILTERED_AT_ONCE))

    with pytest.raises(GenerationRefusedError, match="child, support code 99999999"):
        veo.generator.submit(a_submission())
