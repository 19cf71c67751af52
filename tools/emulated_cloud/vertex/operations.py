"""Long-running operations: accepted, running for a while, and done."""

import base64
import random
import threading
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from tools.emulated_cloud.http_front import Answer, answer_json
from tools.emulated_cloud.vertex.answers import Json, operation_not_found
from tools.emulated_cloud.vertex.endings import (
    Ending,
    Script,
    ending_of,
    failed,
    with_clips,
    without_clip,
)

MakeClip = Callable[[str, Json], bytes]
WriteClip = Callable[[str, bytes], None]
ReadObject = Callable[[str], bytes]


@dataclass(kw_only=True)
class Operation:
    """`outcome` is what it says beside its name once it is done."""

    name: str
    prompt: str
    parameters: Json
    script: Script
    polls: int = 0
    outcome: Json | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class Operations:
    """Finishes each operation `seconds` after it was accepted, polled or not, as Veo does.

    With `polls` it is the poll after so many answers of `running` that finishes it.
    """

    def __init__(
        self, *, seconds: float, polls: int | None, make_clip: MakeClip, write_clip: WriteClip
    ) -> None:
        self.says_not_done = False
        self.scripts: deque[Script] = deque()
        self._seconds = seconds
        self._polls = polls
        self._make_clip = make_clip
        self._write_clip = write_clip
        self._accepted: dict[str, Operation] = {}
        self._timers: list[threading.Timer] = []

    @property
    def count(self) -> int:
        return len(self._accepted)

    def accept(self, model: str, body: Json) -> Answer:
        prompt = body["instances"][0].get("prompt", "")
        operation = Operation(
            name=f"{model}/operations/{uuid.uuid4()}",
            prompt=prompt,
            parameters=body.get("parameters", {}),
            script=self._next_script(prompt),
        )
        return self._accepted_answer(operation)

    def fetch(self, name: str) -> Answer:
        operation = self._polled(name)
        if operation is None:
            return operation_not_found(name)
        if operation.outcome is not None:
            return answer_json({"name": name, "done": True, **operation.outcome})
        return answer_json({"name": name, "done": False} if self.says_not_done else {"name": name})

    def end_now(self) -> None:
        """End the operations that would never end, with a clip."""
        for operation in self._accepted.values():
            operation.script = Ending.CLIP
            self._finish_alone(operation)

    def close(self) -> None:
        for timer in self._timers:
            timer.cancel()
            timer.join()

    def _accepted_answer(self, operation: Operation) -> Answer:
        self._accepted[operation.name] = operation
        if self._polls is None:
            self._finish_later(operation)
        return answer_json(self._first_answer(operation))

    def _first_answer(self, operation: Operation) -> Json:
        return {"name": operation.name}

    def _polled(self, name: str) -> Operation | None:
        """Return the operation after one more poll, or None if it is not known."""
        operation = self._accepted.get(name)
        if operation is None or operation.script is Ending.FORGOTTEN:
            return None
        with operation.lock:
            if self._polls is not None and operation.polls >= self._polls:
                self._finish(operation)
            operation.polls += 1
        return operation

    def _next_script(self, prompt: str) -> Script:
        return self.scripts.popleft() if self.scripts else ending_of(prompt)

    def _finish_later(self, operation: Operation) -> None:
        timer = threading.Timer(self._seconds, self._finish_alone, (operation,))
        timer.daemon = True
        self._timers.append(timer)
        timer.start()

    def _finish_alone(self, operation: Operation) -> None:
        with operation.lock:
            self._finish(operation)

    def _finish(self, operation: Operation) -> None:
        if operation.outcome is not None or operation.script in (Ending.NEVER, Ending.FORGOTTEN):
            return
        outcome = self._without_clip(operation)
        operation.outcome = self._with_clips(operation) if outcome is None else outcome

    def _without_clip(self, operation: Operation) -> Json | None:
        return without_clip(operation.script)

    def _with_clips(self, operation: Operation) -> Json:
        clip = self._clip(operation)
        count = operation.parameters.get("sampleCount", 1)
        try:
            videos = [self._delivered(operation, clip, number) for number in range(count)]
        except OSError as problem:
            return self._unwritable(problem)
        return self._clips_outcome(videos, operation)

    def _unwritable(self, problem: OSError) -> Json:
        return failed(7, f"The output could not be written to Cloud Storage: {problem}")

    def _clips_outcome(self, videos: list[Json], operation: Operation) -> Json:
        return with_clips(videos, filtered=operation.script is Ending.PARTLY_FILTERED)

    def _clip(self, operation: Operation) -> bytes:
        parameters = operation.parameters
        if operation.script is Ending.GARBAGE:
            return b"This is not a video."
        if operation.script is Ending.WRONG_DURATION:
            seconds = parameters.get("durationSeconds", 8) // 2
            parameters = {**parameters, "durationSeconds": seconds}
        return self._make_clip(operation.prompt, parameters)

    def _delivered(self, operation: Operation, clip: bytes, number: int) -> Json:
        """Store the clip before the operation reports it."""
        storage_uri = operation.parameters.get("storageUri")
        if not storage_uri:
            encoded = base64.b64encode(clip).decode()
            return {"bytesBase64Encoded": encoded, "mimeType": "video/mp4"}
        folder = f"{random.getrandbits(64)}/"
        if operation.script is Ending.CLIP_WITHOUT_FOLDER:
            folder = ""
        uri = f"{storage_uri.rstrip('/')}/{folder}sample_{number}.mp4"
        self._write_clip(uri, clip)
        return {"gcsUri": uri, "mimeType": "video/mp4"}
