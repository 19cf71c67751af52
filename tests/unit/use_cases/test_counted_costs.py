"""What a video costs whose generator counts what it used: the money of all records agrees."""

from decimal import Decimal

import pytest

from shared.domain.errors import UnavailableError
from shared.domain.schedule import CLOUD_LEASES
from shared.domain.video import GenerationParameters, Phase, Video
from shared.ports.video_generator import Failed
from shared.use_cases.change_versions import delete_video
from shared.use_cases.generate_video import generate_video
from tests.fakes.ports import FakePorts
from tests.fakes.video_generator import Script
from tests.unit.use_cases.rules import Witness, assert_agreement
from tests.unit.use_cases.scenes import (
    CAMPAIGN_ID,
    announced,
    budgeted_ports,
    deliver,
    remake,
    reserve,
    settle,
    stored,
    wake,
)
from tests.unit.use_cases.watching import Hooks, Once, watched

OMNI = GenerationParameters(model="gemini-omni-1.2-flash")
PRICE = Decimal("0.56")
COUNTED = Decimal("0.5731")
HELD = Failed(code="provider_error", message="It broke.", possibly_billed=True)


@pytest.fixture
def ports() -> FakePorts:
    return budgeted_ports()


def submitted(ports: FakePorts, script: Script) -> Video:
    ports.generator.will(script)
    video = reserve(ports, parameters=OMNI)
    deliver(ports)
    return stored(ports, video)


def spent(ports: FakePorts) -> Decimal:
    money = ports.campaigns.get_campaign(CAMPAIGN_ID).money
    assert money.reserved == money.possibly_spent == 0
    return money.spent


def test_a_video_costs_what_its_generator_has_counted(ports: FakePorts) -> None:
    witness = Witness(ports)
    video = submitted(ports, Script(usd=COUNTED))
    settle(ports)

    assert (stored(ports, video).cost.actual, spent(ports)) == (COUNTED, COUNTED)

    again = remake(ports, stored(ports, video))
    assert spent(ports) == COUNTED + PRICE
    witness.testify()
    delete_video(ports, CAMPAIGN_ID, video.video_hash)
    settle(ports)
    assert (spent(ports), again.cost.actual) == (COUNTED + PRICE, PRICE)
    assert_agreement(ports)


def test_an_invalid_clip_costs_what_was_counted(ports: FakePorts) -> None:
    video = submitted(ports, Script(ending=b"half a clip", usd=COUNTED))
    settle(ports)

    assert stored(ports, video).phase is Phase.FAILED
    assert (stored(ports, video).cost.actual, spent(ports)) == (COUNTED, COUNTED)
    assert_agreement(ports)


def test_the_count_survives_a_process_that_ends_while_it_stores_the_clip(ports: FakePorts) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    video = submitted(ports, Script(usd=COUNTED))
    ports.clock.advance(ports.generator.expected_in)
    with pytest.raises(KeyboardInterrupt):
        wake(watched(ports, Hooks(before_effect=Once(interrupt, at=3))), video)
    assert stored(ports, video).phase is Phase.STORING
    ports.clock.advance(CLOUD_LEASES.store)

    settle(ports)

    assert (stored(ports, video).cost.actual, spent(ports)) == (COUNTED, COUNTED)
    assert_agreement(ports)


def test_a_clip_that_comes_late_costs_what_was_counted(ports: FakePorts) -> None:
    video = submitted(ports, Script(ending=HELD, usd=COUNTED))
    wake(ports, video)
    assert stored(ports, video).is_possibly_billed
    ports.generator.operations["operations/1"].script = Script(usd=COUNTED)

    settle(ports)

    assert stored(ports, video).phase is Phase.DONE
    assert (stored(ports, video).cost.actual, spent(ports)) == (COUNTED, COUNTED)
    assert_agreement(ports)


@pytest.mark.parametrize(
    ("script", "cost"),
    [
        (Script(usd=COUNTED), COUNTED),
        (Script(usd=COUNTED, running_checks=9), PRICE),
    ],
    ids=["completed", "still running"],
)
def test_the_operation_of_an_announced_clip_is_asked_once(
    ports: FakePorts, script: Script, cost: Decimal
) -> None:
    message = announced(ports, video := submitted(ports, script))

    generate_video(ports, message)

    assert (stored(ports, video).cost.actual, spent(ports)) == (cost, cost)
    assert ports.generator.operations["operations/1"].checks == 1


def test_an_announced_clip_is_stored_while_the_generator_does_not_answer(ports: FakePorts) -> None:
    message = announced(ports, video := submitted(ports, Script(usd=COUNTED)))
    silent = Script(ending=UnavailableError("It does not answer."))
    ports.generator.operations["operations/1"].script = silent

    generate_video(ports, message)

    assert stored(ports, video).is_current
    assert spent(ports) == PRICE
