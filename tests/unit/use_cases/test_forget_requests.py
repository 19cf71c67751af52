"""What is kept of requests goes when its time has come, and nothing else does."""

from datetime import timedelta

from shared.domain.schedule import REQUEST_MEMORY
from shared.use_cases.answer_once import answer_once, forget_requests
from shared.use_cases.claims import Claim
from tests.fakes.ports import FakePorts
from tests.unit.use_cases.scenes import make


def ask(ports: FakePorts, key: str) -> bytes:
    claim = Claim(name=f"{key}{ports.now():%H%M%S}", digest="", claimed_at=f"{ports.now()}")
    return answer_once(ports, key, claim, lambda claim: claim.name.encode()).content


def test_only_old_requests_are_forgotten(ports: FakePorts) -> None:
    make(ports)
    kept = set(ports.objects.objects)
    ask(ports, "old")
    ports.clock.advance(REQUEST_MEMORY)
    young = ask(ports, "young")
    ports.clock.advance(timedelta(seconds=1))

    assert 2 == forget_requests(ports)
    assert young == ask(ports, "young")
    assert len(kept) + 2 == len(ports.objects.objects)
    assert kept < set(ports.objects.objects)


def test_a_key_that_was_forgotten_is_a_new_one(ports: FakePorts) -> None:
    first = ask(ports, "key")
    ports.clock.advance(REQUEST_MEMORY + timedelta(seconds=1))
    forget_requests(ports)

    assert first != ask(ports, "key")


def test_a_key_is_good_for_at_least_a_day() -> None:
    assert timedelta(days=1) <= REQUEST_MEMORY
