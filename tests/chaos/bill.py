"""The generator's side of the story: what it was asked for, in a file that is none of ours."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from shared.domain.errors import GenerationRefusedError, GeneratorBusyError
from shared.domain.storage_layout import video_of_clip
from shared.ports.inspectors import ClipInspector, InspectedClip
from shared.ports.object_store import ObjectStore
from shared.ports.video_generator import Accepted, OperationState, Submission, VideoGenerator

ASKED, REFUSED, MADE, INSPECTED = "asked", "refused", "made", "inspected"


@dataclass(frozen=True)
class Entry:
    """`output_prefix` is where the clip is to be."""

    kind: str
    campaign_id: str = ""
    video_hash: str = ""
    output_prefix: str = ""


@dataclass(frozen=True)
class Bill:
    """An append-only file: its entries survive every kill."""

    path: Path

    def note(self, entry: Entry) -> None:
        with self.path.open("a") as file:
            file.write(json.dumps(list(vars(entry).values())) + "\n")

    def entries(self) -> tuple[Entry, ...]:
        if not self.path.exists():
            return ()
        return tuple(Entry(*json.loads(line)) for line in self.path.read_text().splitlines())

    def asked(self) -> tuple[Entry, ...]:
        return tuple(each for each in self.entries() if each.kind == ASKED)

    def paid(self) -> Counter[str]:
        """Count what was asked for and not refused, by the video's hash."""
        entries = self.entries()
        paid = _hashes(ASKED, entries)
        paid.subtract(_hashes(REFUSED, entries))
        return +paid

    def inspections(self) -> int:
        """Count how often somebody looked into a clip."""
        return sum(each.kind == INSPECTED for each in self.entries())

    def made(self) -> frozenset[str]:
        """The hashes of all videos of which there was a clip."""
        return frozenset(_hashes(MADE, self.entries()))


def _hashes(kind: str, entries: Iterable[Entry]) -> Counter[str]:
    return Counter(each.video_hash for each in entries if each.kind == kind)


class MeteredOutput:
    """Puts every clip on the bill that a generator writes into `objects`."""

    def __init__(self, objects: ObjectStore, bill: Bill) -> None:
        self._objects = objects
        self._bill = bill

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # All else is as it was.
        return getattr(self._objects, name)

    def put(self, path: str, content: BinaryIO, **how: Any) -> None:  # noqa: ANN401  # All else is as it was.
        video = video_of_clip(path)
        if video is not None:
            self._bill.note(Entry(MADE, *video))
        self._objects.put(path, content, **how)


class MeteredGenerator:
    """Puts every submission on the bill before it reaches the generator."""

    def __init__(self, generator: VideoGenerator, bill: Bill) -> None:
        self._generator = generator
        self._bill = bill

    def submit(self, submission: Submission) -> Accepted:
        self._note(ASKED, submission)
        try:
            return self._generator.submit(submission)
        except (GeneratorBusyError, GenerationRefusedError):
            self._note(REFUSED, submission)
            raise

    def check(self, operation: str) -> OperationState:
        return self._generator.check(operation)

    def cancel(self, operation: str) -> None:
        self._generator.cancel(operation)

    def _note(self, kind: str, submission: Submission) -> None:
        entry = Entry(kind, submission.campaign_id, submission.video_hash, submission.output_prefix)
        self._bill.note(entry)


class MeteredInspector:
    """Notes every look into a clip: its bytes go through a function once."""

    def __init__(self, inspector: ClipInspector, bill: Bill) -> None:
        self._inspector = inspector
        self._bill = bill

    def inspect(self, clip: BinaryIO) -> InspectedClip:
        self._bill.note(Entry(INSPECTED))
        return self._inspector.inspect(clip)
