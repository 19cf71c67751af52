"""How an operation ends."""

from enum import StrEnum

from tools.emulated_cloud.vertex.answers import Json

RESPONSE_TYPE = "type.googleapis.com/cloud.ai.large_models.vision.GenerateVideoResponse"

_FILTERED = (
    "Veo could not generate 1 videos based on the prompt provided. You will not be charged for "
    "this request. Try rephrasing the prompt. If you think this was an error, send feedback. "
    "Support codes: 42237218"
)
_AUDIO_FILTERED = (
    "We encountered an issue with the audio for your prompt and could not create your video. You "
    "have not been charged for this attempt. Please try again with another prompt."
)


class Ending(StrEnum):
    """`[filtered]` in a prompt ends its operation as FILTERED, and so on."""

    CLIP = "clip"
    CLIP_WITHOUT_FOLDER = "clip without folder"
    PARTLY_FILTERED = "partly filtered"
    WRONG_DURATION = "wrong duration"
    GARBAGE = "garbage"
    FILTERED = "filtered"
    AUDIO_FILTERED = "audio filtered"
    INVALID = "invalid"
    INTERNAL_ERROR = "internal error"
    EMPTY = "empty"
    NEVER = "never"
    FORGOTTEN = "forgotten"


Script = Ending | Json
"""An ending, or what an operation that is done says beside its name."""


def ending_of(prompt: str) -> Ending:
    """Return the one that is named in the prompt, or a clip."""
    return next((each for each in Ending if f"[{each}]" in prompt), Ending.CLIP)


def without_clip(script: Script) -> Json | None:
    """Return what the operation says, or None for one that ends with clips."""
    return script if isinstance(script, dict) else _WITHOUT_CLIP.get(script)


def with_clips(videos: list[Json], *, filtered: bool) -> Json:
    """`filtered` adds one that was held back."""
    content: Json = {"raiMediaFilteredCount": 0, "videos": videos}
    if filtered:
        content |= {"raiMediaFilteredCount": 1, "raiMediaFilteredReasons": [_FILTERED]}
    return _response(content)


def failed(code: int, message: str) -> Json:
    return {"error": {"code": code, "message": message}}


def _response(content: Json) -> Json:
    return {"response": {"@type": RESPONSE_TYPE, **content}}


def _held_back(reason: str) -> Json:
    return _response({"raiMediaFilteredCount": 1, "raiMediaFilteredReasons": [reason]})


_WITHOUT_CLIP: dict[Ending, Json] = {
    Ending.FILTERED: _held_back(_FILTERED),
    Ending.AUDIO_FILTERED: _held_back(_AUDIO_FILTERED),
    Ending.INVALID: failed(3, "The prompt could not be read."),
    Ending.INTERNAL_ERROR: failed(13, "Video generation failed. Please try again."),
    Ending.EMPTY: _response({"raiMediaFilteredCount": 0}),
}
