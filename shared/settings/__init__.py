"""Settings: read once from the environment, and nowhere else."""

import os
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from shared.domain.schedule import EVENT_DAYS
from shared.settings.checks import problems_of

if TYPE_CHECKING:
    from shared.domain.model_registry import Family


DEFAULT_MODEL = "veo-3.1-generate-001"


class InvalidSettingsError(Exception):
    """Names every invalid setting, one a line."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Every setting, its default, and what it means. The README's table is made from this."""

    storage_url: str = "file:data"
    """Where videos and records are kept: a folder (`file:data`, `file:///srv/data`), or a bucket
    (`gs://name`) with Firestore and Pub/Sub"""
    video_generator: str = ""
    """The generator: `veo`, for Google's models, which cost money, or `synthetic`, which renders
    real MP4s for free. By default `synthetic` with a folder and `veo` with a bucket"""
    google_cloud_project: str = ""
    """The project of Firestore, Pub/Sub and Veo; required with a bucket and with Veo"""
    firestore_database: str = "(default)"
    """The Firestore database of the records"""
    generate_topic: str = "generate-video"
    """The Pub/Sub topic whose messages `generate_video` takes"""
    request_topic: str = "request-videos"
    """The Pub/Sub topic whose messages `request_videos` takes"""
    delivery_topic: str = "deliver-events"
    """The Pub/Sub topic whose messages `deliver_events` takes"""
    event_topic: str = "video-events"
    """The Pub/Sub topic to which each event is published, for subscribers"""
    plays_database: str = "showreel-plays"
    """The Firestore database of the counters of plays, apart from the records"""
    plays_topic: str = ""
    """The Pub/Sub topic to which each view is exported; by default none is"""
    veo_location: str = "us-central1"
    """The region of the requests to Veo's models"""
    veo_base_url: str = ""
    """The URL of Vertex AI, if it is not Google's own: a proxy, or an emulator"""
    storage_emulator_host: str = ""
    """The URL of an emulator of Cloud Storage, as for Google's own clients; they also read
    `FIRESTORE_EMULATOR_HOST` and `PUBSUB_EMULATOR_HOST`"""
    default_model: str = DEFAULT_MODEL
    """The model for requests that do not name one"""
    max_videos_per_campaign: int = 4
    """How many slots a campaign has (1 to 100)"""
    campaign_budget_usd: Decimal | None = None
    """The budget in USD of a campaign without its own `budget_usd`; no limit by default"""
    daily_budget_usd: Decimal | None = None
    """The budget in USD of the whole installation for a day (UTC), with what the day had used
    before the budget was set; 0 stops all spending; no limit by default"""
    filtered_retries: int = 0
    """How often a video is submitted again after the safety filter blocked its clip, which is not
    billed (0 to 3)"""
    model_rates: str = ""
    """How many submissions a minute a model gets, as pairs `model=number` separated by commas; what
    exceeds it waits in the queue. `GET /v1/models` shows the rates: by default Google's for Veo,
    and no limit for the synthetic generator. 0 stops all submissions"""
    queue_limit_hours: int = 24
    """How many hours a video may wait for its turn before it fails, unbilled (1 to 168)"""
    keep_historical: int = 10
    """How many replaced videos are kept for each slot (0 to 100)"""
    trash_days: int = 7
    """How many days a deleted video stays in the trash, from which it can be restored (0 to 30); 0
    removes it at once"""
    keep_failed_days: int = 30
    """How many days after its end the record of a failed or cancelled video is kept (8 to 365); its
    dollars stay counted"""
    event_days: int = EVENT_DAYS
    """For how many days `GET /v1/events` has an event, at least (1 to 365)"""
    synthetic_seconds: float = 2.0
    """How many seconds a synthetic operation takes (0 to 1800; 0 to 180 with the fault `slow`)"""
    synthetic_faults: str = ""
    """Faults of the synthetic generator, for tests: `fault` or `fault=words in the prompt`,
    separated by commas. Faults: rate_limited, refused, filtered, failed, lost, answer_lost, slow,
    corrupt, turned"""
    signing_key: str = ""
    """The secret of local signed URLs and of webhooks; by default it is kept in the data folder"""
    play_key: str = ""
    """The secret of play tokens and of embeds, with a bucket; without it no plays are counted. With
    a folder it is derived from `SIGNING_KEY`. Changing it invalidates every embed URL"""
    plays_url: str = ""
    """The URL to which players report; by default `/v1/plays` of this service"""
    public_url: str = ""
    """The service's URL in answers, if it differs from the URL of the request"""
    allowed_hosts: str = ""
    """The host names, separated by commas and without ports, that the API answers to besides
    `localhost`, loopback addresses and the host of `PUBLIC_URL`"""
    allowed_origins: str = ""
    """The origins, separated by commas, of other web sites whose pages may call the API, such as
    `https://app.example.com`"""
    api_keys: str = ""
    """Pairs `name:key`, separated by commas: the API then accepts only requests with
    `Authorization: Bearer key`. A key has at least 32 characters: `openssl rand -hex 32`"""
    k_service: str = ""
    """The name of the service, set by Cloud Run: it makes the API trust `X-Forwarded-Proto`, read
    no `.env` file and, without `PUBLIC_URL`, answer to every host, because Cloud Run routes by host
    """
    log_level: str = "INFO"
    """DEBUG, INFO, WARNING or ERROR"""

    def __repr__(self) -> str:
        """Without values, some of which are secret: an error may show it."""
        return "Settings()"

    @property
    def simulated(self) -> bool:
        """Whether the generator costs nothing."""
        return self.generator == "synthetic"

    @property
    def data_folder(self) -> Path:
        return Path(self.storage_url.removeprefix("file:").removeprefix("//")).absolute()

    @property
    def bucket(self) -> str:
        """Empty with a data folder."""
        scheme, _, name = self.storage_url.partition("://")
        return name.removesuffix("/") if scheme == "gs" else ""

    @property
    def generator(self) -> str:
        return self.video_generator or ("veo" if self.bucket else "synthetic")

    @property
    def rates(self) -> Mapping[str, int | None]:
        """The submissions a minute of each model; None is no limit."""
        # A process that submits nothing needs none.
        from shared.domain.model_registry import MODELS  # noqa: PLC0415
        from shared.domain.models import parse_rates  # noqa: PLC0415

        chosen = parse_rates(self.model_rates)
        default = {name: model.rate_per_minute for name, model in MODELS.items()}
        return dict.fromkeys(MODELS) | chosen if self.simulated else default | chosen

    def location_of(self, family: "Family") -> str:
        from shared.domain.model_registry import LOCATIONS  # noqa: PLC0415  # As above.

        return self.veo_location if family == "veo" else LOCATIONS[family]

    @property
    def storage_endpoint(self) -> str:
        """The URL that serves the bucket's signed URLs."""
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
    """Return the process's environment; an `.env` file sets the variables that are not set.

    The file is read in the working directory, and never on Cloud Run. Raise
    InvalidSettingsError.
    """
    if "K_SERVICE" not in os.environ and Path(".env").is_file():
        from dotenv import load_dotenv  # noqa: PLC0415  # Most systems have no such file.

        try:
            load_dotenv(".env", interpolate=False)
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidSettingsError(f"The file .env cannot be read: {error}.") from error
    return os.environ


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read the variables that are set and not empty. Report all problems at once."""
    values: dict[str, Any] = {}
    problems: list[str] = []
    for name, kind in Settings.__annotations__.items():
        text = environment.get(name.upper(), "").strip()
        if not text:
            continue
        try:
            values[name] = msgspec.convert(text, kind, strict=False)
        except msgspec.ValidationError:
            problems.append(_not_of_type(name, kind, text))
    found = Settings(**values)
    problems += problems_of(found)
    if problems:
        raise InvalidSettingsError("\n".join(problems))
    return found


def _not_of_type(name: str, kind: object, text: str) -> str:
    wanted = "a whole number" if kind is int else "a number"
    return f"{name.upper()}={text!r} is not {wanted}."
