"""A process whose threads are the first to read something, all at once."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.adapters.local.synthetic_operation import SyntheticOperation, encode_operation
from shared.domain.daily_budget import DayBudget
from shared.domain.video import GenerationParameters
from shared.ports.video_generator import Submission
from shared.records.form import encode
from tests.unit.domain.builders import MODEL, NOW, a_campaign, a_generating_video

ROOT = Path(__file__).parents[2]
ATTEMPTS = 8
RECORD = ("shared.records.form", "decode")
A_DAY = DayBudget(day=NOW.date())

FIRST_USE = """
import sys, threading, time
from importlib import import_module

module, function, *kinds = sys.argv[1:]
named = [kind.rpartition(".") for kind in kinds]
arguments = [getattr(import_module(place), name) for place, _, name in named]
read = getattr(import_module(module), function)
content = sys.stdin.buffer.read()
together = threading.Barrier(8)
sys.setswitchinterval(1e-6)

def first_use(number):
    together.wait()
    time.sleep(number * 2e-5)
    read(content, *arguments)

threads = [threading.Thread(target=first_use, args=(number,)) for number in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""

OPERATION = SyntheticOperation(
    submission=Submission(
        campaign_id="spring",
        video_hash="0" * 16,
        index=0,
        attempt=1,
        prompt="A prompt.",
        enhanced_prompt="A prompt.",
        parameters=GenerationParameters(model=MODEL),
        output_prefix="videos/attempts/spring/0000000000000000/1/",
    ),
    fault=None,
    accepted_at=NOW,
    done_at=datetime(2026, 11, 20, 12, 1, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("reader", "content"),
    [
        ((*RECORD, "shared.domain.video.Video"), encode(a_generating_video())),
        ((*RECORD, "shared.domain.campaign.Campaign"), encode(a_campaign())),
        ((*RECORD, "shared.domain.daily_budget.DayBudget"), encode(A_DAY)),
        (
            ("shared.adapters.local.synthetic_operation", "decode_operation"),
            encode_operation(OPERATION),
        ),
        (
            ("shared.requests.parsing", "from_json", "shared.requests.bodies.CreateVideoBody"),
            b'{"prompt": "A boat"}',
        ),
    ],
    ids=["video", "campaign", "day", "operation", "request"],
)
def test_a_process_survives_concurrent_first_uses(reader: tuple[str, ...], content: bytes) -> None:
    ended = [
        subprocess.run(
            [sys.executable, "-c", FIRST_USE, *reader],
            cwd=ROOT,
            input=content,
            capture_output=True,
            check=False,
        )
        for _ in range(ATTEMPTS)
    ]

    assert [(each.returncode, each.stderr) for each in ended] == [(0, b"")] * ATTEMPTS
