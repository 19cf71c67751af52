"""The Interactions API of Gemini Omni: accepted, running for a while, and ended."""

import base64
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from tools.emulated_cloud.http_front import Answer, answer_json
from tools.emulated_cloud.vertex.answers import Json, invalid_argument
from tools.emulated_cloud.vertex.endings import Ending, Script
from tools.emulated_cloud.vertex.interaction_requests import clip_parameters, prompt_of, refusal_of
from tools.emulated_cloud.vertex.operations import Operation, Operations, ReadObject

# Output tokens of a second with sound, from the maxima that Google publishes.
_TOKENS_PER_SECOND = {"360p": 1931, "720p": 5792, "1080p": 8688, "4k": 17376}
_REFUSAL = "I can't make this video, because it could offend against the policies on safety."


class Interactions(Operations):
    """Ends each interaction as Vertex AI does: a refused prompt is completed, with a text.

    `read_object` reads the objects of an input.
    """

    def __init__(self, *, read_object: ReadObject, **timing: Any) -> None:  # noqa: ANN401  # Those of Operations.
        super().__init__(**timing)
        self._read_object = read_object

    def refusal_of(self, body: Json) -> Answer | None:
        return refusal_of(body, self._read_object)

    def accept(self, model: str, body: Json) -> Answer:
        prompt = prompt_of(body)
        interaction = Operation(
            name=secrets.token_urlsafe(28),
            prompt=prompt,
            parameters={
                **clip_parameters(body, self._read_object),
                "seed": body.get("generation_config", {}).get("seed", ""),
                "storageUri": body["response_format"].get("gcs_uri"),
                "model": model,
            },
            script=self._next_script(prompt),
        )
        return self._accepted_answer(interaction)

    def fetch(self, name: str) -> Answer:
        interaction = self._polled(name)
        if interaction is None:
            return invalid_argument("Invalid interaction name.")
        return answer_json(_resource(interaction, interaction.outcome or {"status": "in_progress"}))

    def cancel(self, name: str) -> Answer:
        interaction = self._accepted.get(name)
        if interaction is None:
            return invalid_argument("Invalid interaction name.")
        with interaction.lock:
            if interaction.outcome is not None:
                return invalid_argument("The interaction is not running.")
            interaction.outcome = {"status": "cancelled"}
        return answer_json(_resource(interaction, interaction.outcome))

    def delete(self, name: str) -> Answer:
        """Forget the interaction; its clip stays where it is."""
        interaction = self._polled(name)
        if interaction is None:
            return invalid_argument("Invalid interaction name.")
        interaction.script = Ending.FORGOTTEN
        return answer_json({})

    def _first_answer(self, operation: Operation) -> Json:
        return _resource(operation, {"status": "in_progress"})

    def _without_clip(self, operation: Operation) -> Json | None:
        script: Script = operation.script
        if isinstance(script, dict):
            return script
        make = _WITHOUT_CLIP.get(script)
        return None if make is None else make(operation.parameters)

    def _unwritable(self, problem: OSError) -> Json:
        return _failed(f"The output could not be written to Cloud Storage: {problem}")

    def _clips_outcome(self, videos: list[Json], operation: Operation) -> Json:
        said = {"type": "text", "text": "Here is your video."}
        return _completed([said, *videos], _tokens(operation.parameters))

    def _clip(self, operation: Operation) -> bytes:
        """Return a clip whose sound ends after its pictures, so that 3 s are 3.02 s."""
        media, marker, index = super()._clip(operation).rpartition(b"moov")
        # Without its edit list, a track has all of its samples.
        return media + marker + index.replace(b"edts", b"free")

    def _delivered(self, operation: Operation, clip: bytes, number: int) -> Json:
        storage_uri = operation.parameters["storageUri"]
        video = {"type": "video", "mime_type": "video/mp4"}
        if not storage_uri:
            return {**video, "data": base64.b64encode(clip).decode()}
        uri = f"{storage_uri.rstrip('/')}/{secrets.randbits(48)}_{number}.mp4"
        self._write_clip(uri, clip)
        return {**video, "uri": uri}


def _resource(interaction: Operation, state: Json) -> Json:
    now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    return {
        "id": interaction.name,
        "model": interaction.parameters["model"],
        "object": "interaction",
        "created": now,
        "updated": now,
        **state,
    }


def _completed(content: list[Json], video_tokens: int) -> Json:
    modalities = [{"modality": "text", "tokens": 20}]
    if video_tokens:
        modalities.append({"modality": "video", "tokens": video_tokens})
    usage = {
        "total_input_tokens": 12,
        "total_output_tokens": 20 + video_tokens,
        "total_thought_tokens": 30,
        "output_tokens_by_modality": modalities,
    }
    steps = [{"type": "model_output", "content": content}]
    return {"status": "completed", "steps": steps, "usage": usage}


def _failed(message: str) -> Json:
    code = "https://aiplatform.googleapis.com/errors/internal"
    return {"status": "failed", "errors": [{"code": code, "message": message}]}


def _tokens(parameters: Json) -> int:
    per_second = _TOKENS_PER_SECOND[parameters["resolution"]]
    return per_second * int(parameters["durationSeconds"])


_WITHOUT_CLIP: Mapping[Ending, Callable[[Json], Json]] = {
    Ending.FILTERED: lambda _: _completed([{"type": "text", "text": _REFUSAL}], 0),
    Ending.EMPTY: lambda parameters: _completed([], _tokens(parameters)),
    Ending.INTERNAL_ERROR: lambda _: _failed("Internal error encountered."),
    # Some failures have one error, which the API's description does not know.
    Ending.INVALID: lambda _: {
        "status": "failed",
        "error": {"code": 3, "message": "The prompt could not be read."},
    },
}
