"""Leases outlast the calls of their step, and what arrives under a lease is not forgotten."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from shared.domain.errors import RetryLaterError, SubmissionUnknownError
from shared.domain.schedule import (
    CALL,
    CLOUD_LEASES,
    DISK,
    LAPTOP_LEASES,
    LAPTOP_LEASES_WITH_VEO,
    RENDERING,
    SUBMISSION,
    TRY,
)
from shared.ports import Ports
from shared.ports.video_generator import Failed, Gone
from shared.use_cases.change_versions import cancel_video
from tests.fakes.ports import FakePorts
from tests.fakes.video_generator import Script
from tests.unit.use_cases.scenes import (
    CAMPAIGN_ID,
    deliver,
    make,
    reserve,
    stored,
    submit,
    wake,
)
from tests.unit.use_cases.watching import Hooks, Once, at_every_call, watched

BROKEN = Failed(code="provider_error", message="It broke.", possibly_billed=True)
# How many calls to a Google service a call of the port makes; others make one. Pictures are put
# while the clip gets its name, which takes longer.
SERVICE_CALLS = {"put": 0, "rename": 6}


class SlowCalls:
    """Every call takes as long as it may, and the holder of a lease is watched meanwhile."""

    def __init__(self, ports: FakePorts, limits: dict[str, timedelta], call: timedelta) -> None:
        self._ports = ports
        self._limits = limits
        self._call = call
        self.overrun: list[str] = []

    def slow(self, port: object) -> Any:  # noqa: ANN401
        return _SlowPort(port, self)

    def take_time(self, name: str) -> None:
        limit = self._limits.get(name, self._call * SERVICE_CALLS.get(name, 1))
        leases = {each.lease_expires_at for each in self._ports.campaigns.videos.values()} - {None}
        self._ports.clock.advance(limit)
        if any(lease is not None and lease < self._ports.now() for lease in leases):
            self.overrun.append(name)


class _SlowPort:
    def __init__(self, port: object, calls: SlowCalls) -> None:
        self._port = port
        self._calls = calls

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._port, name)

        def call(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
            self._calls.take_time(name)
            return method(*args, **kwargs)

        return call


class SlowInspector:
    """Reads a clip in many slow calls."""

    def __init__(self, ports: FakePorts, call: timedelta) -> None:
        self._ports = ports
        self._call = call

    def inspect(self, clip: Any) -> Any:  # noqa: ANN401
        self._read(clip)
        return self._ports.inspector.inspect(clip)

    def _read(self, clip: Any) -> None:  # noqa: ANN401
        for _ in range(50):
            clip.read(0)
            self._ports.clock.advance(self._call)
            leases = [each.lease_expires_at for each in self._ports.campaigns.videos.values()]
            assert all(lease is None or lease >= self._ports.now() for lease in leases)


def slowly(ports: FakePorts, calls: SlowCalls, call: timedelta) -> Ports:
    return cast(
        "Ports",
        SimpleNamespace(
            objects=calls.slow(ports.objects),
            # It is proven before a video is leased.
            storage_probe=ports.storage_probe,
            local_signatures=None,
            campaigns=calls.slow(ports.campaigns),
            # Before the lease, and after it.
            mirror=ports.mirror,
            queue=ports.queue,
            generator=calls.slow(ports.generator),
            inspector=SlowInspector(ports, call),
            savings=ports.savings,
            policy=ports.policy,
            leases=ports.leases,
            rates=ports.rates,
            now=ports.clock,
        ),
    )


FAMILIES = {
    "cloud": (CLOUD_LEASES, CALL, CALL + SUBMISSION, 2 * CALL + RENDERING),
    "laptop": (LAPTOP_LEASES, DISK, DISK, RENDERING),
    "laptop with Veo": (LAPTOP_LEASES_WITH_VEO, DISK, CALL + SUBMISSION, 2 * CALL),
}
ENDINGS = {
    "a clip": Script(),
    "still running": Script(running_checks=9),
    "forgotten": Script(ending=Gone()),
    "failed": Script(ending=BROKEN),
    "filtered": Script(ending=Failed(code="content_filtered", message="A policy.")),
}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("family", FAMILIES)
def test_a_step_whose_every_call_takes_its_whole_limit_ends_within_its_lease(
    family: str, ending: str
) -> None:
    leases, call, submission, check = FAMILIES[family]
    ports = FakePorts(leases=leases)
    make(ports, "The one that is replaced")
    calls = SlowCalls(ports, {"submit": submission, "check": check}, call)
    slow = slowly(ports, calls, call)
    ports.generator.will(ENDINGS[ending])
    video = reserve(ports, "Another one")

    for _ in range(2):
        with suppress(RetryLaterError):
            wake(slow, video)

    assert calls.overrun == []
    assert (ending == "a clip") is stored(ports, video).is_current


def test_a_second_try_fits_into_a_call() -> None:
    assert 2 * TRY < CALL


def announce_while(ports: FakePorts, script: Script, at: int) -> bool:
    """Let the clip of a video arrive at call number `at` of its next step."""
    video = submit(ports, script=script)

    def arrive() -> None:
        ports.generator.write_clip(ports.generator.submissions[-1])
        with suppress(RetryLaterError):
            wake(ports, video)

    arrival = Once(arrive, at=at)
    wake(watched(ports, Hooks(before_call=arrival)), video)
    deliver(ports)
    if arrival.has_acted:
        assert stored(ports, video).is_current
    return arrival.has_acted


@pytest.mark.parametrize(
    "script",
    [Script(running_checks=9), Script(ending=Gone()), Script(ending=BROKEN)],
    ids=["running", "forgotten", "failed"],
)
def test_a_clip_that_is_announced_while_a_check_holds_the_lease_is_stored_without_a_tick(
    script: Script,
) -> None:
    at_every_call(lambda at: announce_while(FakePorts(), script, at))


@pytest.mark.parametrize(
    "script",
    [Script(running_checks=9), Script(raises=SubmissionUnknownError("Lost."), is_accepted=True)],
    ids=["accepted", "outcome unknown"],
)
def test_a_clip_that_is_announced_while_its_submission_is_answered_is_stored_without_a_tick(
    script: Script,
) -> None:
    ports = FakePorts()
    ports.generator.will(script)
    video = reserve(ports)

    def arrive() -> None:
        ports.generator.write_clip(ports.generator.submissions[-1])
        wake(ports, video)

    wake(watched(ports, Hooks(after_effect=Once(arrive, at=1))), video)
    deliver(ports)

    assert stored(ports, video).is_current


def test_a_check_releases_its_lease_although_the_video_was_cancelled_meanwhile() -> None:
    ports = FakePorts()
    video = submit(ports, script=Script(running_checks=9))

    def cancel() -> None:
        cancel_video(ports, CAMPAIGN_ID, video.video_hash)

    wake(watched(ports, Hooks(before_call=Once(cancel, at=2))), video)

    latest = stored(ports, video)
    assert (latest.cancel_requested, latest.lease_expires_at) == (True, None)
