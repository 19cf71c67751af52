"""Requests a second of a warm service, against the hello's."""

from functools import partial

from tests.bench.campaign import Campaign
from tests.bench.load import requests_per_second
from tests.bench.report import Row, Target
from tests.bench.requests import Request, answer
from tests.bench.rounds import ratio, run_rounds
from tests.bench.servers import HELLO, served, showreel, sqlite_floor

_CREATE_FLOOR = "least for a cached create, two records of SQLite"
_READ_FLOOR = "least for a read, one record of SQLite"


def measure_throughput(campaign: Campaign, *, rounds: int, seconds: float) -> list[Row]:
    root = Request(path="/")
    cases = {
        "cached create": campaign.create,
        "cached create of 4": campaign.create_all,
        "read": campaign.read,
        "list of 4": campaign.list,
        "the studio's page": root,
    }
    floors = {
        _CREATE_FLOOR: campaign.create,
        _READ_FLOOR: campaign.read,
    }
    with (
        served(HELLO, root) as hello,
        served(HELLO, root) as again,
        served(showreel(campaign.data), campaign.read) as port,
        served(sqlite_floor(campaign.data), campaign.read) as floor,
    ):
        for request in cases.values():
            answer(request, port)
        rate = partial(requests_per_second, seconds=seconds)
        samples = run_rounds(
            {
                "hello": partial(rate, root, hello),
                "hello again": partial(rate, root, again),
                **{name: partial(rate, request, port) for name, request in cases.items()},
                **{name: partial(rate, request, floor) for name, request in floors.items()},
            },
            rounds=rounds,
        )
    targets = {
        **dict.fromkeys((*cases, *floors), Target(at_least=0.7)),
        **dict.fromkeys(("read", "list of 4", _READ_FLOOR), Target(at_least=0.8)),
    }
    return [
        Row(
            what=f"requests a second: {name} / hello",
            ratio=ratio(samples, name, to="hello"),
            target=targets.get(name),
        )
        for name in ("hello again", *cases, *floors)
    ]
