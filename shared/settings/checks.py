"""Checks of settings that have the right types."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from shared.domain.limits import MOST_VERSIONS, is_amount, most_versions

if TYPE_CHECKING:
    from decimal import Decimal

    from shared.settings import Settings

_FOLDER_URL = r"file:(?:///)?[^/].*"
_BUCKET = r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]"
_HOST = r"(?i:[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\])"
_ORIGIN = r"https?://(?:[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?"
_TOPIC = r"[A-Za-z][A-Za-z0-9._~+%-]{2,254}"
_DATABASE = r"\(default\)|[a-z][a-z0-9-]{2,61}[a-z0-9]"
_LEAST_SECRET = 32
_MOST_SLOTS = 100
_MOST_HISTORICAL = 100
_MOST_TRASH_DAYS = 30
_LEAST_FAILED_DAYS = 8
_MOST_FAILED_DAYS = 365
# Two thirds of a video's deadline; the rest is for the queue and for rendering.
_LONGEST_SYNTHETIC_SECONDS = 1800
_MOST_FILTERED_RETRIES = 3
_LONGEST_QUEUE_HOURS = 168
_MOST_EVENT_DAYS = 365


def problems_of(found: Settings) -> list[str]:
    """Return a sentence about each invalid value or combination of values."""
    checks = {
        "STORAGE_URL must be file:folder, file:///folder or gs://bucket.": bool(
            re.fullmatch(_BUCKET, found.bucket)
            if found.bucket
            else re.fullmatch(_FOLDER_URL, found.storage_url)
        ),
        "VIDEO_GENERATOR must be synthetic or veo.": found.generator in ("synthetic", "veo"),
        "MAX_VIDEOS_PER_CAMPAIGN must be between 1 and 100.": (
            1 <= found.max_videos_per_campaign <= _MOST_SLOTS
        ),
        "CAMPAIGN_BUDGET_USD must be an amount, 0 or more.": _is_amount(found.campaign_budget_usd),
        "DAILY_BUDGET_USD must be an amount, 0 or more.": _is_amount(found.daily_budget_usd),
        "FILTERED_RETRIES must be between 0 and 3.": (
            0 <= found.filtered_retries <= _MOST_FILTERED_RETRIES
        ),
        "QUEUE_LIMIT_HOURS must be between 1 and 168.": (
            1 <= found.queue_limit_hours <= _LONGEST_QUEUE_HOURS
        ),
        "KEEP_HISTORICAL must be between 0 and 100.": (
            0 <= found.keep_historical <= _MOST_HISTORICAL
        ),
        "TRASH_DAYS must be between 0 and 30.": 0 <= found.trash_days <= _MOST_TRASH_DAYS,
        "KEEP_FAILED_DAYS must be between 8 and 365: a record outlives the keys of its requests, "
        "which are kept for 7 days.": (
            _LEAST_FAILED_DAYS <= found.keep_failed_days <= _MOST_FAILED_DAYS
        ),
        "EVENT_DAYS must be between 1 and 365.": 1 <= found.event_days <= _MOST_EVENT_DAYS,
        "MAX_VIDEOS_PER_CAMPAIGN * (KEEP_HISTORICAL + 2) must be no more than "
        f"{MOST_VERSIONS}, which one record can hold. Lower one of the two.": (
            most_versions(
                slots=found.max_videos_per_campaign, keep_historical=found.keep_historical
            )
            <= MOST_VERSIONS
        ),
        "SYNTHETIC_SECONDS must be between 0 and 1800: a video has 45 minutes.": (
            0 <= found.synthetic_seconds <= _LONGEST_SYNTHETIC_SECONDS
        ),
        "PUBLIC_URL must begin with http:// or https://, and name a host.": (
            not found.public_url or _is_web_address(found.public_url)
        ),
        "PLAY_KEY must have at least 32 characters: openssl rand -hex 32.": (
            not found.play_key or len(found.play_key) >= _LEAST_SECRET
        ),
        "PLAYS_URL must begin with http:// or https://, and name a host.": (
            not found.plays_url or _is_web_address(found.plays_url)
        ),
        "PLAYS_TOPIC needs a bucket: a folder exports nothing.": (
            bool(found.bucket) or not found.plays_topic
        ),
        "LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR.": (
            found.log_level in ("DEBUG", "INFO", "WARNING", "ERROR")
        ),
    }
    if found.bucket or found.generator == "veo":
        checks |= _google_checks(found)
    problems = [problem for problem, holds in checks.items() if not holds]
    problems += _model_problems(found) + _rate_problems(found)
    return problems + _fault_problems(found) + _access_problems(found)


def _model_problems(found: Settings) -> list[str]:
    if found.default_model == type(found)().default_model:
        return []
    # Most systems have the default.
    from shared.domain.model_registry import MODELS  # noqa: PLC0415

    usable = [name for name, model in MODELS.items() if model.retired_on is None]
    if found.default_model in usable:
        return []
    return [f"DEFAULT_MODEL must be one of {', '.join(usable)}."]


def _rate_problems(found: Settings) -> list[str]:
    if not found.model_rates:
        return []
    # Most systems have the rates of Google.
    from shared.domain.models import parse_rates  # noqa: PLC0415

    try:
        parse_rates(found.model_rates)
    except ValueError as error:
        return [f"MODEL_RATES: {error}"]
    return []


def _is_web_address(text: str) -> bool:
    scheme, separator, rest = text.partition("://")
    host = rest.partition("/")[0]
    return scheme in ("http", "https") and bool(separator and host) and not set(text) & set(" ?#")


def _is_amount(amount: Decimal | None) -> bool:
    return amount is None or is_amount(amount)


def _fault_problems(found: Settings) -> list[str]:
    if not found.synthetic_faults:
        return []
    # Most systems rehearse no faults.
    from shared.domain.faults import SLOWDOWN, FaultKind, parse_faults  # noqa: PLC0415

    try:
        faults = parse_faults(found.synthetic_faults)
    except ValueError as error:
        return [f"SYNTHETIC_FAULTS: {error}"]
    longest = _LONGEST_SYNTHETIC_SECONDS // SLOWDOWN
    if any(fault.kind is FaultKind.SLOW for fault in faults) and found.synthetic_seconds > longest:
        return [f"SYNTHETIC_SECONDS must be between 0 and {longest} with the fault slow."]
    return []


def _access_problems(found: Settings) -> list[str]:
    """Name no value: part of a malformed list of keys may be a key."""
    problems = []
    if not all(_is(_HOST, host) for host in _listed(found.allowed_hosts)):
        problems.append(
            "ALLOWED_HOSTS must be host names separated by commas, such as videos.example.com: no "
            "scheme, no port, no *."
        )
    if not all(_is(_ORIGIN, origin) for origin in _listed(found.allowed_origins)):
        problems.append(
            "ALLOWED_ORIGINS must be origins separated by commas, such as https://app.example.com: "
            "in lower case, with a scheme; no path, no slash at the end, no *."
        )
    if found.api_keys:
        from shared.domain.api_keys import api_keys  # noqa: PLC0415  # Most systems have no keys.

        try:
            api_keys(found.api_keys)
        except ValueError as error:
            problems.append(f"API_KEYS: {error}")
    return problems


def _listed(text: str) -> list[str]:
    return [each.strip() for each in text.split(",")] if text else []


def _google_checks(found: Settings) -> dict[str, bool]:
    """Checks for Google Cloud; no start compiles the pattern of a setting that is not set."""
    default = type(found)()

    def fits(name: str, pattern: str) -> bool:
        value = getattr(found, name)
        return value == getattr(default, name) or _is(pattern, value)

    return {
        "GOOGLE_CLOUD_PROJECT must be the id of a project; it is required with a bucket and with "
        "Veo.": _is(r"(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]", found.google_cloud_project),
        "FIRESTORE_DATABASE must be (default) or the id of a database.": fits(
            "firestore_database", _DATABASE
        ),
        "PLAYS_DATABASE must be (default) or the id of a database.": fits(
            "plays_database", _DATABASE
        ),
        "PLAYS_TOPIC must be the id of a topic, without projects/…/.": fits("plays_topic", _TOPIC),
        "REQUEST_TOPIC must be the id of a topic, without projects/…/.": fits(
            "request_topic", _TOPIC
        ),
        "GENERATE_TOPIC must be the id of a topic, without projects/…/.": fits(
            "generate_topic", _TOPIC
        ),
        "VEO_LOCATION must be a region, such as us-central1, or global.": fits(
            "veo_location", r"[a-z]+(?:-[a-z0-9]+)*"
        ),
        "VEO_BASE_URL must begin with http:// or https://.": fits("veo_base_url", "https?://.+"),
        "STORAGE_EMULATOR_HOST must begin with http:// or https://.": fits(
            "storage_emulator_host", "https?://.+"
        ),
    }


def _is(pattern: str, text: str) -> bool:
    return re.fullmatch(pattern, text) is not None
