"""Settings: read once from the environment, and nowhere else."""

import os
import re
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from shared.domain.limits import MOST_VERSIONS, most_versions
from shared.domain.models import DEFAULT_MODEL, MODELS


class InvalidSettingsError(Exception):
    """Names every setting that is wrong, one a line."""


T = TypeVar("T")

_FOLDER_URL = re.compile(r"file:(?:///)?[^/].*")
_BUCKET = r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]"
_HOST = r"(?i:[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\])"
_ORIGIN = r"https?://(?:[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?"
_USABLE = [name for name, model in MODELS.items() if model.retired_on is None]
_MOST_SLOTS = 100
_MOST_HISTORICAL = 100
# Two thirds of the deadline of a video: the rest is for the queue and for rendering.
_LONGEST_SYNTHETIC_SECONDS = 1800
_MOST_FILTERED_RETRIES = 3


def _setting(default: T, meaning: str) -> T:
    return field(default=default, metadata={"meaning": meaning})


def _secret(meaning: str) -> str:
    """A setting that is left out of the settings' repr, which an error may show."""
    return field(default="", repr=False, metadata={"meaning": meaning})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting, its default, and what it means. The README's table is made from this."""

    storage_url: str = _setting(
        "file:data",
        "Where videos and records are kept: a folder (`file:data`, `file:///srv/data`), or a "
        "bucket (`gs://name`) with Firestore and Pub/Sub",
    )
    video_generator: str = _setting(
        "",
        "Who makes the videos: `veo`, for money, or `synthetic`, which renders real MP4s for free. "
        "By default `synthetic` with a folder and `veo` with a bucket",
    )
    google_cloud_project: str = _setting(
        "", "The project of Firestore, Pub/Sub and Veo; required with a bucket and with Veo"
    )
    firestore_database: str = _setting("(default)", "The Firestore database of the records")
    generate_topic: str = _setting(
        "generate-video", "The Pub/Sub topic whose messages `generate_video` takes"
    )
    veo_location: str = _setting("us-central1", "The region in which Veo is asked")
    veo_base_url: str = _setting(
        "", "Where Veo answers, if not at Google's own address: a proxy, or a stand-in for tests"
    )
    storage_emulator_host: str = _setting(
        "",
        "The URL of an emulator of Cloud Storage, as for Google's own clients; they also read "
        "`FIRESTORE_EMULATOR_HOST` and `PUBSUB_EMULATOR_HOST`",
    )
    default_model: str = _setting(DEFAULT_MODEL, "The model of a request that names none")
    max_videos_per_campaign: int = _setting(4, "How many slots a campaign has (1 to 100)")
    campaign_budget_usd: Decimal | None = _setting(  # noqa: RUF009  # Its value is immutable.
        None,
        "How many dollars a campaign may use that has no `budget_usd` of its own; by default there "
        "is no limit",
    )
    daily_budget_usd: Decimal | None = _setting(  # noqa: RUF009  # Its value is immutable.
        None,
        "How many dollars the whole installation may use in a day (UTC); 0 stops all spending; by "
        "default there is no limit",
    )
    filtered_retries: int = _setting(
        0,
        "How often a video is submitted again after the safety filter took its clip, which is not "
        "billed (0 to 3)",
    )
    keep_historical: int = _setting(1, "How many replaced videos are kept for each slot (0 to 100)")
    synthetic_seconds: float = _setting(
        2.0,
        "How many seconds a synthetic operation takes (0 to 1800; 0 to 180 with the fault `slow`)",
    )
    synthetic_faults: str = _setting(
        "",
        "What the synthetic generator does wrong, to test with: `fault` or `fault=words in the "
        "prompt`, by commas. Faults: rate_limited, refused, filtered, failed, lost, answer_lost, "
        "slow, corrupt, turned",
    )
    signing_key: str = _secret(
        "The secret of local signed URLs; by default one is made and kept in the data folder"
    )
    public_url: str = _setting(
        "", "The service's own URL in answers, where it is not the one that was asked"
    )
    allowed_hosts: str = _setting(
        "",
        "The host names, by commas and without ports, under which the API answers beside "
        "`localhost`, loopback addresses and the host of `PUBLIC_URL`",
    )
    allowed_origins: str = _setting(
        "",
        "The origins, by commas, of other web sites whose pages may call the API, such as "
        "`https://app.example.com`",
    )
    api_keys: str = _secret(
        "Pairs `name:key`, by commas: the API then takes only requests with "
        "`Authorization: Bearer key`. A key has at least 32 characters: `openssl rand -hex 32`"
    )
    k_service: str = _setting(
        "",
        "Set by Cloud Run, the name of the service: `X-Forwarded-Proto` is believed there, no "
        "`.env` file is read, and without `PUBLIC_URL` every host is answered, because the front "
        "end routes by host",
    )
    log_level: str = _setting("INFO", "DEBUG, INFO, WARNING or ERROR")

    @property
    def simulated(self) -> bool:
        """Whether videos are made for nothing."""
        return self.generator == "synthetic"

    @property
    def data_folder(self) -> Path:
        return Path(self.storage_url.removeprefix("file:").removeprefix("//")).absolute()

    @property
    def bucket(self) -> str:
        """Empty where there is a folder instead."""
        scheme, _, name = self.storage_url.partition("://")
        return name.removesuffix("/") if scheme == "gs" else ""

    @property
    def generator(self) -> str:
        return self.video_generator or ("veo" if self.bucket else "synthetic")

    @property
    def storage_endpoint(self) -> str:
        """Where the bucket serves its signed URLs."""
        return self.storage_emulator_host.rstrip("/") or "https://storage.googleapis.com"

    @property
    def is_on_cloud_run(self) -> bool:
        return bool(self.k_service)

    @property
    def bucket_url(self) -> str:
        return f"{self.storage_endpoint}/{self.bucket}/" if self.bucket else ""


@cache
def settings() -> Settings:
    """Return the settings of this process. Raise InvalidSettingsError."""
    return read_settings(environment())


def environment() -> Mapping[str, str]:
    """Return the process's environment, to which an `.env` file adds what it lacks.

    The file is read where the process was started, and never on Cloud Run. Raise
    InvalidSettingsError.
    """
    if "K_SERVICE" not in os.environ and Path(".env").is_file():
        from dotenv import load_dotenv  # noqa: PLC0415  # Few have such a file.

        try:
            load_dotenv(".env", interpolate=False)
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidSettingsError(f"The file .env cannot be read: {error}.") from error
    return os.environ


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
    problems += _problems(found) + _access_problems(found)
    if problems:
        raise InvalidSettingsError("\n".join(problems))
    return found


def _not_of_type(setting: "Field[Any]", text: str) -> str:
    kind = "a whole number" if setting.type is int else "a number"
    return f"{setting.name.upper()}={text!r} is not {kind}."


def _problems(found: Settings) -> list[str]:
    checks = {
        "STORAGE_URL must be file:folder, file:///folder or gs://bucket.": bool(
            re.fullmatch(_BUCKET, found.bucket)
            if found.bucket
            else _FOLDER_URL.fullmatch(found.storage_url)
        ),
        "VIDEO_GENERATOR must be synthetic or veo.": found.generator in ("synthetic", "veo"),
        f"DEFAULT_MODEL must be one of {', '.join(_USABLE)}.": found.default_model in _USABLE,
        "MAX_VIDEOS_PER_CAMPAIGN must lie between 1 and 100.": (
            1 <= found.max_videos_per_campaign <= _MOST_SLOTS
        ),
        "CAMPAIGN_BUDGET_USD must be an amount, 0 or more.": _is_amount(found.campaign_budget_usd),
        "DAILY_BUDGET_USD must be an amount, 0 or more.": _is_amount(found.daily_budget_usd),
        "FILTERED_RETRIES must lie between 0 and 3.": (
            0 <= found.filtered_retries <= _MOST_FILTERED_RETRIES
        ),
        "KEEP_HISTORICAL must lie between 0 and 100.": (
            0 <= found.keep_historical <= _MOST_HISTORICAL
        ),
        "MAX_VIDEOS_PER_CAMPAIGN * (KEEP_HISTORICAL + 2) must be no more than "
        f"{MOST_VERSIONS}, which one record can hold. Lower one of the two.": (
            most_versions(
                slots=found.max_videos_per_campaign, keep_historical=found.keep_historical
            )
            <= MOST_VERSIONS
        ),
        "SYNTHETIC_SECONDS must lie between 0 and 1800: a video has 45 minutes.": (
            0 <= found.synthetic_seconds <= _LONGEST_SYNTHETIC_SECONDS
        ),
        "PUBLIC_URL must begin with http:// or https://, and name a host.": (
            not found.public_url or _is_web_address(found.public_url)
        ),
        "LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR.": (
            found.log_level in ("DEBUG", "INFO", "WARNING", "ERROR")
        ),
    }
    if found.bucket or found.generator == "veo":
        checks |= _google_checks(found)
    problems = [problem for problem, holds in checks.items() if not holds]
    return problems + _fault_problems(found)


def _is_web_address(text: str) -> bool:
    scheme, separator, rest = text.partition("://")
    host = rest.partition("/")[0]
    return scheme in ("http", "https") and bool(separator and host) and not set(text) & set(" ?#")


def _is_amount(amount: Decimal | None) -> bool:
    if amount is None:
        return True
    from shared.domain.limits import is_amount  # noqa: PLC0415  # Few set a budget.

    return is_amount(amount)


def _fault_problems(found: Settings) -> list[str]:
    if not found.synthetic_faults:
        return []
    # Few rehearse faults.
    from shared.domain.faults import SLOWDOWN, FaultKind, parse_faults  # noqa: PLC0415

    try:
        faults = parse_faults(found.synthetic_faults)
    except ValueError as error:
        return [f"SYNTHETIC_FAULTS: {error}"]
    longest = _LONGEST_SYNTHETIC_SECONDS // SLOWDOWN
    if any(fault.kind is FaultKind.SLOW for fault in faults) and found.synthetic_seconds > longest:
        return [f"SYNTHETIC_SECONDS must lie between 0 and {longest} with the fault slow."]
    return []


def _access_problems(found: Settings) -> list[str]:
    """Name no value: part of a malformed list of keys may be a key."""
    problems = []
    if not all(_is(_HOST, host) for host in _listed(found.allowed_hosts)):
        problems.append(
            "ALLOWED_HOSTS must be host names by commas, such as videos.example.com: no scheme, no "
            "port, no *."
        )
    if not all(_is(_ORIGIN, origin) for origin in _listed(found.allowed_origins)):
        problems.append(
            "ALLOWED_ORIGINS must be origins by commas, such as https://app.example.com: in lower "
            "case, with a scheme; no path, no slash at the end, no *."
        )
    if found.api_keys:
        from shared.domain.api_keys import api_keys  # noqa: PLC0415  # Few have keys.

        try:
            api_keys(found.api_keys)
        except ValueError as error:
            problems.append(f"API_KEYS: {error}")
    return problems


def _listed(text: str) -> list[str]:
    return [each.strip() for each in text.split(",")] if text else []


def _google_checks(found: Settings) -> dict[str, bool]:
    """Patterns that a local system never compiles."""
    return {
        "GOOGLE_CLOUD_PROJECT must be the id of a project; it is required with a bucket and with "
        "Veo.": _is(r"(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]", found.google_cloud_project),
        "FIRESTORE_DATABASE must be (default) or the id of a database.": _is(
            r"\(default\)|[a-z][a-z0-9-]{2,61}[a-z0-9]", found.firestore_database
        ),
        "GENERATE_TOPIC must be the id of a topic, without projects/…/.": _is(
            r"[A-Za-z][A-Za-z0-9._~+%-]{2,254}", found.generate_topic
        ),
        "VEO_LOCATION must be a region, such as us-central1, or global.": _is(
            r"[a-z]+(?:-[a-z0-9]+)*", found.veo_location
        ),
        "VEO_BASE_URL must begin with http:// or https://.": _is(
            r"(?:https?://.+)?", found.veo_base_url
        ),
        "STORAGE_EMULATOR_HOST must begin with http:// or https://.": _is(
            r"(?:https?://.+)?", found.storage_emulator_host
        ),
    }


def _is(pattern: str, text: str) -> bool:
    return re.fullmatch(pattern, text) is not None
