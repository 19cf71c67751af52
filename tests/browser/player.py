"""A `<video>` element of a page: its position, its frames, and what interrupts it."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator

from tests.browser.server import PATIENCE_SECONDS
from tests.eventually import eventually

HAVE_METADATA = 1
NETWORK_IDLE = 1

_BREAKS = ("abort", "emptied", "error", "pause")
_WATCH = """(video, names) => {
  video.loop = true;
  video.breaks = [];
  for (const name of names)
    video.addEventListener(name, () => video.breaks.push(`${name} at ${video.currentTime}`));
  video.starts = [];
  video.addEventListener("playing", () => video.starts.push(video.currentTime));
}"""
_STATE = """video => ({
  position: video.currentTime,
  duration: video.duration,
  frames: video.getVideoPlaybackQuality().totalVideoFrames,
  dropped: video.getVideoPlaybackQuality().droppedVideoFrames,
  error: video.error?.message ?? null,
  paused: video.paused,
  seeking: video.seeking,
  ready: video.readyState,
  network: video.networkState,
  breaks: video.breaks ?? [],
  starts: video.starts ?? [],
  connected: video.isConnected,
})"""
_SEEK = "(video, seconds) => { video.currentTime = seconds; }"


@dataclass(frozen=True)
class Player:
    element: Locator

    def wait_until_ready(self) -> None:
        """Wait until it shows its first picture."""
        eventually(lambda: self.state()["ready"] > HAVE_METADATA, within_seconds=PATIENCE_SECONDS)

    def wait_until_loaded(self) -> None:
        """Wait until it asks for no more, and shows so."""
        eventually(lambda: self.state()["network"] == NETWORK_IDLE, within_seconds=PATIENCE_SECONDS)

    def play(self) -> None:
        self.wait_until_ready()
        self.element.evaluate("video => video.play()")

    def watch(self) -> None:
        """Let it go round; note from now on what interrupts it, and where it begins to play."""
        self.element.evaluate(_WATCH, list(_BREAKS))

    def source(self) -> str:
        return str(self.element.evaluate("video => video.currentSrc"))

    def state(self) -> dict[str, Any]:
        return dict(self.element.evaluate(_STATE))

    def plays_beyond(self, seconds: float) -> dict[str, Any]:
        """Wait until it shows a later moment, of decoded pictures."""

        def found() -> dict[str, Any] | None:
            state = self.state()
            return state if state["position"] > seconds and state["frames"] > 0 else None

        return eventually(found, within_seconds=PATIENCE_SECONDS)

    def seek(self, seconds: float) -> dict[str, Any]:
        """Go there, and wait for the picture."""
        self.element.evaluate(_SEEK, seconds)

        def found() -> dict[str, Any] | None:
            state = self.state()
            return None if state["seeking"] or state["ready"] <= HAVE_METADATA else state

        return eventually(found, within_seconds=PATIENCE_SECONDS)
