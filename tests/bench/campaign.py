"""A finished campaign, made by the system itself, and the requests that it answers."""

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.requests import Request
from tests.functional.showreel import serving

CAMPAIGN = "bench"
PROMPTS = [
    "A barista pours milk into an espresso, close up, slow motion",
    "Coffee beans fall into a wooden bowl in morning light",
    "A kettle whistles on a stove while rain runs down the window",
    "Two friends share a pot of coffee on a balcony at dusk",
]
BRIEF = {
    "prompts": PROMPTS,
    "business_context": {"brand": "Ember & Oak", "audience": "home baristas", "tone": "warm"},
    "seconds": 4,
}

# Eight seconds of Veo in 720p are of about this size; the synthetic clips are smaller.
_CLIP_BYTES = 6_000_000


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """A data folder with four completed videos."""

    data: Path
    video_ids: Sequence[str]

    @property
    def clip(self) -> Path:
        """The first video's."""
        (clip,) = (self.data / "videos" / "generated" / CAMPAIGN).glob("curr_*_0.mp4")
        return clip

    @property
    def create(self) -> Request:
        """Asks for a video that is there."""
        brief = {key: value for key, value in BRIEF.items() if key != "prompts"}
        return _post("/v1/videos", {**brief, "prompt": PROMPTS[0], "campaign_id": CAMPAIGN})

    @property
    def create_all(self) -> Request:
        """Asks for all that are there."""
        return _post(f"/v1/campaigns/{CAMPAIGN}/videos", BRIEF)

    @property
    def read(self) -> Request:
        return Request(path=f"/v1/videos/{self.video_ids[0]}")

    @property
    def list(self) -> Request:
        return Request(path=f"/v1/videos?campaign_id={CAMPAIGN}&limit=4")

    @property
    def content(self) -> Request:
        return Request(path=f"/v1/videos/{self.video_ids[0]}/content")


def _post(path: str, body: object) -> Request:
    headers = {"Content-Type": "application/json"}
    return Request(path=path, method="POST", headers=headers, body=json.dumps(body))


def make_campaign(data: Path) -> Campaign:
    with serving(data, LOG_LEVEL="WARNING") as showreel:
        path = f"/v1/campaigns/{CAMPAIGN}/videos"
        videos = showreel.post(path, BRIEF).json["data"]
        for video in videos:
            if showreel.ended(video)["status"] != "completed":
                raise RuntimeError("The campaign was not made.")
    campaign = Campaign(data=data, video_ids=[video["id"] for video in videos])
    _enlarge(campaign.clip)
    return campaign


def _enlarge(clip: Path) -> None:
    """Append a box that players skip."""
    padding = _CLIP_BYTES - clip.stat().st_size
    with clip.open("ab") as file:
        file.write(struct.pack(">I4s", padding, b"free") + bytes(padding - 8))
