"""Settings: read once from the environment, and nowhere else."""

import os
import re
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from shared.domain.models import DEFAULT_MODEL, MODELS


class InvalidSettingsError(Exception):
    """Names every setting that is wrong, one a line."""


T = TypeVar("T")

_FOLDER_URL = re.compile(r"file:(?:///)?[^/].*")
_USABLE = [name for name, model in MODELS.items() if model.retired_on is None]
_MOST_SLOTS = 100
_LONGEST_SYNTHETIC_SECONDS = 3600


def _setting(default: T, meaning: str) -> T:
    return field(default=default, metadata={"meaning": meaning})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting, its default, and what it means. The README's table is made from this."""

    storage_url: str = _setting(
        "file:data", "Where videos and records are kept: a folder (`file:data`, `file:///srv/data`)"
    )
    video_generator: str = _setting(
        "synthetic", "Who makes the videos: `synthetic` renders real MP4s on this machine, for free"
    )
    default_model: str = _setting(DEFAULT_MODEL, "The model of a request that names none")
    max_videos_per_campaign: int = _setting(4, "How many slots a campaign has (1 to 100)")
    keep_historical: int = _setting(1, "How many replaced videos are kept for each slot")
    synthetic_seconds: float = _setting(2.0, "How long a synthetic operation takes")
    synthetic_faults: str = _setting(
        "",
        "What the synthetic generator does wrong, to test with: `fault` or `fault=words in the "
        "prompt`, by commas. Faults: rate_limited, refused, filtered, failed, lost, answer_lost, "
        "slow, corrupt",
    )
    signing_key: str = _setting(
        "", "The secret of local signed URLs; by default one is made and kept in the data folder"
    )
    public_url: str = _setting(
        "", "The service's own URL in answers, where it is not the one that was asked"
    )
    log_level: str = _setting("INFO", "DEBUG, INFO, WARNING or ERROR")

    @property
    def simulated(self) -> bool:
        """Whether videos are made for nothing."""
        return self.video_generator == "synthetic"

    @property
    def data_folder(self) -> Path:
        return Path(self.storage_url.removeprefix("file:").removeprefix("//")).absolute()


@cache
def settings() -> Settings:
    """Return the settings of this process. Raise InvalidSettingsError."""
    return read_settings(os.environ)


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Take what is set and not empty; report all problems at once."""
    values: dict[str, Any] = {}
    problems: list[str] = []
    for setting in fields(Settings):
        text = environment.get(setting.name.upper(), "").strip()
        if not text:
            continue
        try:
            values[setting.name] = msgspec.convert(text, setting.type, strict=False)
        except msgspec.ValidationError:
            problems.append(_not_of_type(setting, text))
    found = Settings(**values)
    problems += _problems(found)
    if problems:
        raise InvalidSettingsError("\n".join(problems))
    return found


def _not_of_type(setting: "Field[Any]", text: str) -> str:
    kind = "a whole number" if setting.type is int else "a number"
    return f"{setting.name.upper()}={text!r} is not {kind}."


def _problems(found: Settings) -> list[str]:
    checks = {
        "STORAGE_URL must be file:folder or file:///folder.": bool(
            _FOLDER_URL.fullmatch(found.storage_url)
        ),
        "VIDEO_GENERATOR must be synthetic.": found.video_generator == "synthetic",
        f"DEFAULT_MODEL must be one of {', '.join(_USABLE)}.": found.default_model in _USABLE,
        "MAX_VIDEOS_PER_CAMPAIGN must lie between 1 and 100.": (
            1 <= found.max_videos_per_campaign <= _MOST_SLOTS
        ),
        "KEEP_HISTORICAL must not be negative.": found.keep_historical >= 0,
        "SYNTHETIC_SECONDS must lie between 0 and 3600.": 0
        <= found.synthetic_seconds
        <= _LONGEST_SYNTHETIC_SECONDS,
        "LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR.": (
            found.log_level in ("DEBUG", "INFO", "WARNING", "ERROR")
        ),
    }
    problems = [problem for problem, holds in checks.items() if not holds]
    return problems + _fault_problems(found.synthetic_faults)


def _fault_problems(text: str) -> list[str]:
    if not text:
        return []
    from shared.domain.faults import parse_faults  # noqa: PLC0415  # Few rehearse faults.

    try:
        parse_faults(text)
    except ValueError as error:
        return [f"SYNTHETIC_FAULTS: {error}"]
    return []
