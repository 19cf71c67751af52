"""The same start where the first useful answer needs Firestore: a read, and a beacon."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from unittest.mock import patch

from shared.adapters.google.campaign_documents import key_of
from shared.adapters.google.campaign_repository import FirestoreCampaignRepository
from shared.domain.play_tokens import issued, sign
from shared.domain.video import Video
from tests.bench.report import Row, Target
from tests.bench.requests import Request
from tests.bench.rounds import exactly, ratio, run_rounds
from tests.bench.servers import FIRESTORE_FLOOR, HELLO, ROOT, Function
from tests.bench.starting import start_seconds
from tests.bench.weight import HAS_CALLGRIND, count_answers
from tests.contract.campaign_repository_contract import stored
from tests.unit.domain.builders import a_reserved_video
from tools.emulated_cloud.emulators import FirestoreEmulator, MissingToolError

_PROJECT = "showreel-bench"
_WHAT = "start to the first 200 of `GET /v1/videos/{id}`, in Firestore / "
_BEACON = "instructions to the first answer of a beacon"
_PLAY_KEY = "a key of plays for measurements only"
_SHOWREEL = Function(
    target="serve_api",
    source=ROOT / "main.py",
    settings={"STORAGE_URL": f"gs://{_PROJECT}", "LOG_LEVEL": "WARNING"},
)
_RECORDER = Function(
    target="record_plays",
    source=ROOT / "main.py",
    settings={**_SHOWREEL.settings, "PLAY_KEY": _PLAY_KEY},
)


def measure_cloud_starts(*, rounds: int) -> list[Row]:
    try:
        emulator = FirestoreEmulator()
    except MissingToolError as error:
        return [Row(what=f"{_WHAT}{other}: {error}") for other in ("hello", "its client's floor")]
    with emulator:
        video = _stored_video(emulator.host)
        samples = run_rounds(
            {
                "hello": partial(start_seconds, HELLO, Request(path="/")),
                "floor": partial(
                    start_seconds,
                    _in_cloud(FIRESTORE_FLOOR, emulator.host),
                    Request(path=f"/{key_of(video).path}"),
                ),
                "read": partial(
                    start_seconds,
                    _in_cloud(_SHOWREEL, emulator.host),
                    Request(path=f"/v1/videos/{video.id}"),
                ),
            },
            rounds=rounds,
        )
    return [
        Row(
            what=f"{_WHAT}hello",
            ratio=ratio(samples, "read", to="hello"),
            target=Target(at_most=2.7),
        ),
        Row(
            what=f"{_WHAT}its client's floor",
            ratio=ratio(samples, "read", to="floor"),
            target=Target(at_most=1),
        ),
    ]


def count_beacons() -> Iterator[Row]:
    """A forged beacon needs no SDK, and a true one Firestore's, as its client's floor."""
    if not HAS_CALLGRIND:
        yield Row(what=f"{_BEACON}: valgrind is not installed")
        return
    try:
        emulator = FirestoreEmulator()
    except MissingToolError as error:
        yield Row(what=f"{_BEACON}: {error}")
        return
    with emulator:
        recorder = _in_cloud(_RECORDER, emulator.host)
        hello, forged, floor, counted = count_answers(
            (HELLO, Request(path="/")),
            (recorder, _beacon("another key")),
            (_in_cloud(FIRESTORE_FLOOR, emulator.host), Request(path="/play_views/none")),
            (recorder, _beacon(_PLAY_KEY)),
        )
    yield Row(
        what=f"{_BEACON} that is refused / hello",
        ratio=exactly(forged / hello),
        target=Target(at_most=1.15),
    )
    yield Row(
        what=f"{_BEACON} that is counted, in Firestore / its client's floor",
        ratio=exactly(counted / floor),
        target=Target(at_most=1),
    )


def _beacon(key: str) -> Request:
    now = datetime.now(UTC) - timedelta(minutes=1)
    view = "0" * 32
    token = issued("video_bench.0123456789abcdef", duration_ms=4000, view=view, now=now)
    state = {"v": 1, "view": view, "token": sign(token, key.encode()), "played_ms": 100}
    return Request(path="/v1/plays", method="POST", body=json.dumps(state))


def _in_cloud(function: Function, firestore_host: str) -> Function:
    cloud = {"GOOGLE_CLOUD_PROJECT": _PROJECT, "FIRESTORE_EMULATOR_HOST": firestore_host}
    return replace(function, settings={**function.settings, **cloud})


def _stored_video(firestore_host: str) -> Video:
    with patch.dict(os.environ, FIRESTORE_EMULATOR_HOST=firestore_host):
        repository = FirestoreCampaignRepository(project=_PROJECT, database="(default)")
        (video,) = stored(repository, a_reserved_video(1)).videos
    return video
