"""From the start of a process to its first useful answer."""

import time

from tests.bench.campaign import Campaign
from tests.bench.report import Row, Target
from tests.bench.requests import Request
from tests.bench.rounds import ratio, run_rounds
from tests.bench.servers import HELLO, Function, served, showreel


def measure_starts(campaign: Campaign, *, rounds: int) -> list[Row]:
    samples = run_rounds(
        {
            "hello": lambda: start_seconds(HELLO, Request(path="/")),
            "hello again": lambda: start_seconds(HELLO, Request(path="/")),
            "read": lambda: start_seconds(showreel(campaign.data), campaign.read),
        },
        rounds=rounds,
    )
    return [
        Row(
            what="start to the first 200: hello / hello",
            ratio=ratio(samples, "hello again", to="hello"),
        ),
        Row(
            what="start to the first 200 of `GET /v1/videos/{id}` / hello",
            ratio=ratio(samples, "read", to="hello"),
            target=Target(at_most=1.15),
        ),
    ]


def start_seconds(function: Function, first: Request) -> float:
    started = time.perf_counter()
    with served(function, first):
        return time.perf_counter() - started
