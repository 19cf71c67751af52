"""One answer for each key, whichever process dies or comes at the same time, for a week."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest

from shared.domain.errors import (
    IdempotencyKeyReusedError,
    SlotBusyError,
    StorageError,
    UnavailableError,
)
from shared.domain.schedule import REQUEST_MEMORY
from shared.domain.storage_layout import claim_path
from shared.ports import Ports
from shared.use_cases.answer_once import Answer, answer_once, forget_requests
from shared.use_cases.claims import Claim
from tests.fakes.ports import FakePorts
from tests.unit.use_cases.scenes import make
from tests.unit.use_cases.watching import (
    DiedError,
    Hooks,
    Once,
    at_every_call,
    die,
    watched,
)

KEY = "key_of_the_caller"


def a_claim(name: str = "first", digest: str = "of the request") -> Claim:
    return Claim(name=name, digest=digest, claimed_at="2026-11-07T12:00:00+00:00")


class Acts:
    """What is done for claims: each time with another answer."""

    def __init__(self) -> None:
        self.claims: list[Claim] = []

    def __call__(self, claim: Claim) -> bytes:
        self.claims.append(claim)
        return json.dumps({"answer": len(self.claims)}).encode()


@pytest.fixture
def acts() -> Acts:
    return Acts()


def ask(ports: Ports, act: Callable[[Claim], bytes], wanted: Claim | None = None) -> Answer:
    return answer_once(ports, KEY, wanted or a_claim(), act)


def test_the_first_answer_is_that_of_the_operation(ports: FakePorts, acts: Acts) -> None:
    assert ask(ports, acts) == Answer(content=b'{"answer": 1}', is_replayed=False)
    assert [a_claim()] == acts.claims


def test_a_repeat_gets_the_same_bytes_and_is_not_carried_out(ports: FakePorts, acts: Acts) -> None:
    first = ask(ports, acts)

    assert Answer(content=first.content, is_replayed=True) == ask(ports, acts, a_claim("second"))
    assert [a_claim()] == acts.claims


def test_two_keys_are_two_requests(ports: FakePorts, acts: Acts) -> None:
    ask(ports, acts)
    answer_once(ports, "key_of_another", a_claim("second"), acts)

    assert [a_claim(), a_claim("second")] == acts.claims


def test_a_key_of_another_request_is_refused(ports: FakePorts, acts: Acts) -> None:
    ask(ports, acts)

    with pytest.raises(IdempotencyKeyReusedError):
        ask(ports, acts, a_claim("second", digest="of another"))
    assert [a_claim()] == acts.claims


def test_a_refused_request_may_be_sent_again(ports: FakePorts, acts: Acts) -> None:
    def refuse(claim: Claim) -> bytes:
        raise SlotBusyError("Wait.")

    with pytest.raises(SlotBusyError):
        ask(ports, refuse)

    assert not ask(ports, acts, a_claim("second")).is_replayed
    assert [a_claim()] == acts.claims


def test_a_retry_after_a_crash_at_any_call_uses_the_same_claim() -> None:
    def simulate(at: int) -> bool:
        ports, acts = FakePorts(), Acts()
        hook = Once(die, at=at)
        claims = []
        for name in ("first", "second", "third"):
            disturbed = watched(ports, Hooks(before_call=hook))
            try:
                claims.append(ask(disturbed, acts, a_claim(name)).content)
            except DiedError:
                continue
        assert len(set(claims)) == 1
        assert len({claim.name for claim in acts.claims}) == 1
        return hook.has_acted

    at_every_call(simulate)


def test_concurrent_duplicates_get_the_same_answer() -> None:
    """One comes to its end between any two calls of the other."""

    def simulate(at: int) -> bool:
        ports, acts = FakePorts(), Acts()
        twins: list[Answer] = []
        hook = Once(lambda: twins.append(ask(ports, acts, a_claim("twin"))), at=at)
        answer = ask(watched(ports, Hooks(before_call=hook)), acts)
        assert {answer.content} == {twin.content for twin in twins} | {answer.content}
        assert len({claim.name for claim in acts.claims}) == 1
        assert [answer.is_replayed, *[each.is_replayed for each in twins]].count(False) == 1
        return hook.has_acted

    at_every_call(simulate)


def test_an_answer_that_cannot_be_stored_is_not_returned(
    ports: FakePorts, acts: Acts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be another one the next time."""
    put = ports.objects.put

    def put_claims_only(path: str, content: BytesIO, **rest: str) -> None:
        if path != claim_path(KEY):
            raise UnavailableError("The store does not answer.")
        put(path, content, content_type="application/json")

    monkeypatch.setattr(ports.objects, "put", put_claims_only)

    with pytest.raises(UnavailableError):
        ask(ports, acts)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"name": "first"}', b"\xff"])
def test_a_damaged_claim_is_reported(ports: FakePorts, acts: Acts, content: bytes) -> None:
    ports.objects.put(claim_path(KEY), BytesIO(content), content_type="application/json")

    with pytest.raises(StorageError, match="damaged"):
        ask(ports, acts)
    assert acts.claims == []


def ask_under(ports: FakePorts, key: str) -> bytes:
    claim = Claim(name=f"{key}{ports.now():%H%M%S}", digest="", claimed_at=f"{ports.now()}")
    return answer_once(ports, key, claim, lambda claim: claim.name.encode()).content


def test_only_old_requests_are_forgotten(ports: FakePorts) -> None:
    make(ports)
    kept = set(ports.objects.objects)
    ask_under(ports, "old")
    ports.clock.advance(REQUEST_MEMORY)
    young = ask_under(ports, "young")
    ports.clock.advance(timedelta(seconds=1))

    assert forget_requests(ports) == 2
    assert young == ask_under(ports, "young")
    assert len(kept) + 2 == len(ports.objects.objects)
    assert kept < set(ports.objects.objects)


def test_a_key_that_was_forgotten_is_a_new_one(ports: FakePorts) -> None:
    first = ask_under(ports, "key")
    ports.clock.advance(REQUEST_MEMORY + timedelta(seconds=1))
    forget_requests(ports)

    assert first != ask_under(ports, "key")


def test_a_key_is_good_for_at_least_a_day() -> None:
    assert timedelta(days=1) <= REQUEST_MEMORY
