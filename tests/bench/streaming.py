"""Local content against nginx on the same file."""

import shutil
from dataclasses import replace
from functools import partial

from tests.bench.campaign import Campaign
from tests.bench.load import requests_per_second
from tests.bench.report import Row, Target
from tests.bench.requests import Request, answer
from tests.bench.rounds import ratio, run_rounds
from tests.bench.servers import nginx, served, showreel

_FULL = "content, whole 6 MB / nginx"
_SEEK = "content, random 256 KB / nginx"


def measure_streaming(campaign: Campaign, *, rounds: int, seconds: float) -> list[Row]:
    if shutil.which("nginx") is None:
        return [Row(what=f"{name}: nginx is not installed") for name in (_FULL, _SEEK)]
    clip = campaign.clip
    file = Request(path=f"/{clip.relative_to(campaign.data)}")
    size = clip.stat().st_size
    with (
        nginx(campaign.data, file) as peer,
        served(showreel(campaign.data), campaign.content) as port,
    ):
        cases = {
            "nginx, whole": (file, peer),
            "whole": (campaign.content, port),
            "nginx, seek": (replace(file, seeks_in=size), peer),
            "seek": (replace(campaign.content, seeks_in=size), port),
        }
        _require_same_bytes(*(answer(*cases[name]) for name in ("nginx, whole", "whole")))
        _require_same_bytes(*(answer(*cases[name]) for name in ("nginx, seek", "seek")))
        samples = run_rounds(
            {
                name: partial(requests_per_second, request, at, seconds=seconds)
                for name, (request, at) in cases.items()
            },
            rounds=rounds,
        )
    return [
        Row(
            what=_FULL,
            ratio=ratio(samples, "whole", to="nginx, whole"),
            target=Target(at_least=0.9),
        ),
        Row(
            what=_SEEK,
            ratio=ratio(samples, "seek", to="nginx, seek"),
            target=Target(at_least=0.22),
        ),
    ]


def _require_same_bytes(one: bytes, other: bytes) -> None:
    if one != other:
        raise OSError("nginx and Showreel answer different bytes.")
