"""Let simulated viewers watch two videos of a campaign, so that the studio has plays to show.

They send what players send, with tokens from the API, and say that they are simulated. Only a
system whose videos are synthetic is asked.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path

from tools.service import Json, RefusedError, Service

NAME = "Simulated viewers"
# The part of each video's viewers who see all of it: a clear difference.
PATIENCE = (0.6, 0.3)

_SLICES = 32
# The service accepts no more than the time since a token was issued, and 5 s.
_ACCEPTED_AHEAD_SECONDS = 4.0
_THREADS = 4
_JSON = {"Content-Type": "application/json"}


def main() -> int:
    parser = argparse.ArgumentParser(prog="make demo-plays", description=__doc__)
    parser.add_argument("brief", type=Path, help="the brief whose campaign is watched")
    parser.add_argument("--url", default="http://localhost:8000")
    parser.add_argument("--viewers", type=int, default=1000)
    given = parser.parse_args()
    try:
        campaign_id = json.loads(given.brief.read_text("utf-8"))["campaign_id"]
        watch(given.url, campaign_id, viewers=given.viewers)
    except (RefusedError, OSError, HTTPException) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def watch(url: str, campaign_id: str, *, viewers: int) -> None:
    """Compare the first two current videos of a campaign. Raise RefusedError, or OSError."""
    service = Service(url)
    if not all(model["simulated"] for model in service.read("/v1/models")["data"]):
        raise RefusedError("This system makes real videos: simulated plays would spoil its counts.")
    try:
        slots = service.read(f"/v1/campaigns/{campaign_id}")["slots"]
    except RefusedError as error:
        raise RefusedError(f"{error} Run `make demo` first.") from error
    videos = [slot["current"] for slot in slots if slot["current"]][: len(PATIENCE)]
    if len(videos) < len(PATIENCE):
        raise RefusedError(f"{campaign_id} needs two finished videos. Make them first: make demo")
    experiment = _sent(
        service,
        f"/v1/campaigns/{campaign_id}/experiments",
        {"name": NAME, "arms": [_arm(video) for video in videos]},
    )
    patience = dict(zip((video["id"] for video in videos), PATIENCE, strict=True))
    print(f"{viewers} simulated viewers watch {campaign_id}. Their plays are not those of people.")
    with ThreadPoolExecutor(_THREADS) as threads:
        loads = [
            threads.submit(_sent, Service(""), experiment["embed_url"]) for _ in range(viewers)
        ]
        embeds = [load.result() for load in loads]
        time.sleep(max(0, embeds[-1]["duration_seconds"] - _ACCEPTED_AHEAD_SECONDS))
        list(threads.map(lambda embed: _report(embed, patience[embed["video_id"]]), embeds))
    print(f"Who watched what: {url}/?watched={campaign_id}")


def _arm(video: Json) -> Json:
    return {"video_id": video["id"], "label": f"Video {video['index'] + 1} (simulated)"}


def _report(embed: Json, patience: float) -> None:
    """Watch all of it, or leave: most who leave do so early."""
    stays = random.random() < patience  # noqa: S311  # It keeps no secret.
    slices = _SLICES if stays else 1 + int(random.betavariate(1, 2) * (_SLICES - 2))
    played_ms = round(embed["duration_seconds"] * 1000 * slices / _SLICES)
    beacon = {
        "v": 1,
        "view": embed["view"],
        "token": embed["play_token"],
        "played_ms": played_ms,
        "visible_ms": played_ms,
        "bins": f"{(1 << slices) - 1:08x}",
        "ended": stays,
        "muted": True,
        "autoplay": True,
        "impression": True,
        "simulated": True,
    }
    Service("").open(embed["plays_url"], json.dumps(beacon).encode(), _JSON).close()


def _sent(service: Service, path: str, body: Mapping[str, object] | None = None) -> Json:
    return service.read(path, json.dumps(body or {}).encode(), _JSON)


if __name__ == "__main__":
    sys.exit(main())
