"""Send a campaign brief to a running Showreel, follow its videos, and print where they play.

This is also the example client: it needs nothing but Python's standard library.
"""

import argparse
import json
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

ENDED = ("completed", "failed")
DEFAULT_POLL_SECONDS = 2.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("brief", type=Path)
    parser.add_argument("--url", default="http://localhost:8000")
    arguments = parser.parse_args()
    url: str = arguments.url
    try:
        brief = json.loads(arguments.brief.read_text("utf-8"))
        videos = follow(url, *create(url, brief))
    except urllib.error.HTTPError as error:
        return fail(f"{error.url} answered {error.code}: {reason(error)}")
    except urllib.error.URLError as error:
        return fail(f"Nothing answers at {url} ({error.reason}). Start it first: make run")
    except (OSError, ValueError) as error:
        return fail(f"{arguments.brief}: {error}")
    return report(url, videos)


def create(url: str, brief: dict[str, Any]) -> tuple[list[dict[str, Any]], float]:
    """Ask for a video for each prompt. Asking twice costs nothing: the same videos answer."""
    campaign_id = brief.pop("campaign_id")
    answer, pause = call(f"{url}/v1/campaigns/{campaign_id}/videos", brief)
    videos: list[dict[str, Any]] = answer["data"]
    print(f"Campaign {campaign_id}: {len(videos)} videos")
    for index, video in enumerate(videos):
        show(index, video)
    return videos, pause


def follow(url: str, videos: list[dict[str, Any]], pause: float) -> list[dict[str, Any]]:
    """Poll until every video has ended, never faster than the server asks for."""
    latest = list(videos)
    while waiting := [index for index, video in enumerate(latest) if video["status"] not in ENDED]:
        time.sleep(pause)
        for index in waiting:
            before = latest[index]
            latest[index], pause = call(f"{url}/v1/videos/{before['id']}")
            if progress(latest[index]) != progress(before):
                show(index, latest[index])
    return latest


def call(url: str, body: dict[str, Any] | None = None) -> tuple[dict[str, Any], float]:
    """Return the answer, and the seconds to let pass before asking again."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as response:
        retry_after = float(response.headers.get("Retry-After", 0))
        poll_after = float(response.headers.get("openai-poll-after-ms", 0)) / 1000
        return json.load(response), max(retry_after, poll_after) or DEFAULT_POLL_SECONDS


def progress(video: dict[str, Any]) -> str:
    return f"{video['status']:<12}{video['progress']:>4} %  {video.get('phase', '')}"


def show(index: int, video: dict[str, Any]) -> None:
    print(f"  [{index}] {progress(video)}", flush=True)


def report(url: str, videos: list[dict[str, Any]]) -> int:
    for index, video in enumerate(videos):
        outcome = urljoin(url, video["content_url"])
        if video["status"] == "failed":
            outcome = f"failed: {video['error']['message']}"
        print(f"  [{index}] {outcome}")
    return 0 if all(video["status"] == "completed" for video in videos) else 1


def reason(error: urllib.error.HTTPError) -> str:
    text = error.read().decode(errors="replace")
    try:
        return str(json.loads(text)["detail"])
    except (ValueError, LookupError, TypeError):
        return text


def fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
