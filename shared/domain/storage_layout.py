"""The names of all objects, the same under a local folder and in a bucket.

videos/generated/<campaign_id>/curr_<video_hash>_<index>.mp4    current
videos/generated/<campaign_id>/<video_hash>_<index>.mp4         historical
videos/generated/<campaign_id>/thumb_<video_hash>_<index>.jpg   thumbnail, of either
videos/generated/<campaign_id>/sprite_<video_hash>_<index>.jpg  sprite sheet, of either
videos/generated/<campaign_id>/preview_<video_hash>_<index>.webp  preview, of either
videos/cache/<campaign_id>/curr_<video_hash>.json               metadata of a current video
videos/cache/<campaign_id>/<video_hash>.json                    metadata of any other
videos/cache/<campaign_id>/campaign.json                        the campaign's record
videos/attempts/<campaign_id>/<video_hash>/<attempt>/           what the generator writes
videos/inputs/<campaign_id>/<sha256>.<jpg|png|mp4>              a picture or clip for videos
videos/requests/<request>.json                                  the answer to a request
videos/requests/claims/<key>.json                               a claim: this request was made
videos/requests/deleted/<campaign_id>.json                      when a campaign was deleted
videos/batches/<batch_id>/request.<jsonl|csv>                   a batch as it was sent
videos/batches/<batch_id>/batch.json                            its record, as it was accepted
videos/batches/<batch_id>/results/<number>.jsonl                results of a chunk of its lines
videos/maintenance/reconciled.json                              the cursor of reconciling
videos/maintenance/mirrored.json                                until when all changes are mirrored
videos/maintenance/probes/<name>.txt                            a test that objects can be stored
"""

import re

from shared.domain.clip import COMPANIONS, Companion
from shared.domain.errors import ObjectNotFoundError, VideoNotFoundError
from shared.domain.identity import parse_video_id, require_campaign_id, video_id
from shared.domain.inputs import SUFFIXES, Picture

GENERATED = "videos/generated"
CACHE = "videos/cache"
ATTEMPTS = "videos/attempts"
INPUTS = "videos/inputs"
REQUESTS = "videos/requests"
DELETIONS = f"{REQUESTS}/deleted"
BATCHES = "videos/batches"
BATCH_FILE = "batch.json"
CURSOR = "videos/maintenance/reconciled.json"
MIRROR_CURSOR = "videos/maintenance/mirrored.json"
PROBES = "videos/maintenance/probes"
CAMPAIGN_FILE = "campaign.json"

# Pictures keep their names while the clip is current and while it is historical.
_PICTURE_FILES: dict[Companion, tuple[str, str]] = {
    "thumbnail": ("thumb_", "jpg"),
    "spritesheet": ("sprite_", "jpg"),
    "preview": ("preview_", "webp"),
}
_MEDIA_TYPES = {
    "jpg": "image/jpeg",
    "json": "application/json",
    "mp4": "video/mp4",
    "png": "image/png",
    "webp": "image/webp",
}
_PICTURES = {form: picture for picture, form in _PICTURE_FILES.items()}
_CLIPS = {("", "mp4"), ("curr_", "mp4")}
_MEDIA_FILE = r"([a-z]+_)?([0-9a-f]{16})_(0|[1-9][0-9]{0,2})\.(mp4|jpg|webp)"
_METADATA_FILE = r"(?:curr_)?([0-9a-f]{16})\.json"
# <campaign_id>/<video_hash>/<attempt>/…/sample_0.mp4
_PARTS_OF_CLIP = 4


def clip_path(campaign_id: str, video_hash: str, index: int, *, current: bool) -> str:
    prefix = "curr_" if current else ""
    return f"{GENERATED}/{campaign_id}/{prefix}{video_hash}_{index}.mp4"


def picture_path(campaign_id: str, video_hash: str, index: int, picture: Companion) -> str:
    prefix, suffix = _PICTURE_FILES[picture]
    return f"{GENERATED}/{campaign_id}/{prefix}{video_hash}_{index}.{suffix}"


def picture_type(picture: Companion) -> str:
    return _MEDIA_TYPES[_PICTURE_FILES[picture][1]]


def media_type_of(path: str) -> str | None:
    """Return the media type that the suffix says. Path.suffix costs as much as a system call."""
    return _MEDIA_TYPES.get(path.rpartition(".")[2])


def picture_paths(campaign_id: str, video_hash: str, index: int) -> tuple[str, ...]:
    """Return the paths of all pictures that may be stored beside a clip."""
    return tuple(picture_path(campaign_id, video_hash, index, each) for each in COMPANIONS)


def metadata_file(video_hash: str, *, current: bool) -> str:
    prefix = "curr_" if current else ""
    return f"{prefix}{video_hash}.json"


def metadata_path(campaign_id: str, video_hash: str, *, current: bool) -> str:
    return f"{CACHE}/{campaign_id}/{metadata_file(video_hash, current=current)}"


def campaign_path(campaign_id: str) -> str:
    return f"{CACHE}/{campaign_id}/{CAMPAIGN_FILE}"


def attempts_prefix(campaign_id: str, video_hash: str) -> str:
    return f"{ATTEMPTS}/{campaign_id}/{video_hash}/"


def attempt_prefix(campaign_id: str, video_hash: str, attempt: int) -> str:
    return f"{attempts_prefix(campaign_id, video_hash)}{attempt}/"


def inputs_prefix(campaign_id: str) -> str:
    return f"{INPUTS}/{campaign_id}/"


def input_path(campaign_id: str, picture: Picture) -> str:
    return f"{inputs_prefix(campaign_id)}{picture.sha256}.{SUFFIXES[picture.media_type]}"


def is_input(path: str) -> bool:
    """Whether the object has the name of an input of a campaign."""
    return re.fullmatch(rf"{INPUTS}/[^/]+/[0-9a-f]{{64}}\.(?:jpg|png|mp4)", path) is not None


def is_clip(path: str) -> bool:
    """Whether the object is a clip. Veo names it `…/sample_0.mp4`; Omni's names are unknown."""
    return re.search(r"[^/]\.mp4\Z", path) is not None


def video_of_clip(path: str) -> tuple[str, str] | None:
    """Return (campaign_id, video_hash) of a clip in the folder of an attempt, else None."""
    folder, *inner = path.removeprefix(ATTEMPTS).split("/")
    if folder or len(inner) < _PARTS_OF_CLIP or not is_clip(path):
        return None
    try:
        return parse_video_id(video_id(inner[0], inner[1]))
    except VideoNotFoundError:
        return None


def answer_path(request: str) -> str:
    """`request` is a message id, or the name of a claim under an Idempotency-Key."""
    return f"{REQUESTS}/{request}.json"


def claim_path(key: str) -> str:
    """`key` is a message id, or made of an Idempotency-Key."""
    return f"{REQUESTS}/claims/{key}.json"


def deletion_path(campaign_id: str) -> str:
    return f"{DELETIONS}/{campaign_id}.json"


def batch_request_path(batch_id: str, form: str) -> str:
    """`form` is a BatchFormat."""
    return f"{BATCHES}/{batch_id}/request.{form}"


def batch_id_at(path: str) -> str:
    """Return the batch to which an object under BATCHES belongs."""
    return path.removeprefix(f"{BATCHES}/").partition("/")[0]


def batch_path(batch_id: str) -> str:
    return f"{BATCHES}/{batch_id}/{BATCH_FILE}"


def batch_results_prefix(batch_id: str) -> str:
    return f"{BATCHES}/{batch_id}/results/"


def batch_results_path(batch_id: str, first: int) -> str:
    """`first` is the first line of the chunk, counted from 0; paths are in the order of lines."""
    return f"{batch_results_prefix(batch_id)}{first:05}.jsonl"


def video_hash_of_metadata(filename: str) -> str | None:
    match = re.fullmatch(_METADATA_FILE, filename)
    return match[1] if match else None


def spellings_of_media(campaign_id: str, filename: str) -> tuple[str, ...]:
    """Return the paths at which a public file name may be stored, the likeliest first.

    A clip that becomes historical or current again is renamed, with the same bytes. Both names
    reach it, so a player with the old URL can still seek.
    """
    video_hash, index, picture = parts_of_media(campaign_id, filename)
    if picture is not None:
        return (picture_path(campaign_id, video_hash, index, picture),)
    current = clip_path(campaign_id, video_hash, index, current=True)
    historical = clip_path(campaign_id, video_hash, index, current=False)
    return (current, historical) if filename.startswith("curr_") else (historical, current)


def parts_of_media(campaign_id: str, filename: str) -> tuple[str, int, Companion | None]:
    """Return (video_hash, index, picture) of a public file name; no picture for a clip.

    Raise ObjectNotFoundError.
    """
    match = re.fullmatch(_MEDIA_FILE, filename)
    if match is None:
        raise ObjectNotFoundError("There is no such file.")
    prefix, video_hash, index, suffix = match.groups()
    require_campaign_id(campaign_id)
    form = (prefix or "", suffix)
    picture = _PICTURES.get(form)
    if picture is None and form not in _CLIPS:
        raise ObjectNotFoundError("There is no such file.")
    return video_hash, int(index), picture
