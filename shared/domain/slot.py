"""A slot of a campaign, and the versions in it."""

from msgspec import Struct

from shared.domain.unreadable import Unreadable
from shared.domain.values import replace
from shared.domain.video import Video


class Version(Struct, frozen=True, kw_only=True):
    """The facts of a video that its slot repeats, so that the video need not be read."""

    video_hash: str
    fingerprint: str
    kept: bool = False

    @classmethod
    def of(cls, video: Video) -> "Version":
        return cls(video_hash=video.video_hash, fingerprint=video.fingerprint, kept=video.kept)


class Slot(Struct, frozen=True, kw_only=True):
    """`historical` begins with the latest replaced or restored; the cancelled are the last."""

    index: int
    current: Version | None = None
    pending: Version | None = None
    historical: tuple[Version, ...] = ()

    @property
    def is_free(self) -> bool:
        return self.current is None and self.pending is None

    @property
    def versions(self) -> tuple[Version, ...]:
        """The current and the pending version: either answers a request with its fingerprint."""
        return tuple(version for version in (self.current, self.pending) if version)

    def is_making(self, video: Video) -> bool:
        return _is(self.pending, video)

    def with_facts_of(self, video: Video) -> "Slot":
        """Return the slot with what it repeats of a completed video brought up to date."""
        version = Version.of(video)
        return replace(
            self,
            current=version if _is(self.current, video) else self.current,
            historical=tuple(version if _is(each, video) else each for each in self.historical),
        )

    def with_latest_historical(self, version: Version) -> "Slot":
        return replace(self, historical=(version, *self.historical))

    def without_pending(self, video: Video) -> "Slot":
        """Return the slot without `video` if that is its pending version."""
        return replace(self, pending=None) if self.is_making(video) else self

    def without(self, video: Video | Unreadable) -> "Slot":
        """Return the slot without `video` as a current, pending or historical version."""
        return replace(
            self,
            pending=None if _is(self.pending, video) else self.pending,
            current=None if _is(self.current, video) else self.current,
            historical=tuple(each for each in self.historical if not _is(each, video)),
        )


def _is(version: Version | None, video: Video | Unreadable) -> bool:
    return version is not None and version.video_hash == video.video_hash
