"""Beacons a second: each is of a view of its own, and must be stored."""

import json
import os
from functools import partial
from typing import Any

from tests.bench.campaign import Campaign
from tests.bench.load import CONNECTIONS
from tests.bench.report import Row, Target
from tests.bench.requests import Request, answer
from tests.bench.rounds import ratio, run_rounds
from tests.bench.servers import HELLO, served, showreel
from tests.bench.socket_load import LoadError, answers_within

WANTED = 200

_STATE = {"v": 1, "seq": 1, "played_ms": 4000, "visible_ms": 4000, "bins": "ffffffff"}


def measure_beacons(campaign: Campaign, *, rounds: int, seconds: float) -> tuple[Row, Row]:
    """The load is that of our own client, for both: no two beacons are equal."""
    root = Request(path="/")
    load = partial(answers_within, connections=CONNECTIONS, seconds=seconds)
    with (
        served(HELLO, root) as hello,
        served(showreel(campaign.data), campaign.read) as port,
    ):
        beacons = _beacons(_read(campaign.read, port)["play_token"])

        def hello_per_second() -> float:
            answered, took = load(root, hello)
            return answered / took

        def stored_per_second() -> float:
            before = _plays(campaign, port)
            answered, took = load(beacons, port)
            counted = _plays(campaign, port) - before
            # Some are stored after the load has ended, in this round or in the one before.
            if not answered <= counted <= answered + 2 * CONNECTIONS:
                raise LoadError(f"{answered} beacons were answered, and {counted} counted.")
            return answered / took

        samples = run_rounds(
            {
                "hello": hello_per_second,
                "beacons": stored_per_second,
                "wanted": lambda: WANTED,
            },
            rounds=rounds,
        )
    return (
        Row(
            what="requests a second: beacon, each one stored / hello",
            ratio=ratio(samples, "beacons", to="hello"),
            target=Target(at_least=0.3),
        ),
        Row(
            what=f"beacons a second, each one stored / {WANTED}",
            ratio=ratio(samples, "beacons", to="wanted"),
            target=Target(at_least=1),
        ),
    )


def _beacons(token: str) -> Request:
    def new_body() -> str:
        return json.dumps({**_STATE, "view": os.urandom(16).hex(), "token": token})

    headers = {"Content-Type": "text/plain"}
    return Request(path="/v1/plays", method="POST", headers=headers, new_body=new_body)


def _plays(campaign: Campaign, port: int) -> int:
    totals = _read(Request(path=f"{campaign.read.path}/analytics"), port)["totals"]
    return int(totals["plays"]) if totals else 0


def _read(request: Request, port: int) -> dict[str, Any]:
    return dict(json.loads(answer(request, port)))
